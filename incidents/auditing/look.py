"""One row of the audit: somebody was shown, or took with them, what is kept of a person; or nearly was."""

from typing import Literal

import msgspec

from incidents.events import Disclosed, Need, Why

# Beside what is disclosed: an excluded person came upon it, and a sign-in by the account for when no other way in works.
What = Literal[Disclosed, "kept_from", "break_glass"]
# Whether an alarm of whom it is about was open, a technical one of the device, or none; "" where it is about nobody.
Alarm = Literal["", "open", "technical", "none"]
NEVER = 32_767  # days since the last alarm of a case that had none
FLOOR = frozenset({"dispatcher", "supervisor"})


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the log as a row. `seq` is its position there, `at_ms` when it was entered (ms since 1970), `who` a pseudonym.

    `kind` is the record's type, `what` what it disclosed. `case` and `device` are "" where none is meant, or it was erased.
    `given`: a reason was given, at once or after. `there`: the person was on shift. `quiet_days`: since the last alarm of the
    case (`NEVER`), -1 where it is about none. `file`: a file was taken. `command`: with a command of the machine, where nobody
    signs in: `who` is a name that was typed, or the machine's account. `again`: the second record of searches in one go.
    """

    seq: int
    at_ms: int
    who: str
    role: str
    what: What
    kind: str
    case: str = ""
    device: str = ""
    incident: str = ""
    need: Need = ""
    why: Why | Literal[""] = ""
    given: bool = False
    alarm: Alarm = ""
    there: bool = True
    file: bool = False
    command: bool = False
    again: bool = False
    quiet_days: int = -1

    @property
    def about(self) -> str:
        """The case, else the device, else the incident; "" where it is about nobody."""
        return self.case or self.device or self.incident

    @property
    def unasked(self) -> bool:
        """It is about a person, and no alarm asked for it. An auditor's list of looks is none, nor a look that says no role: that
        is of a version that asked nobody why."""
        return bool(self.about and self.role) and not self.need and self.what not in ("kept_from", "audit")

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.role.split())
