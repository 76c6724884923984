"""A drive across three zones with gaps and outliers, through a desk: what is announced and proposed when, against its truth."""

import statistics
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from centre.assembly import Core
from incidents import commands as cmd
from incidents import events as ev
from incidents.case import Protected
from incidents.crossings import AT_M, AWAY_M, sure_m
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from incidents.messages import Fix, FixReport, Message, PressReport
from maps.zones import Zones
from tests.incidents.conftest import DEVICE, DrivenClock, FewCases
from tests.maps.drive import START, WAY, Drive, drive
from tests.people import dispatcher

HOME = Protected(name="home", lat=WAY[0][0], lon=WAY[0][1], radius_m=500)
SHELTER = Protected(name="shelter", lat=WAY[-1][0], lon=WAY[-1][1])
ME = dispatcher("me")
LATE_S = 360.0  # two gaps of 150 s, and positions between them that are coarse or wrong


class Driven:
    """What a desk made of a drive, whose owner re-routes whenever a zone is proposed: each with the second of its position."""

    def __init__(self) -> None:
        self.announced: list[tuple[int, str, str]] = []
        self.proposed: list[tuple[int, str]] = []
        self.flips = 0  # of the zone of the newest position


async def driven_through(folder: Path, zones: Zones, driven: Drive) -> Driven:
    """The device's reports one after another, each heard when it is true."""
    log, clock, cases = await SqliteLog.open(folder / "vigie.log"), DrivenClock(START), FewCases()
    cases.case = msgspec.structs.replace(cases.case, places=(HOME, SHELTER))
    desk = Core(log, zones, cases, clock, addresses=lambda zone: "").desk
    await desk.open()
    found = Driven()

    def now() -> Incident:
        (incident,) = desk.board.incidents.values()
        return incident

    for n, (fix, _) in enumerate(driven.reports):
        assert fix.time is not None
        clock.at = fix.time
        report = FixReport(device=DEVICE, fix=fix) if n else PressReport(device=DEVICE, fix=fix)
        before = len(now().history.entries) if n else 0
        zone = now().zone if n else ""
        await desk.receive(Message(feed="test", id=f"m{n}", at=clock.at, report=report, raw=b"{}"))
        if n == 0:
            for command in (cmd.Acknowledge, cmd.Route):
                facts = {"zone": zones.locate(*driven.truth[0]).zone} if command is cmd.Route else {}
                await desk.command(command(id=f"asked-{command.__name__}", incident=now().id, **facts), ME)
            continue
        found.flips += now().zone != zone
        second = round((fix.time - START).total_seconds())
        for entry in now().history.entries[before:]:
            if isinstance(entry.event, ev.PlacePassed):
                found.announced.append((second, entry.event.protected, entry.event.way))
        if proposed := now().next_zone:
            found.proposed.append((second, proposed))
            await desk.command(cmd.Route(id=f"reroute-{n:04}", incident=now().id, zone=proposed, anyway=True), ME)
    await desk.close()
    await log.close()
    return found


def crossed(driven: Drive, true: Callable[[tuple[float, float]], bool]) -> int:
    """The first second at which something is true of where she truly was."""
    return next(second for second, where in enumerate(driven.truth) if true(where))


@pytest.mark.parametrize("drives", [3, pytest.param(60, marks=[pytest.mark.prove, pytest.mark.timeout(900)])])
async def test_a_drive_announces_each_place_once_and_proposes_each_zone_once_when_she_truly_is_there(
    drives: int, tmp_path: Path, zones: Zones, record_testsuite_property: Callable[[str, object], None]
) -> None:
    late: list[float] = []
    flips = 0
    for seed in range(drives):
        driven = drive(seed, doppler=bool(seed % 2))
        (folder := tmp_path / str(seed)).mkdir()
        made = await driven_through(folder, zones, driven)
        assert [(place, way) for _, place, way in made.announced] == [("home", "left"), ("shelter", "reached")], seed
        (left, *_), (reached, *_) = made.announced
        away, at = driven.truth[left], driven.truth[reached]
        assert HOME.away_m(*away) > AT_M and SHELTER.away_m(*at) < AWAY_M, seed
        late.append(left - crossed(driven, lambda where: HOME.away_m(*where) > AWAY_M))
        way = [zones.locate(*where).zone for where in driven.truth]
        truly = list(dict.fromkeys(way))
        assert [zone for _, zone in made.proposed] == truly[1:] and len(truly) == 3, seed
        for second, zone in made.proposed:
            assert way[second] == zone, seed
            late.append(second - way.index(zone))
        flips += made.flips
    assert max(late) < LATE_S and statistics.median(late) < 45 and min(late) > -30
    assert flips > 4 * drives, "the zone of the newest position was another more often than she crossed a border"
    after = f"after {statistics.median(late):.0f} s, at most {max(late):.0f}"
    record_testsuite_property(
        f"{drives} drives across three zones",
        f"{2 * drives} places and {2 * drives} borders, each once; {after}",
    )


async def test_without_the_filter_outliers_would_announce_and_propose_what_never_was(
    tmp_path: Path, zones: Zones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("centre.tracks.Tracks.kept", lambda tracks, incident: incident.position.trail)
    driven = drive(0, doppler=False)
    made = await driven_through(tmp_path, zones, driven)
    assert len(made.announced) + len(made.proposed) > 4


def test_the_reports_of_a_drive_are_good_enough_to_say_something() -> None:
    """The proof would hold of a drive of which nothing can be said."""
    fixes: list[Fix] = [one.fix for one in drive(0, doppler=True).reports]
    assert len(fixes) > 100 and sum((sure_m(fix) or 1e9) < 70 for fix in fixes) > 0.8 * len(fixes)
