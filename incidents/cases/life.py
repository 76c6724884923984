"""The life of a case: dated steps from the decision to the return of the device, and what they make of the case on a day.

A step says what was done, by whom and when; none is ever changed. A press is an alarm in every state: a state is a flag beside
it, and hides nothing. The register keeps the steps in their order, sealed beside the versions (`incidents.cases.sealed`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta

from incidents.case import Case, Decision, Standing
from incidents.events import BRUSSELS

Kind = Literal[
    "granted",
    "handed_over",
    "reviewed",
    "renewed",
    "suspended",
    "resumed",
    "replaced",
    "returned",
    "ended",
    "doubted",
    "settled",
]
State = Literal["granted", "active", "suspended", "expired", "ended", "returned"]
# What waits for a hand, the gravest first. expired: over, and neither renewed nor ended; not_returned: ended, and she has it
# still; end_missing: she gave it back, and no decision ended it.
Need = Literal[
    "expired", "not_returned", "review_missed", "review_due", "doubted", "not_handed_over", "end_missing", "suspended"
]
NEEDS: Final[tuple[Need, ...]] = get_args(Need)
REVIEWS: Final = (30, 14, 3)  # days before the end of the validity
MAX_STEPS: Final = 1000  # of one case: over some years not a hundredth of that
Line = Annotated[str, Meta(max_length=200)]


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was done with a case `at` a moment, `by` a pseudonym. `id` is of the wish: said twice it is one step.

    `kind` is a `Kind`, or the word of a newer version, which changes nothing here. `day` is when it was done or decided; `old`
    and `device` name devices; `who` handed over or took back; `fact` is the text that is doubted; `about` the id of the step that
    is answered.
    """

    kind: str
    id: str
    at: dt.datetime
    by: str
    day: dt.date | None = None
    until: dt.date | None = None
    convention: dt.date | None = None
    office: Line = ""
    reference: Line = ""
    zone: Line = ""
    device: Line = ""
    old: Line = ""
    who: Line = ""
    fact: Annotated[str, Meta(max_length=2000)] = ""
    text: Annotated[str, Meta(max_length=2000)] = ""
    about: Line = ""


# What each step says; a fact with a star must be there.
FACTS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "granted": ("office*", "reference*", "day*", "convention", "zone"),
    "handed_over": ("device*", "who*", "day*"),
    "reviewed": ("text",),
    "renewed": ("until*", "office*", "reference*", "day*"),
    "suspended": ("office", "reference*", "text*"),
    "resumed": ("office", "reference", "text"),
    "replaced": ("old", "device*", "who"),
    "returned": ("device", "who*", "day*"),
    "ended": ("office", "reference*", "day*", "text"),
    "doubted": ("fact*", "text*"),
    "settled": ("about*", "text*"),
}
GIVES: Final = ("handed_over", "replaced")  # the steps by which she has a device
_NOT_IN: Final[Mapping[Kind, tuple[State, ...]]] = {
    "handed_over": ("ended",),
    "suspended": ("suspended", "expired", "ended", "returned"),
    "returned": ("returned",),
    "ended": ("ended",),
}


class NotPossible(Exception):
    """The step can't be taken, and nothing was changed: the code says why, and `field` which fact is wrong."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


class Review(msgspec.Struct, frozen=True):
    """A review that falls due on a day: coming, due from then on, done while it was due, or missed: the next came first."""

    due: dt.date
    state: Literal["coming", "due", "done", "missed"]


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """A case on a day. `handed`: the step by which she was given the device that she has; `doubts`: those nobody answered."""

    state: State
    standing: Standing
    until: dt.date
    decision: Decision | None
    convention: dt.date | None
    zone: str
    handed: Step | None
    reviews: tuple[Review, ...]
    doubts: tuple[Step, ...]
    needs: tuple[Need, ...]


def life(case: Case, steps: Sequence[Step], day: dt.date) -> Life:
    """The case as imported under its steps, on a day (Europe/Brussels). Every step counts, whenever it was taken.

    The later of what the file and the last renewal say is the end of the validity: an older file never cuts a protection short.
    """
    until, decision, convention, zone = case.valid_until, case.decision, case.convention, case.managing_zone or ""
    suspended = ended = returned = False
    awaited = False  # decided here, and not handed over since: of a case that a file brought nobody says so
    handed: Step | None = None
    doubts = unanswered(steps)
    spans: list[tuple[dt.date, dt.date | None]] = []  # an end of the validity, and the day on which it was moved
    for step in steps:
        match step.kind:
            case "granted":
                decision = _decision(step) or decision
                convention, zone = step.convention or convention, step.zone or zone
                awaited = not any(one.kind in GIVES for one in steps)
            case "handed_over" | "replaced":
                returned, handed = False, step
            case "renewed":
                spans.append((until, _day_of(step)))
                until = max(case.valid_until, step.until or until)
                ended, decision = False, _decision(step) or decision
            case "suspended" | "resumed":
                suspended = step.kind == "suspended"
            case "returned":
                returned, handed = True, None
            case "ended":
                ended = True
    over = day > until
    has = bool(case.devices) and not returned and not awaited
    standing: Standing = "returned" if returned else "ended" if ended else "suspended" if suspended else ""
    state: State
    stopped = returned or ended
    if stopped:
        state = "returned" if returned else "ended"
    elif over:
        state = "expired"
    elif suspended:
        state = "suspended"
    else:
        state = "active" if has and day >= case.valid_from else "granted"
    looked = [_day_of(step) for step in steps if step.kind == "reviewed"]
    now = _reviews(case.valid_from, until, None, looked, day, stopped=stopped)
    earlier = [r for end, moved in spans for r in _reviews(case.valid_from, end, moved, looked, day, stopped=stopped)]
    past = [review.state for review in now if review.state in ("done", "missed")]
    wanted = {
        "expired": state == "expired",
        "not_returned": ended and has,
        "review_missed": not (stopped or over) and past[-1:] == ["missed"],
        "review_due": any(review.state == "due" for review in now),
        "doubted": bool(doubts),
        "not_handed_over": state == "granted" and day >= case.valid_from,
        "end_missing": returned and not ended and not over,
        "suspended": state == "suspended",
    }
    return Life(
        state=state,
        standing=standing,
        until=until,
        decision=decision,
        convention=convention,
        zone=zone,
        handed=handed,
        reviews=(*earlier, *now),
        doubts=doubts,
        needs=tuple(need for need in NEEDS if wanted[need]),
    )


def lived(case: Case, steps: Sequence[Step]) -> Case:
    """The case as imported with what its steps say of it, for whoever asks the register."""
    if not steps:
        return case
    found = life(case, steps, case.valid_until)  # what is taken of it is the same on every day
    return msgspec.structs.replace(
        case,
        valid_until=found.until,
        decision=found.decision,
        convention=found.convention,
        managing_zone=found.zone or None,
        standing=found.standing,
    )


def unanswered(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The facts flagged as doubtful that nobody answered yet."""
    open_: dict[str, Step] = {}
    for step in steps:
        if step.kind == "doubted":
            open_[step.id] = step
        elif step.kind == "settled":
            open_.pop(step.about, None)
    return tuple(open_.values())


