"""What an auditor asks the list for, as the page and the address of its file say it."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from incidents.auditing.digest import span_of
from incidents.auditing.query import Asked, Sort

Text = Annotated[str, msgspec.Meta(max_length=64)]
Day = Annotated[str, msgspec.Meta(pattern=r"^(?:[12]\d{3}-\d{2}-\d{2})?\Z")]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A list: `since` and `until` are days in Belgium, both in it; "" for no bound. `notice`: the looks that it counted."""

    who: Text = ""
    role: Annotated[str, msgspec.Meta(max_length=128)] = ""
    what: Text = ""
    case: Text = ""
    device: Text = ""
    since: Day = ""
    until: Day = ""
    alarm: Literal["", "with", "without"] = ""
    missing: bool = False
    notice: Text = ""
    sort: Sort = "at_ms"
    rising: bool = False

    def asked(self, whole: Asked) -> Asked:
        """This list of the whole that somebody may see. A day that there is not bounds nothing."""
        return msgspec.structs.replace(
            whole,
            who=self.who,
            role=self.role,
            what=self.what,
            case=self.case.strip(),
            device=self.device.strip(),
            since_ms=_span(self.since)[0],
            until_ms=_span(self.until)[1],
            alarm=self.alarm,
            missing=self.missing,
            sort=self.sort,
            rising=self.rising,
        )


def _span(day: str) -> tuple[int, int] | tuple[None, None]:
    try:
        return span_of(date.fromisoformat(day))
    except (ValueError, OverflowError):
        return None, None
