"""What was handed out before: two exports whose periods overlap can be subtracted, so a second one is refused.

Beside the log, `PATH.published`: a JSON object a line, with the period, when, and the digest of the figures. It names nobody.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from reports.aggregate.period import Period


class PublishedBefore(ValueError):
    """Another export shares months with this one; the message says which, and what can be done."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """One export. `cases_sha256`: of the figures of cases and devices, "" where it had none.

    `despite`: why it was made although it overlaps another one.
    """

    at: datetime
    first: str
    last: str
    threshold: int
    profile: str
    sha256: str
    cases_sha256: str = ""
    despite: str = ""

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)


def register_of(log: Path) -> Path:
    """The register that belongs to a log."""
    return log.with_name(f"{log.name}.published")


def read(register: Path) -> list[Published]:
    """All exports so far. Raises ValueError when the file is not one of ours."""
    if not register.exists():
        return []
    try:
        return [msgspec.json.decode(line, type=Published) for line in register.read_bytes().splitlines()]
    except msgspec.MsgspecError as error:
        raise ValueError(f"{register.name} cannot be read: {error}") from error


def enter(register: Path, made: Published) -> None:
    """Enters an export before anybody has it. The very same figures may be handed out again, those of the cases once beside them.

    Raises PublishedBefore when it shares months with another one and `despite` does not say why.
    """
    before = read(register)
    same = [other for other in before if other.sha256 == made.sha256]
    if same and made.cases_sha256 in ("", *(other.cases_sha256 for other in same)):
        return
    told = [other for other in before if other not in same or other.cases_sha256]
    overlapping = [other for other in told if other.period.overlaps(made.period)]
    if overlapping and not made.despite:
        other = overlapping[-1]
        when = other.at.astimezone(UTC).date().isoformat()
        raise PublishedBefore(
            f"{other.period} was exported on {when}, with other figures: whoever has both can subtract them."
            " Export months that no other export has, or say with --despite why this one takes its place"
        )
    with os.fdopen(os.open(register, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
        file.write(msgspec.json.encode(made) + b"\n")
        file.flush()
        os.fsync(file.fileno())
