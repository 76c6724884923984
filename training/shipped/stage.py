"""Where a story is played: a real desk with its watch, a clock that goes when the story says so, and short ways to act."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from centre.assembly import Core
from feeds.decoding import decode_message
from incidents import commands as cmd
from incidents import events as ev
from incidents.case import Case, Fact, Instruction, Person, Protected
from incidents.cases import CaseRegister
from incidents.incident import Incident
from incidents.log.master import seeded
from incidents.log.training import TrainingLog
from incidents.messages import Message
from incidents.roles import User
from maps.zones import Zones

FEED = "feed"
DAY = date(2026, 3, 1)
FROM = "made up"

Place = tuple[float, float]  # lat, lon


class Story(msgspec.Struct, frozen=True):
    """One story: what it is called, when it begins, whose cases there are, and what happens."""

    title: str
    begins: datetime
    cases: tuple[Case, ...]
    play: Callable[["Stage"], Awaitable[None]]


def case(
    device: str,
    victim: str,
    *,
    home: Place,
    suspect: str = "S. Fictief",
    silent: bool = False,
    listen: bool = False,
    weapon: str = "",
    language: str = "nl",
) -> Case:
    """A made-up file."""
    number = device.removeprefix("EX-")

    def fact(text: str) -> Fact:
        return Fact(text=text, source=FROM, date=DAY)

    told = [("silent_approach", "Come without siren.")] * silent + [("listen_only", "Listen, stay silent.")] * listen
    return Case(
        number=f"EX-CASE-{number}",
        victim=Person(name=victim, languages=(language,)),
        suspect=Person(name=suspect, facts=(fact("Dark blue car."),)),
        devices=(device,),
        valid_from=DAY,
        valid_until=date(2030, 12, 31),
        source=FROM,
        date=DAY,
        measures=(fact("No contact, 200 m around the home."),),
        places=(Protected(name="Home", lat=home[0], lon=home[1], radius_m=200.0),),
        weapons=(fact(weapon),) if weapon else (),
        instructions=tuple(
            Instruction(kind=kind, text=text, source=FROM, date=DAY)  # type: ignore[arg-type]
            for kind, text in told
        ),
        safe_word="sunflower",
        duress_word="marigold",
    )


class _Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Stage:
    """A desk on which a story is played. Times are seconds from its beginning."""

    def __init__(self, log: TrainingLog, zones: Zones, story: Story) -> None:
        self.log = log
        self.clock = _Clock(story.begins)
        self.cases = CaseRegister.of(story.cases, today=lambda: self.clock.at.date())
        self.closed: list[str] = []
        self.begun = story.begins
        self._said = 0
        self._done = 0
        core = Core(log, zones, self.cases, self.clock, addresses=lambda zone: "")  # every zone has one, nobody sends
        self.desk, self._watch = core.desk, core.watch

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, name: str, zones: Zones, story: Story) -> AsyncIterator["Stage"]:
        """A fresh desk whose names follow from the story's."""
        log = await TrainingLog.open(folder / "story.log", random=seeded(name.encode()))
        stage = cls(log, zones, story)
        try:
            await stage.desk.open()
            yield stage
        finally:
            await stage.desk.close()
            await log.close()

    async def to(self, at_s: float) -> None:
        """Let the time go by; the watch looks each second."""
        end = self.begun + timedelta(seconds=at_s)
        while self.clock.at < end:
            self.clock.at = min(end, self.clock.at + timedelta(seconds=1))
            await self._watch.tick()

    async def say(self, kind: str, *, late_s: float = 0.08, **facts: Any) -> None:
        """A message of the feed, `late_s` on its way."""
        self._said += 1
        at = self.clock.at - timedelta(seconds=late_s)
        fields = {"kind": kind, "seq": self._said, "id": f"m-{self._said}", "at": ev.stamp(at), **facts}
        message = decode_message(FEED, msgspec.json.encode(fields), received=self.clock.at)
        assert isinstance(message, Message), message
        await self.desk.receive(message)

    async def press(self, device: str, place: Place | None, *, radius: float = 18.0, **facts: Any) -> str:
        """A press, its call ringing; gives the incident."""
        fields: dict[str, Any] = {"press": "hold", "battery": 81, "call": {"state": "ringing", "line": "101-1"}} | facts
        located: dict[str, Any] = {"fix": fix(place, radius)} if place else {}
        await self.say("press", device=device, **located, **fields)
        found = self.desk.board.of_device(device)[0]
        if "presented" not in found.times:
            await self.seen(found.id)
        return found.id

    async def seen(self, incident: str) -> None:
        """It was painted on two consoles."""
        for n, event in enumerate((ev.Presented(audible=1), ev.Presented(consoles=2, audible=2, first=False))):
            self.clock.at += timedelta(seconds=0.3)
            await self.desk.note(f"incident/{incident}", event, id=f"{incident}-seen-{n}", actor="console")

    async def goes(
        self,
        device: str,
        way: list[Place],
        *,
        begins: float,
        every: float,
        pace: float,
        also: Mapping[float, Callable[[], Awaitable[Any]]] | None = None,
    ) -> float:
        """Positions along a way at `pace` m/s, one each `every` s; `also`: what else happens at a moment. Gives the end."""
        meanwhile = also or {}
        at, here, todo = begins, way[0], sorted(meanwhile)
        for corner in way[1:]:
            steps = max(1, round(metres(here, corner) / (pace * every)))
            for n in range(1, steps + 1):
                at += every
                while todo and todo[0] <= at:
                    await self.to(todo[0])
                    await meanwhile[todo.pop(0)]()
                await self.to(at)
                spot = (here[0] + (corner[0] - here[0]) * n / steps, here[1] + (corner[1] - here[1]) * n / steps)
                await self.say("fix", device=device, fix=fix(spot, 12.0 + n % 4 * 3))
            here = corner
        for late in todo:
            await self.to(late)
            await meanwhile[late]()
        return max([at, *todo])

    async def do(self, who: str, command: type[cmd.Command], **facts: Any) -> Incident | None:
        """A person gives a command."""
        self._done += 1
        roles = frozenset({"dispatcher", "supervisor"} if who == "supervisor" else {"dispatcher"})
        user = User(actor=self.desk.pseudonym(who), roles=roles)  # type: ignore[arg-type]
        made = command(id=f"story-{self._done:05d}", **facts)
        return await self.desk.command(made, user)

    async def answer(self, who: str, incident: str, *, at: float, listens: bool = True) -> None:
        """Somebody takes the alarm, reads the case, and listens once the line is open."""
        await self.to(at)
        await self.do(who, cmd.Acknowledge, incident=incident)
        await self.to(at + 1.5)
        await self.do(who, cmd.OpenCase, incident=incident)
        if listens:
            await self.to(at + 3)
            await self.say("call", device=self.desk.board.incidents[incident].device, state="open", line="101-1")
            await self.do(who, cmd.Listen, incident=incident)

    async def route(self, who: str, incident: str, zone: str, *, at: float) -> str:
        """The order goes out and arrives; gives its number."""
        await self.to(at)
        routed = await self.do(who, cmd.Route, incident=incident, zone=zone)
        assert routed is not None and routed.order is not None
        order = routed.order
        self.clock.at += timedelta(seconds=0.4)
        await self.desk.delivered(incident, order=order.id, update=order.update, zone=zone, status=201)
        return order.id

    async def zone_says(self, order: str, state: str, *, at: float, unit: str = "EX-UNIT-1", **facts: Any) -> None:
        """The zone reports a step."""
        await self.to(at)
        await self.say("order", order=order, state=state, unit=unit, **facts)

    async def close(
        self, who: str, incident: str, *, at: float, as_class: ev.Class, outcome: ev.Outcome, **facts: Any
    ) -> None:
        """Close it; the story is over for this one."""
        await self.to(at)
        await self.say("call", device=self.desk.board.incidents[incident].device, state="ended", line="101-1")
        await self.to(at + 5)
        await self.do(who, cmd.Classify, incident=incident, as_class=as_class)
        await self.to(at + 8)
        await self.do(
            who, cmd.Close, incident=incident, as_class=as_class, outcome=outcome, **{"reason": "made-up end"} | facts
        )
        self.closed.append(incident)


def fix(place: Place, radius: float = 18.0) -> dict[str, Any]:
    """A position as it travels."""
    return {
        "lat": round(place[0], 6),
        "lon": round(place[1], 6),
        "radius": radius,
        "confidence": 68,
        "method": "gnss" if radius < 100 else "cell",
    }


def metres(a: Place, b: Place) -> float:
    """Good enough between two corners of a way."""
    north, east = (b[0] - a[0]) * 111_200, (b[1] - a[1]) * 111_200 * math.cos(math.radians(a[0]))
    return math.hypot(north, east)


def begins(day: int, clock: str) -> datetime:
    """A day of October 2026, UTC."""
    hour, minute = clock.split(":")
    return datetime(2026, 10, day, int(hour), int(minute), tzinfo=UTC)
