"""What the watch does with many alarms at once is one record that names them, and stands in each of them."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any

from centre.documents.evidence import Basis, render
from feeds.settings import OutsideSettings
from feeds.webhook import Outside
from incidents import commands as cmd
from incidents import events as ev
from incidents.bulk_records import told_beside
from incidents.escalation.ladder import WatchTimes
from incidents.escalation.watch import Watch
from incidents.incident import Incident
from incidents.roles import User
from incidents.timeline import incident_of, timeline
from reports.evidence.gather import collect
from reports.evidence.schema import Made
from tests.incidents.conftest import START, Floor, Open, core_of
from tests.people import dispatcher
from tests.waiting import LONG_S

CROWD = 40
BOSS = User(actor="boss", roles=frozenset({"supervisor"}))
LADDER = ["louder", "everyone", "confirm", "outside"]


async def crowd(floor: Floor, count: int = CROWD) -> list[str]:
    made = [await floor.press(f"AMR-{n:05d}") for n in range(count)]
    return [incident.id for incident in made if incident is not None]


async def pass_s(floor: Floor, watch: Watch, seconds: int) -> None:
    for _ in range(seconds):
        floor.clock.pass_s(1)
        await watch.tick()


async def written(floor: Floor) -> Counter[str]:
    return Counter(kind for _, kind in await floor.records())


async def told_outside(floor: Floor, ids: list[str]) -> None:
    async with asyncio.timeout(LONG_S):
        while not all(floor.desk.board.incidents[name].escalation.outside for name in ids):
            await asyncio.sleep(0.02)


def steps(incident: Incident) -> list[str]:
    return [entry.event.step for entry in incident.history.entries if isinstance(entry.event, ev.Escalated)]


async def test_what_many_alarms_need_at_once_is_one_record_each_step(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    ids = await crowd(floor)
    await pass_s(floor, watch, 100)
    await told_outside(floor, ids)
    kinds = await written(floor)
    assert kinds["raised"] == CROWD
    assert not kinds["escalated"] and not kinds["unpresented"] and not kinds["outside_told"]
    assert kinds["together"] == 6  # shown to nobody, four rungs, what became of telling outside
    for incident in (floor.desk.board.incidents[name] for name in ids):
        assert incident.attention.unpresented and steps(incident) == LADDER and incident.escalation.outside == "none"
        assert incident.version == 1, "its own stream holds the press alone"


async def test_few_alarms_keep_their_records_in_their_own_streams(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    await crowd(floor, 5)
    await pass_s(floor, watch, 20)
    kinds = await written(floor)
    assert kinds["escalated"] == kinds["unpresented"] == 5 and not kinds["together"]


async def test_a_restart_and_every_reader_find_what_was_told_of_many_at_its_place(open_floor: Open) -> None:
    async with open_floor() as floor:
        watch = Watch(floor.desk, floor.log)
        ids = await crowd(floor)
        await pass_s(floor, watch, 20)
        await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=ids[0]), dispatcher("me"))
        await floor.desk.command(cmd.Release(id=floor.name(), incident=ids[0]), dispatcher("me"))
        await pass_s(floor, watch, 45)
        confirm = cmd.ConfirmEscalation(id=floor.name(), incident=ids[1])
        await floor.desk.command(confirm, BOSS)
        before = dict(floor.desk.board.incidents)
    async with open_floor() as floor:
        again = floor.desk.board.incidents
        assert again.keys() == before.keys()
        for name, incident in again.items():
            assert [e.event for e in incident.history.entries] == [e.event for e in before[name].history.entries]
            known = {"history"}
            fields = [f for f in incident.__struct_fields__ if f not in known]
            assert [getattr(incident, f) for f in fields] == [getattr(before[name], f) for f in fields]
        folded, records = await incident_of(floor.log, ids[1])
        assert folded.escalation.rung == "confirm" and folded.escalation.confirmed_by == "boss"
        told = timeline(records, floor.log.unseal, await told_beside(floor.log, records))
        assert [one.moment.facts.get("step") for one in told.beside] == [None, "louder", "everyone", "confirm"]
        found = await collect(floor.log, ids[1])
        made = Made(at=floor.clock.now(), by="me", how="page")
        basis = Basis(
            found=found,
            made=made,
            unseal=floor.log.unseal,
            name_of=lambda who: who,
            zone_name=lambda key: key,
            cases=floor.desk.cases,  # type: ignore[arg-type]
        )
        content, _ = render(basis, "json")
        facts = json.loads(content)
        assert [one["what"] for one in facts["beside"]] == ["unpresented", "escalated", "escalated", "escalated"]
        others = [name for name in ids if name != ids[1]]
        assert not any(name in content.decode() for name in others), "the others are no part of this file"
        paper, _ = render(basis, "pdf")
        assert paper.startswith(b"%PDF")


async def test_two_servers_write_what_many_need_once(floor: Floor) -> None:
    second = core_of(floor.log, floor.cases, floor.clock).desk
    await crowd(floor)
    await second.open()
    watches = [Watch(floor.desk, floor.log), Watch(second, floor.log)]
    for _ in range(40):
        floor.clock.pass_s(1)
        for watch in watches:
            await watch.tick()
    assert (await written(floor))["together"] == 3
    for board in (floor.desk.board, second.board):
        assert all(steps(incident) == LADDER[:2] for incident in board.incidents.values())
    await second.close()


async def test_one_who_acknowledged_meanwhile_is_not_among_them(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    ids = await crowd(floor)
    await pass_s(floor, watch, 10)
    await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=ids[7]), dispatcher("me"))
    await pass_s(floor, watch, 8)
    assert not steps(floor.desk.board.incidents[ids[7]])
    assert all(steps(floor.desk.board.incidents[name]) == ["louder"] for name in ids if name != ids[7])


async def test_somebody_outside_is_told_of_many_once(floor: Floor, tmp_path: Any) -> None:
    told = tmp_path / "told"
    told.touch()
    outside = Outside(OutsideSettings(command=f"tee -a {told}"))
    watch = Watch(floor.desk, floor.log, WatchTimes(), outside=outside)
    ids = await crowd(floor)
    await pass_s(floor, watch, 91)
    await told_outside(floor, ids)
    facts = json.loads(told.read_text())
    assert facts["count"] == str(CROWD) and facts["incident"] in ids
    assert sorted(facts["incidents"].split()) == sorted(ids)
    assert all(floor.desk.board.incidents[name].escalation.outside == "told" for name in ids)


async def test_the_moments_of_a_crowd_are_by_our_clock(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    ids = await crowd(floor)
    await pass_s(floor, watch, 16)
    incident = floor.desk.board.incidents[ids[0]]
    assert incident.escalation.rung_at == START + timedelta(seconds=15) and incident.escalation.rung == "louder"
