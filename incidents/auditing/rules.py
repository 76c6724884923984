"""What is unusual among looks: ten rules, each a threshold over a span of time, which a centre sets (docs/audit.md).

A rule counts for each person (`of_case`: and case) the looks that it is about; at its threshold within its span it gives one
notice, and none more for the same until the span has passed. Nothing here reads a clock: a look says when it was.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from incidents.auditing.look import FLOOR, Look
from incidents.events import BRUSSELS
from incidents.settings import setting

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MOST = 1000  # looks of one notice: of more the last
_REVIEWED = frozenset({"review", "magistrate"})  # what a supervisor and an auditor are there for


def _least(looks: str, span: str) -> msgspec.Meta:
    return setting(f"{looks}, by one person in {span}, that make a notice", ge=1)


class AuditRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of the rules: from how many on, within which span, a notice is made."""

    no_alarm: Annotated[int, _least("looks without an alarm open", "a week")] = 8
    same_case: Annotated[int, _least("looks at one case without an alarm", "a week")] = 4
    many_cases: Annotated[int, _least("different cases without an alarm", "an hour")] = 6
    no_reason: Annotated[int, _least("looks without a reason", "a week")] = 3
    exports: Annotated[int, _least("files taken outside office hours", "half a day")] = 2
    searches: Annotated[int, _least("searches without an alarm", "an hour")] = 8
    dormant: Annotated[
        int, setting("days on which one person looks at a dormant case, in a month, that make a notice", ge=1)
    ] = 2
    dormant_days: Annotated[int, setting("days without an alarm after which a case is dormant", ge=1, le=30_000)] = 180
    arrival_min: Annotated[
        int, setting("minutes after a shift's start within which who works in it has come", ge=1, le=720)
    ] = 90
    office_from: Annotated[int, setting("the hour at which office hours begin, Monday to Friday", ge=0, le=24)] = 7
    office_until: Annotated[int, setting("the hour at which they end", ge=0, le=24)] = 19
    reason_s: Annotated[int, setting("seconds after a look until its reason counts as missing", ge=1)] = 60

    def office(self, at_ms: int) -> bool:
        """Whether a moment lies in office hours, by the clock on the wall in Belgium."""
        at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BRUSSELS)
        return at.weekday() < 5 and self.office_from <= at.hour < self.office_until


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Which looks count, each once for what is `distinct` about it, within `span_ms`. The setting of its name says how many make
    a notice; where there is none one does."""

    name: str
    span_ms: int
    counts: Callable[[Look, AuditRules], bool]
    distinct: Callable[[Look], object] = lambda look: look.seq
    of_case: bool = False


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something unusual: by which rule, of whom, `about` which case (device, incident; "" where about none); the looks that it
    counted, by their `seq`: the last one made it so."""

    rule: str
    who: str
    about: str
    at_ms: int
    looks: tuple[int, ...]


def _unasked(look: Look, settings: AuditRules) -> bool:
    """A look at a person for which there was no alarm, by somebody whose work is alarms: bench and training have none."""
    return look.unasked and look.alarm == "none" and bool(look.roles & FLOOR)


def _no_alarm(look: Look, settings: AuditRules) -> bool:
    reviews = look.why in _REVIEWED and "supervisor" in look.roles
    return _unasked(look, settings) and look.what != "evidence" and not reviews


def _off_shift(look: Look, settings: AuditRules) -> bool:
    unasked = look.unasked and bool(look.roles & FLOOR) and look.alarm != "technical"
    return unasked and not look.there and not settings.office(look.at_ms)


def _no_reason(look: Look, settings: AuditRules) -> bool:
    return look.unasked and not look.given and look.alarm != "technical" and look.roles != {"technician"}


def _search(look: Look, settings: AuditRules) -> bool:
    return look.what == "search" and look.alarm == "none" and not look.need and not look.again


def _kept_from(look: Look, settings: AuditRules) -> bool:
    return look.what == "kept_from"


def _break_glass(look: Look, settings: AuditRules) -> bool:
    return look.what == "break_glass"


def _exports(look: Look, settings: AuditRules) -> bool:
    return look.file and not settings.office(look.at_ms)


def _dormant(look: Look, settings: AuditRules) -> bool:
    return _no_alarm(look, settings) and look.quiet_days >= settings.dormant_days


def _moment(look: Look) -> object:
    return look.at_ms // (10 * 60_000), look.incident or look.case or look.device  # what is read in one go is one look


def _day(look: Look) -> object:
    return datetime.fromtimestamp(look.at_ms / 1000, UTC).astimezone(BRUSSELS).date()


RULES = (
    Rule(name="no_alarm", span_ms=7 * DAY_MS, counts=_no_alarm, distinct=_moment),
    Rule(name="off_shift", span_ms=DAY_MS // 2, counts=_off_shift),
    Rule(name="same_case", span_ms=7 * DAY_MS, counts=_no_alarm, distinct=_moment, of_case=True),
    Rule(name="many_cases", span_ms=HOUR_MS, counts=_no_alarm, distinct=lambda look: look.about),
    Rule(name="kept_from", span_ms=DAY_MS, counts=_kept_from, of_case=True),
    Rule(name="break_glass", span_ms=HOUR_MS, counts=_break_glass),
    Rule(name="no_reason", span_ms=7 * DAY_MS, counts=_no_reason, distinct=_moment),
    Rule(name="exports", span_ms=DAY_MS // 2, counts=_exports),
    Rule(name="searches", span_ms=HOUR_MS, counts=_search),
    Rule(name="dormant", span_ms=30 * DAY_MS, counts=_dormant, distinct=_day, of_case=True),
)
LONGEST_MS = max(rule.span_ms for rule in RULES)
Key = tuple[str, str, str]  # rule, person, case


class Judge:
    """Takes looks one after another, in about their order, and gives what is unusual. `known` says what was given before."""

    def __init__(self, settings: AuditRules, rules: Iterable[Rule] = RULES) -> None:
        self._settings = settings
        self.rules = tuple(rules)
        self._counted: dict[Key, deque[tuple[int, object, int]]] = {}
        self._given: dict[Key, int] = {}

    def known(self, rule: str, who: str, about: str, at_ms: int) -> None:
        """A notice that stands in the log already."""
        of_case = any(one.of_case for one in self.rules if one.name == rule)
        key = (rule, who, about if of_case else "")
        self._given[key] = max(at_ms, self._given.get(key, 0))

    def judge(self, look: Look) -> Iterator[Notice]:
        """The notices that this look makes."""
        for rule in self.rules:
            if not rule.counts(look, self._settings):
                continue
            key = (rule.name, look.who, look.about if rule.of_case else "")
            counted = self._counted.setdefault(key, deque())
            counted.append((look.at_ms, rule.distinct(look), look.seq))
            while counted[0][0] <= look.at_ms - rule.span_ms:
                counted.popleft()
            enough: int | None = getattr(self._settings, rule.name, None)
            if len({what for _, what, _ in counted}) < (enough or 1):
                continue
            if (before := self._given.get(key)) is not None and look.at_ms < before + rule.span_ms:
                continue
            self._given[key] = look.at_ms
            yield Notice(
                rule=rule.name,
                who=look.who,
                about=look.about if rule.of_case or enough is None else "",
                at_ms=look.at_ms,
                looks=tuple(seq for _, _, seq in counted)[-MOST:],
            )
