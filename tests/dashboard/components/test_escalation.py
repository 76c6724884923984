"""What a page is told of the watch: the next step and its moment, what was done, who is gone."""

import json
from datetime import timedelta

import msgspec

from dashboard.components.case.history import lines
from dashboard.components.queue.rows import device_row
from dashboard.consoles import Consoles
from dashboard.documents.handover.page import sheet
from dashboard.i18n.words import words
from incidents import commands as do
from incidents import events as ev
from incidents.escalation.ladder import Away, WatchTimes, milliseconds
from incidents.messages import DeviceReport, Fix, FixReport
from incidents.roles import WITHOUT_SIGN_IN, User
from reports.catalogue import translator
from tests.dashboard.conftest import DEVICE, START, House
from tests.waiting import until


def told(consoles: Consoles, incident: str) -> dict[str, object]:
    row: dict[str, object] = msgspec.json.decode(consoles.rows.encoded(incident))  # type: ignore[arg-type]
    return row


async def test_the_moment_a_row_names_is_the_moment_it_strikes(house: House) -> None:
    incident = await house.press()
    watch = house.parts.watch
    seen = []
    while house.desk.board.incidents[incident.id].escalation.rung != "outside":
        before = told(house.consoles, incident.id)
        house.clock.at = START + timedelta(milliseconds=int(str(before["next_at"])) - milliseconds(START) - 1)
        await watch.tick()
        assert told(house.consoles, incident.id)["next"] == before["next"], "a step came before its moment"
        house.clock.pass_s(0.001)
        await watch.tick()
        assert told(house.consoles, incident.id).get("next") != before["next"]
        seen.append((before["next"], before["loudness"]))
    assert seen == [("louder", 1), ("everyone", 2), ("confirm", 3), ("outside_none", 4)]


async def test_a_row_says_that_the_limits_of_an_alarm_opened_again_count_from_then(house: House) -> None:
    incident = await house.press()
    owner, _ = house.page("Desk 1")
    start = "take-it-again-"
    await house.desk.command(do.Acknowledge(id=f"{start}1", incident=incident.id), owner.user)
    facts = {"as_class": "real", "outcome": "other", "reason": "over", "anyway": True}
    await house.desk.command(do.Close(id=f"{start}2", incident=incident.id, **facts), owner.user)
    house.clock.pass_s(3600)
    await house.desk.command(do.Reopen(id=f"{start}3", incident=incident.id, reason="she rang again"), owner.user)
    await house.desk.command(do.Route(id=f"{start}4", incident=incident.id, zone="5406", anyway=True), owner.user)
    await house.desk.command(do.Progress(id=f"{start}5", incident=incident.id, step="en_route"), owner.user)
    await house.report(FixReport(device=DEVICE, fix=Fix(51.0536, 3.7253, 18.0)))
    watch, times = house.parts.watch, WatchTimes()
    for _ in range(5):
        await watch.tick()
    row = told(house.consoles, incident.id)
    assert (row.get("realarm"), row["next"]) == (None, "limit.no_fix") and row["received"] == milliseconds(START)
    for _ in range(round(times.on_scene_s)):
        house.clock.pass_s(1)
        await watch.tick()
        if (now := told(house.consoles, incident.id)).get("next") == "limit.not_on_scene_anew":
            break
    assert now["next_at"] == milliseconds(START + timedelta(seconds=3600 + times.on_scene_s))
    while told(house.consoles, incident.id).get("realarm") != "not_on_scene":
        house.clock.pass_s(1)
        await watch.tick()
    row = told(house.consoles, incident.id)
    assert (row["realarm_anew"], row["next"]) == (True, "escalate")
    assert house.clock.now() >= START + timedelta(seconds=3600 + times.on_scene_s)


