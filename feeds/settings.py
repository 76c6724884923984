"""The section `[outside]` of the settings."""

from typing import Annotated

import msgspec

from incidents.settings import WEB, setting


class OutsideSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is told: a command line (run without a shell) and the address of a webhook. Seconds for one try, and between two."""

    command: Annotated[
        str,
        setting(
            "who is told of an alarm that nobody answers: a command line (JSON on its input, nothing of a person in it)",
            example="/usr/local/bin/tell-the-officer --urgent",
            secret=True,
        ),
    ] = ""
    webhook: Annotated[
        str,
        setting(
            "the same as a POST to this address", example="https://messages.example/vigie", address=WEB, secret=True
        ),
    ] = ""
    timeout_s: Annotated[float, setting("seconds for one of three tries")] = 10
    again_s: Annotated[float, setting("seconds between two tries")] = 2

    @property
    def set(self) -> bool:
        """Whether anybody can be told."""
        return bool(self.command or self.webhook)
