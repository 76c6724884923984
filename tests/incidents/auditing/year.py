"""A year of one centre's work as its log would hold it, with ten kinds of misuse hidden in it.

It was written before any rule had a threshold, from what the work is like: four crews in turns of twelve hours, a supervisor
in office hours, two alarms a day of which most are tests, colleagues who help, reviews, magistrates, victims who telephone,
technical alarms, reasons that are forgotten. Everything is drawn from one seed. Nobody and nothing in it is real.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from incidents import events as ev
from incidents.log.filling import Filling, filling

FIRST = datetime(2025, 1, 6, tzinfo=ev.BRUSSELS)
DAYS = 364
CREWS, CREW = 4, 4
CASES = 120
KINDS = (
    "no_alarm",  # somebody reads through the files, one after another, for a week
    "off_shift",  # somebody comes in at night for one look
    "same_case",  # the same file, every day or two, with reasons
    "many_cases",  # a dozen files within the hour
    "kept_from",  # whom a case excludes comes upon it
    "break_glass",  # the account that is kept for when no other way in works
    "no_reason",  # reasons are left out, again and again
    "exports",  # files are taken at night
    "searches",  # names are tried, one after another
    "dormant",  # a file that has been quiet for long, looked at twice within some weeks
)


class Hidden(msgspec.Struct, frozen=True):
    """A misuse: which kind, by whom (a pseudonym), in which case ("" where many, or none), from when until when."""

    kind: str
    who: str
    case: str
    since: datetime
    until: datetime


class _Fact(msgspec.Struct, frozen=True):
    at: datetime
    stream: str
    event: ev.Event
    actor: str
    id: str


class Year:
    """Draws the year. `facts` are its records, in no order; `hidden` what somebody should find in it."""

    def __init__(self, log: Filling, seed: int) -> None:
        self._draw = random.Random(seed)
        self._log = log
        self.facts: list[_Fact] = []
        self.hidden: list[Hidden] = []
        who = log.vault.pseudonym
        self.crews = [[who(f"dispatcher {crew}-{n}") for n in range(CREW)] for crew in range(CREWS)]
        self.leads = [who(f"lead {crew}") for crew in range(CREWS)]
        self.office = who("office supervisor")
        self.auditor, self.technician, self.trainer = who("auditor"), who("technician"), who("trainer")
        self.role = {name: "dispatcher" for crew in self.crews for name in crew}
        self.role |= dict.fromkeys(self.leads, "dispatcher supervisor")
        self.role |= {self.office: "supervisor", self.auditor: "auditor", self.technician: "technician"}
        self.role |= {self.trainer: "trainer"}
        self.cases = [f"2025-{n:04d}" for n in range(CASES)]
        self.device = {case: f"AMR-{n:05d}" for n, case in enumerate(self.cases)}
        self.quiet = self.cases[-20:]  # these do not press all year
        self._count: dict[str, int] = {}
        self._alarms: list[tuple[datetime, datetime, str, str]] = []  # from, until, case, incident
        for day in range(DAYS):
            self._day(FIRST + timedelta(days=day))
        self._misuse()

    def write(self) -> None:
        """Put it into the log, in the order in which it happened."""
        for fact in sorted(self.facts, key=lambda fact: fact.at):
            at = fact.at.astimezone(UTC)
            self._log.write(fact.stream, ev.draft(fact.event, id=fact.id, at=at, source_at=at, actor=fact.actor))

    def on(self, day: datetime, night: bool) -> tuple[list[str], str]:
        """The crew of a shift, and its lead: each crew has two days, two nights, four free, as so many centres have."""
        turn = ((day - FIRST).days // 2 - (1 if night else 0)) % CREWS
        return self.crews[turn], self.leads[turn]

    def _day(self, day: datetime) -> None:
        for night in (False, True):
            start = _at(day, 19 if night else 7)
            end = _at(day + timedelta(days=1), 7) if night else _at(day, 19)
            crew, lead = self.on(day, night)
            began = ev.ShiftStarted(start=ev.stamp(start), end=ev.stamp(end))
            self._fact(start, "desk/shift", began, "watch")
            for name in (*crew, lead):
                # Some are late, once in a while by much; some go and come, for a page that is locked is no page.
                late = self._draw.gauss(-6, 6) if self._draw.random() < 0.985 else self._draw.uniform(10, 70)
                self._presence(
                    name, start + timedelta(minutes=late), end + timedelta(minutes=self._draw.uniform(1, 25))
                )
                if self._draw.random() < 0.2:
                    pause = start + timedelta(minutes=self._draw.uniform(120, 600))
                    self._left(name, pause)
                    self._came(name, pause + timedelta(minutes=self._draw.uniform(5, 40)))
            for _ in range(self._poisson(1.0)):
                self._alarm(self._within(start, end), crew, lead)
            for _ in range(self._poisson(0.6)):
                self._technical(self._within(start, end), crew)
            if self._draw.random() < 0.35:
                self._call(self._within(start, end), crew)
        if day.weekday() < 5:
            self._office(day)

    def _office(self, day: datetime) -> None:
        came, left = _at(day, 8) + timedelta(minutes=self._draw.uniform(0, 50)), _at(day, 17)
        for name in (self.office, self.technician, self.trainer):
            self._presence(name, came, left)
        for _, until, case, incident in self._alarms[-12:]:
            if until > came or self._draw.random() > 0.15:
                continue
            at = self._within(came, left)
            for _ in range(self._draw.randint(1, 2)):
                self._look(at, self.office, case, incident, why="review")
                at += timedelta(minutes=self._draw.uniform(1, 5))
        if day.weekday() == 0:
            at = self._within(came, left)
            report = ev.ReportExported(
                what="report", form="pdf", how="page", rows=14, sha256="0" * 64, role="supervisor", why="review"
            )
            self._fact(at, _audit(at), report, self.office)
        if self._draw.random() < 0.08 and self._alarms:
            self._evidence(self._within(came, left), self.office)
        if self._draw.random() < 0.15:
            at = self._within(came, left)
            devices = ev.DeviceListMade(form="csv", devices=CASES, sha256="0" * 64, role="supervisor", why="review")
            self._fact(at, _audit(at), devices, self.office)
        if day.weekday() == 2:
            self._audit(self._within(came, left))
        for _ in range(self._poisson(0.5)):
            case = self._draw.choice(self.cases)
            self._device_case(self._within(came, left), self.technician, case)

    def _audit(self, at: datetime) -> None:
        """The auditor reads what happened, and opens some of it."""
        for _, _, _, incident in self._alarms[-6:]:
            if self._draw.random() < 0.4:
                self._fact(
                    at, _audit(at), ev.TimelineOpened(incident=incident, role="auditor", why="review"), self.auditor
                )
                at += timedelta(minutes=self._draw.uniform(2, 9))

    def _alarm(self, at: datetime, crew: list[str], lead: str) -> None:
        draw = self._draw
        case = draw.choice(self.cases[:12] if draw.random() < 0.5 else self.cases[:-20])
        device = self.device[case]
        n = self._count[device] = self._count.get(device, 0) + 1
        incident = self._log.vault.incident_id(device, n)
        stream = f"incident/{incident}"
        until = at + timedelta(minutes=draw.lognormvariate(3.0, 0.7))
        self._alarms.append((at, until, case, incident))
        raised = ev.Raised(origin="press", press="hold", zone="5415", cic="OVL", n=n, device=device, case=case)
        self._fact(at, stream, raised, "feed")
        owner, *others = draw.sample(crew, len(crew))
        taken = at + timedelta(seconds=draw.uniform(4, 40))
        self._look(taken - timedelta(seconds=1), owner, case, incident, need="unowned")
        self._fact(taken, stream, ev.Acknowledged(), owner)
        for other in others:
            if draw.random() < 0.25:
                self._look(self._within(at, until), other, case, incident, need="helper")
            elif draw.random() < 0.12:
                self._look(self._within(at, until), other, case, incident, why="alarm")
        if draw.random() < 0.3:
            self._look(self._within(at, until), lead, case, incident, need="escalation")
        for _ in range(draw.randint(0, 2)):
            self._look(self._within(taken, until), owner, case, incident, need="mine")
        closed = ev.Closed(as_class="test" if draw.random() < 0.8 else "real", outcome="test_ok")
        self._fact(until, stream, closed, owner)
        if draw.random() < 0.10:  # what is said to the next crew is looked up once more
            self._look(until + timedelta(minutes=draw.uniform(5, 90)), owner, case, incident, why="handover")
        if draw.random() < 0.03:  # a colleague asks about it, the day after
            self._look(
                until + timedelta(minutes=draw.uniform(5, 60)), draw.choice(others), case, incident, why="review"
            )

    def _technical(self, at: datetime, crew: list[str]) -> None:
        case, who = self._draw.choice(self.cases), self._draw.choice(crew)
        stream = f"device/{self._log.vault.device_id(self.device[case])}"
        self._fact(at, stream, ev.DeviceAlarmed(condition="silent", device=self.device[case]), "feed")
        self._device_case(at + timedelta(minutes=1), who, case)
        taken = ev.DeviceAcknowledged(condition="silent")
        self._fact(at + timedelta(minutes=self._draw.uniform(2, 50)), stream, taken, who)

    def _call(self, at: datetime, crew: list[str]) -> None:
        """Somebody telephones: the dispatcher looks for the case, and reads what was last there."""
        who, case = self._draw.choice(crew), self._draw.choice(self.cases)
        role = self.role[who]
        for n in range(self._draw.choice((1, 1, 1, 2, 3))):
            searched = ev.CasesSearched(found=1, cases=case, text="name", role=role, why="person")
            self._fact(at + timedelta(seconds=20 * n), _audit(at), searched, who)
        if (last := self._last(case, at)) and self._draw.random() < 0.5:
            self._look(at + timedelta(minutes=2), who, case, last, why="person")

    def _misuse(self) -> None:
        draw = self._draw
        days = iter(draw.sample(range(120, DAYS - 30), len(KINDS)))
        for kind in KINDS:
            day = FIRST + timedelta(days=next(days))
            getattr(self, f"_{kind}")(day)

    def _no_alarm(self, day: datetime) -> None:
        who = self.crews[0][0]
        times = [self._on_duty(who, day + timedelta(days=n / 3)) for n in range(21)]
        for at, (_, _, case, incident) in zip(times, self._draw.sample(self._alarms[:200], 21), strict=True):
            self._look(at, who, case, incident, why="other", words="question of a colleague")
        self._hid("no_alarm", who, "", min(times), max(times))

    def _off_shift(self, day: datetime) -> None:
        crew, _ = self.on(day, night=True)
        who = next(name for other in self.crews for name in other if other is not crew)
        while who in (*self.on(day, night=False)[0], *self.on(day, night=True)[0]):
            who = self._draw.choice(self._draw.choice(self.crews))
        at = _at(day + timedelta(days=1), 3) + timedelta(minutes=12)
        self._came(who, at - timedelta(minutes=2))
        _, _, case, incident = self._draw.choice(self._alarms[:200])
        self._look(at, who, case, incident, why="review")
        self._left(who, at + timedelta(minutes=3))
        self._hid("off_shift", who, "", at, at)

    def _same_case(self, day: datetime) -> None:
        who = self.crews[1][1]
        _, _, case, incident = self._draw.choice(self._alarms[:100])
        times = [self._on_duty(who, day + timedelta(days=n)) for n in range(8)]
        for at in times:
            self._look(at, who, case, incident, why=self._draw.choice(("review", "person", "handover")))
        self._hid("same_case", who, case, min(times), max(times))

    def _many_cases(self, day: datetime) -> None:
        who = self.crews[2][0]
        began = self._on_duty(who, day)
        for n, (_, _, case, incident) in enumerate(self._draw.sample(self._alarms[:200], 14)):
            self._look(began + timedelta(minutes=3 * n), who, case, incident, why="training")
        self._hid("many_cases", who, "", began, began + timedelta(minutes=42))

    def _kept_from(self, day: datetime) -> None:
        who = self.crews[3][0]
        at = self._on_duty(who, day)
        *_, incident = self._alarms[50]
        self._fact(at, f"incident/{incident}", ev.KeptFrom(to=who, role="dispatcher"), "watch")
        self._hid("kept_from", who, "", at, at)

    def _break_glass(self, day: datetime) -> None:
        who = self._log.vault.pseudonym("glass")
        at = _at(day, 2)
        self._fact(at, "desk/access", ev.SignedIn(roles="dispatcher supervisor", break_glass=True), who)
        self._hid("break_glass", who, "", at, at)

    def _no_reason(self, day: datetime) -> None:
        who = self.crews[0][2]
        times = [self._on_duty(who, day + timedelta(days=n / 2)) for n in range(8)]
        for at in times:
            _, _, case, incident = self._draw.choice(self._alarms[:200])
            self._look(at, who, case, incident, forgets=1.0)
        self._hid("no_reason", who, "", min(times), max(times))

    def _exports(self, day: datetime) -> None:
        who = self.leads[2]
        at = self._on_duty(who, day, hours=range(5))
        for n in range(4):
            self._evidence(at + timedelta(minutes=4 * n), who)
        self._hid("exports", who, "", at, at + timedelta(minutes=12))

    def _searches(self, day: datetime) -> None:
        who = self.crews[3][2]
        at = self._on_duty(who, day)
        for n in range(12):
            searched = ev.CasesSearched(found=n % 2, text="name", role="dispatcher", why="person")
            self._fact(at + timedelta(minutes=2 * n), _audit(at), searched, who)
        self._hid("searches", who, "", at, at + timedelta(minutes=24))

    def _dormant(self, day: datetime) -> None:
        who, case = self.crews[1][3], self.quiet[3]
        stream = f"device/{self._log.vault.device_id(self.device[case])}"
        times = [self._on_duty(who, day), self._on_duty(who, day + timedelta(days=9))]
        for n, at in enumerate(times):
            shown = ev.DeviceCaseShown(device=self.device[case], case=case, role="dispatcher", why="person")
            self._fact(at, stream, shown, who, f"dormant-{n}")
        self._hid("dormant", who, case, min(times), max(times))

    def _hid(self, kind: str, who: str, case: str, since: datetime, until: datetime) -> None:
        self.hidden.append(Hidden(kind, who, case, since, until))

    def _on_duty(self, who: str, day: datetime, hours: range = range(24)) -> datetime:
        """A moment of this person's next shift on or after that day when it is quiet."""
        while True:
            for night in (False, True):
                crew, lead = self.on(day, night)
                if who not in (*crew, lead):
                    continue
                start = _at(day, 19 if night else 7)
                found = [self._within(start + timedelta(hours=1), start + timedelta(hours=11)) for _ in range(40)]
                quiet = [at for at in found if at.hour in hours and not self._open(at)]
                if quiet:
                    return quiet[0]
            day = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    def _open(self, at: datetime) -> bool:
        return any(began <= at <= until for began, until, _, _ in self._alarms)

    def _last(self, case: str, at: datetime) -> str:
        return next((name for _, end, of, name in reversed(self._alarms) if of == case and end < at), "")

    def _look(
        self,
        at: datetime,
        who: str,
        case: str,
        incident: str,
        *,
        need: str = "",
        why: str = "alarm",
        words: str = "",
        forgets: float = 0.02,
    ) -> None:
        """A look at the case of an incident; where nothing asks for it a reason is given within the minute, or forgotten."""
        stream, id = f"incident/{incident}", self._id()
        facts: dict[str, Any] = {"role": self.role[who], "need": need}
        self._fact(at, stream, ev.CaseOpened(**facts), who, id)
        if not need and self._draw.random() >= forgets:
            given = ev.ReasonGiven(of=id, why=why, reason=words)  # type: ignore[arg-type]
            self._fact(at + timedelta(seconds=self._draw.uniform(2, 40)), stream, given, who)

    def _device_case(self, at: datetime, who: str, case: str) -> None:
        stream = f"device/{self._log.vault.device_id(self.device[case])}"
        shown = ev.DeviceCaseShown(device=self.device[case], case=case, role=self.role[who])
        self._fact(at, stream, shown, who)

    def _evidence(self, at: datetime, who: str) -> None:
        _, _, _, incident = self._draw.choice([one for one in self._alarms if one[1] < at] or self._alarms)
        made = ev.EvidenceMade(
            incident=incident, form="pdf", sha256="0" * 64, json_sha256="0" * 64, how="page",
            role=self.role[who], why="magistrate",
        )  # fmt: skip
        self._fact(at, _audit(at), made, who)

    def _presence(self, who: str, came: datetime, left: datetime) -> None:
        self._came(who, came)
        self._left(who, left)

    def _came(self, who: str, at: datetime) -> None:
        self._fact(at, "desk/floor", ev.Came(role=self.role[who]), who)

    def _left(self, who: str, at: datetime) -> None:
        self._fact(at, "desk/floor", ev.Left(why="no_page"), who)

    def _fact(self, at: datetime, stream: str, event: ev.Event, actor: str, id: str = "") -> None:
        self.facts.append(_Fact(at, stream, event, actor, id or self._id()))

    def _id(self) -> str:
        return str(UUID(int=self._draw.getrandbits(128)))

    def _within(self, since: datetime, until: datetime) -> datetime:
        return since + (until - since) * self._draw.random()

    def _poisson(self, mean: float) -> int:
        n, left = 0, self._draw.expovariate(1)
        while left < mean:
            n, left = n + 1, left + self._draw.expovariate(1)
        return n


def write_year(path: Path, seed: int) -> tuple[Hidden, ...]:
    """Fill a new log with a year; what is hidden in it."""
    with filling(path) as log:
        year = Year(log, seed)
        year.write()
        return tuple(year.hidden)


def _at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)


def _audit(at: datetime) -> str:
    return f"audit/{at.astimezone(UTC):%Y-%m}"


def weeks(moments: Iterator[datetime]) -> dict[int, int]:
    """How many of these moments each week of the year has."""
    found: dict[int, int] = {}
    for at in moments:
        week = (at - FIRST).days // 7
        found[week] = found.get(week, 0) + 1
    return found
