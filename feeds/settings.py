"""The section `[outside]` of the settings."""

import msgspec


class OutsideSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is told: a command line (run without a shell) and the address of a webhook. Seconds for one try, and between two."""

    command: str = ""
    webhook: str = ""
    timeout_s: float = 10
    again_s: float = 2

    @property
    def set(self) -> bool:
        """Whether anybody can be told."""
        return bool(self.command or self.webhook)