async def test_a_row_says_that_its_owners_page_is_lost_before_it_is_offered(house: House) -> None:
    incident = await house.press()
    owner, paper = house.page("Desk 1")
    await house.desk.command(do.Acknowledge(id="take-it-1", incident=incident.id), owner.user)
    watch, consoles = house.parts.watch, house.consoles
    await watch.tick()
    assert told(consoles, incident.id)["next"] == "release"
    paper.here = False
    await watch.tick()
    row = told(consoles, incident.id)
    assert (row["next"], row["next_at"]) == ("offer", milliseconds(START + timedelta(seconds=WatchTimes().lost_s)))
    paper.here = True
    house.clock.pass_s(3)
    await watch.tick()
    assert told(consoles, incident.id)["next"] == "release"
    assert watch.away(owner.actor) == Away(back=house.clock.now())
    paper.here = False
    await watch.tick()
    house.clock.pass_s(WatchTimes().lost_s)
    await watch.tick()
    board, user = house.desk.board, User(actor="ann", roles=frozenset({"dispatcher"}))
    row, (paper_row,) = told(consoles, incident.id), (await sheet(consoles, user, translator("en")))["alarms"]
    assert (row["gone"], board.unowned, paper_row["unowned"]) == ("lost", 1, True), "one number everywhere"
    paper.here = True
    await watch.tick()
    row, (paper_row,) = told(consoles, incident.id), (await sheet(consoles, user, translator("en")))["alarms"]
    assert (row.get("gone"), board.unowned, paper_row["unowned"]) == (None, 0, False), "one who is back has it"


async def test_opening_the_case_again_is_an_act_of_its_owner_alone(house: House) -> None:
    incident = await house.press()
    owner, _ = house.page("Desk 1")
    other, _ = house.page("Desk 2")
    await house.desk.command(do.Acknowledge(id="take-it-1", incident=incident.id), owner.user)
    for session in (other, owner):
        house.clock.pass_s(10)
        session.take(json.dumps({"do": "select", "incident": incident.id}))
        if session is owner:
            await until(lambda: house.desk.board.incidents[incident.id].attention.acted_at == house.clock.now())
    events = [type(entry.event) for entry in house.desk.board.incidents[incident.id].history.entries]
    assert events.count(ev.StillOnIt) == 1


async def test_every_record_of_the_watch_has_a_sentence(house: House) -> None:
    incident = await house.press()
    stream = f"incident/{incident.id}"
    said: list[ev.Event] = [ev.Escalated(step=step, after_s=1) for step in ev.Rung.__args__]  # type: ignore[attr-defined]
    for limit in ev.Limit.__args__:  # type: ignore[attr-defined]
        said += [ev.LimitPassed(limit=limit, after_s=1, cause=1, escalated=escalated) for escalated in (False, True)]
    said += [ev.OfferedToAll(why="lost"), ev.OfferedToAll(why="signed_out"), ev.WatchReleased(after_s=60)]
    said += [ev.OutsideTold(channel=c, ok=ok) for c, ok in (("none", False), ("command", True), ("webhook", False))]  # type: ignore[arg-type]
    said += [
        ev.StillOnIt(),
        ev.StillOnIt(how="case"),
        ev.Helping(),
        ev.EscalationConfirmed(),
        ev.CopiedToSupervisor(after_s=60),
        ev.WhereUnanswered(about="place", after_s=30, cause=1),
    ]
    for event in said:
        await house.desk.note(stream, event, id=house.name(), actor="somebody")
    catalogue = words(translator("en"))
    told = lines(house.desk.board.incidents[incident.id], str, str)
    assert len(told) == len(said) + 1
    assert [line.code for line in told if f"history.{line.code}" not in catalogue] == []


async def test_a_technical_alarm_laid_aside_says_who_why_and_until(house: House) -> None:
    await house.report(DeviceReport(device=DEVICE, state="link_lost"))
    ((stream, condition),) = house.desk.board.device_alarms
    shelve = do.ShelveDevice(id="aside-it-1", stream=stream, condition=condition, minutes=30, reason="in repair")
    boss = User(actor=house.desk.pseudonym("Desk 1"), roles=WITHOUT_SIGN_IN)
    await house.desk.command(shelve, boss)
    row = device_row(house.desk.board.device_alarms[(stream, condition)], house.desk.name_of)
    assert (row.state, row.owner, row.shelved_why) == ("shelved", "Desk 1", "in repair")
    assert row.shelved == milliseconds(START + timedelta(minutes=30))
