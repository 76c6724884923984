"""Why the desk does not do what a command asks: a code for each reason, and who or what stands in the way."""

from datetime import datetime
from typing import Literal

RefusalCode = Literal[
    "unknown_incident",
    "taken",
    "not_owner",
    "unowned",
    "not_present",
    "to_oneself",
    "not_offered",
    "nothing_owned",
    "wrong_state",
    "unit_under_way",
    "unit_goes_on",
    "order_stands",
    "order_unanswered",
    "not_acknowledged",
    "reason_missing",
    "text_missing",
    "verification_missing",
    "zone_unknown",
    "zone_excluded",
    "zone_far",
    "zone_not_proposed",
    "zone_contradicts",
    "already_open",
    "unit_unknown",
    "line_ended",
    "not_to_them",
    "case_unknown",
    "place_missing",
    "cad_number_invalid",
    "where_missing",
    "device_alarm_open",
    "time_invalid",
    "time_future",
    "time_order",
    "time_missing",
    "closing_incomplete",
    "invalid",
    "not_allowed",
    "nothing_to_confirm",
    "locked",
    "recording",
    "exercise_stands",
    "busy",
    "cut_off",
    "drill",
    "drill_over",
    "drill_same_person",
    "drill_other",
    "drill_alarm",
    "drill_technical",
    "drill_health",
    "drill_shift",
    "drill_nobody",
    "drill_week",
]


class Refused(Exception):
    """The desk did not do it. `who` is the pseudonym of who stands in the way, `since` when they came to.

    `about` are the names of the times that do not fit, the one to look at first; `incident` the one that is there already.
    """

    def __init__(
        self,
        code: RefusalCode,
        *,
        who: str | None = None,
        since: datetime | None = None,
        anyway: bool = False,
        about: tuple[str, ...] = (),
        incident: str = "",
    ) -> None:
        super().__init__(code)
        self.code = code
        self.who = who
        self.since = since
        self.anyway = anyway
        self.about = about
        self.incident = incident
