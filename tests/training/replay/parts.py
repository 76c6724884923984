"""Recordings made for the tests, and a replay opened for one. Everybody in them is invented."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from feeds.recordings.recording import Happened, Recorded, Recording
from incidents import events as ev
from incidents.case import Case, Person
from incidents.exercises.room import PlayState
from incidents.log.record import encode
from maps.zones import Zones
from reports.measures.table import row_of, table_of
from training.replay.player import Replay

START = datetime(2026, 11, 3, 21, 14, 7, 412_000, tzinfo=UTC)
DEVICE = "TR-00001"
CASE = Case(
    number="TR-2026-1",
    victim=Person(name="C. Verzonnen"),
    devices=(DEVICE,),
    valid_from=date(2026, 10, 1),
    valid_until=date(2027, 10, 1),
    source="made up",
    date=date(2026, 10, 1),
)

Line = Recorded | Happened


def said(at_s: float, kind: str, id: str, **fields: Any) -> Recorded:
    at = START + timedelta(seconds=at_s)
    return Recorded(at, {"kind": kind, "id": id, "at": ev.stamp(at), "device": DEVICE, **fields})


def did(at_s: float, by: str, event: ev.Event, incident: int = 1) -> Happened:
    at = START + timedelta(seconds=at_s)
    return Happened(at, at, by, incident, event)


def fix(n: int) -> dict[str, Any]:
    """The n-th position of a walk eastwards from Ghent, and back."""
    there = min(n % 400, 400 - n % 400)
    return {"lat": 51.0536, "lon": round(3.7253 + there * 0.0002, 6), "radius": 18.0, "confidence": 68}


def press(at_s: float = 0.0, id: str = "press", **fields: Any) -> Recorded:
    return said(at_s, "press", id, **{"press": "hold", "fix": fix(0), "battery": 81} | fields)


def recording(lines: Sequence[Line], **facts: Any) -> Recording:
    return Recording(feed="112-app", made=START, cases=(CASE,), lines=tuple(lines), **facts)


def an_evening(fixes: int = 300, every_s: float = 5.0) -> Recording:
    """A press, so many positions, four operators who acknowledge, route, hand over, listen, write, close; a zone that drives."""
    length = fixes * every_s
    lines: list[Line] = [
        press(call={"state": "ringing", "line": "101-7"}),
        did(0.04 * every_s, "console", ev.Presented(consoles=1, audible=1, first=True)),
        *(said(every_s * (n + 1), "fix", f"fix-{n}", fix=fix(n + 1)) for n in range(fixes)),
        # Nobody pressed there: nobody is tracked.
        *(said(length * n / 40, "fix", f"other-{n}", device="TR-00002", fix=fix(n)) for n in range(40)),
    ]
    order = ev.Ordered(order="order-1", update=1, zone="5415", why="new", body='{"order":"order-1"}')
    steps: list[Callable[[float], Line]] = [
        lambda at: did(at, "person-1", ev.Acknowledged()),
        lambda at: said(at, "call", "call-1", state="open", line="101-7"),
        lambda at: did(at, "person-1", ev.Listening()),
        lambda at: did(at, "person-1", order),
        lambda at: did(at, "orders", ev.Delivered(order="order-1", update=1, zone="5415", status=201)),
        lambda at: said(at, "order", "receipt-1", order="order-1", state="accepted", unit="G-12"),
        lambda at: said(at, "unit", "unit-1", unit="G-12", zone="5415", status="en_route", fix=fix(40)),
        lambda at: did(at, "person-1", ev.HandOverOffered(to="person-2", note="my shift ends")),
        lambda at: did(at, "person-2", ev.HandOverAccepted()),
        lambda at: press(at, "press-2"),
        lambda at: did(at, "person-3", ev.Noted(text="a neighbour called too")),
        lambda at: said(at, "unit", "unit-2", unit="G-12", zone="5415", status="on_scene", fix=fix(60)),
        lambda at: did(at, "watch", ev.Escalated(step="louder", after_s=5)),
        lambda at: said(at, "device", "device-1", state="battery_low", battery=9),
        lambda at: did(at, "person-2", ev.Progressed(step="safe", source="radio", order="order-1")),
        lambda at: did(at, "person-4", ev.Classified(as_class="real")),
        lambda at: did(
            at, "person-4", ev.Closed(as_class="real", outcome="victim_safe", reason="safe with her sister")
        ),
    ]
    lines += [step(length * (n + 1) / len(steps) + 0.001) for n, step in enumerate(steps)]
    return recording(sorted(lines, key=lambda line: line.at))


@asynccontextmanager
async def replaying(recorded: Recording, folder: Path, zones: Zones) -> AsyncIterator[Replay]:
    replay = await Replay.open("r1", "an evening", recorded, folder=folder / "replay", zones=zones)
    try:
        yield replay
    finally:
        await replay.close()


async def log_of(replay: Replay) -> list[bytes]:
    """The log as `log export` writes it, a line a record."""
    return [encode(record) async for _, record in replay.log.records()]


def measures_of(replay: Replay) -> list[dict[Any, Any]]:
    """The table of which every number is made."""
    return table_of(row_of(one) for one in replay.board.incidents.values()).astype(str).to_dict("records")


async def comes_to(replay: Replay, state: PlayState, within_s: float = 30.0) -> None:
    async with asyncio.timeout(within_s):
        while replay.played().state != state:
            assert replay.played().state != "failed", replay.played().trouble
            await asyncio.sleep(0.01)


async def whole(recorded: Recording, folder: Path, zones: Zones) -> tuple[list[bytes], list[dict[Any, Any]]]:
    """Log and measures at the end, at full speed."""
    async with replaying(recorded, folder, zones) as replay:
        await replay.seek(replay.played().length_s)
        assert (replay.played().state, replay.played().passed_over) == ("ended", 0)
        return await log_of(replay), measures_of(replay)