def possible(found: Life) -> tuple[Kind, ...]:
    """The steps that the case may take next, as it is on a day; the doubts of others apart."""
    may = [kind for kind in FACTS if found.state not in _NOT_IN.get(kind, ()) and kind != "doubted"]
    kept = {"resumed": found.standing == "suspended", "settled": bool(found.doubts)}
    return tuple(kind for kind in may if kept.get(kind, True))


def step_of(kind: str, said: Mapping[str, str], *, id: str, at: dt.datetime, by: str) -> Step:
    """A step of what was typed, by the names of its facts. Raises NotPossible: unknown, missing, malformed, too_long."""
    asked = next((facts for name, facts in FACTS.items() if name == kind), None)
    if asked is None:
        raise NotPossible("unknown")
    facts: dict[str, Any] = {}
    for field, needed in ((name.rstrip("*"), name.endswith("*")) for name in asked):
        text = said.get(field, "")
        text = text.strip() if field in ("text", "fact") else " ".join(text.split())
        if needed and not text:
            raise NotPossible("missing", field)
        if text:
            facts[field] = text
    for field, text in facts.items():
        try:
            msgspec.json.encode(text)
            msgspec.convert({"kind": kind, "id": id, "at": at, "by": by, field: text}, Step)
        except (msgspec.ValidationError, UnicodeEncodeError):
            dated = field in ("day", "until", "convention")
            raise NotPossible("malformed" if dated else "too_long", field) from None
    return msgspec.convert(facts | {"kind": kind, "id": id, "at": at, "by": by}, Step)


def check(step: Step, case: Case, steps: Sequence[Step], today: dt.date) -> None:
    """Whether the step may follow these. Raises NotPossible."""
    now = life(case, steps, today)
    if len(steps) >= MAX_STEPS:
        raise NotPossible("too_many")
    if step.kind != "doubted" and step.kind not in possible(now):
        raise NotPossible("not_now")
    if step.until is not None and step.until < max(today, case.valid_from):
        raise NotPossible("until_past", "until")
    if step.day is not None and step.day > today and step.kind in ("handed_over", "returned", "ended"):
        raise NotPossible("day_coming", "day")
    if step.kind == "settled" and step.about not in {doubt.id for doubt in now.doubts}:
        raise NotPossible("unknown", "about")
    if step.kind == "returned" and step.device and step.device not in case.devices:
        raise NotPossible("not_hers", "device")


def _decision(step: Step) -> Decision | None:
    if not (step.office and step.reference and step.day):
        return None
    return Decision(office=step.office, reference=step.reference, date=step.day)


def _day_of(step: Step) -> dt.date:
    return step.at.astimezone(BRUSSELS).date()


def _reviews(
    begins: dt.date,
    until: dt.date,
    moved: dt.date | None,
    looked: Sequence[dt.date],
    day: dt.date,
    *,
    stopped: bool,
) -> list[Review]:
    """The reviews of one validity: of one that was `moved` those that fell due before; one that `stopped` has none to come."""
    dues = [until - dt.timedelta(days) for days in REVIEWS]
    found = []
    for due, after in zip(dues, (*dues[1:], until + dt.timedelta(1)), strict=True):
        if due < begins or (moved is not None and due > moved):
            continue
        if any(due <= one < after for one in looked):
            found.append(Review(due, "done"))
        elif after <= (moved or day):
            found.append(Review(due, "missed"))
        elif moved is None and not stopped:
            found.append(Review(due, "due" if due <= day else "coming"))
    return found
