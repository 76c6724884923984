"""Several servers of one log: each has the same board, one alone decides, and what was cut off comes back as it was."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.nats_servers import NatsServer
from incidents import commands as cmd
from incidents import events as ev
from incidents.board import SHIFTS
from incidents.commands import Refused
from incidents.incident import Incident
from incidents.log import LogUnavailable, Record
from incidents.messages import Fix, PressReport
from tests.incidents.conftest import DrivenClock, Floor, closing
from tests.incidents.servers import Desks
from tests.people import dispatcher as user
from tests.waiting import until

# nats-py lets go of a connection that was half made, without closing it.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <StreamWriter:ResourceWarning")

ANN, BOB = "user-ann", "user-bob"


class Agreeing(Desks):
    """Servers whose boards can be compared."""

    async def agree(self) -> None:
        """All boards are what a new server makes of the log, which holds each record once."""
        records = [await self.records(name) for name in self.floors]
        assert all(found == records[0] for found in records)
        assert len({record.id for record in records[0]}) == len(records[0])
        floors = tuple(self.floors.values())
        expected = shown(await self.open(f"anew {len(floors)}"))
        for floor in floors:
            with contextlib.suppress(AssertionError):
                await until(lambda floor=floor: shown(floor) == expected, 15)  # type: ignore[misc]
            assert shown(floor) == expected


def shown(floor: Floor) -> dict[str, Any]:
    board = floor.desk.board
    return {
        "incidents": dict(sorted(board.incidents.items())),
        "alarms": dict(board.device_alarms),
        "unowned": set(board.index.unowned),
        "owned": {who: set(ids) for who, ids in board.index.owned.items() if ids},
        "versions": {name: board.version(f"incident/{name}") for name in board.incidents},
    }


@pytest.fixture
async def desks(tmp_path: Path, nats_server: NatsServer, clock: DrivenClock) -> AsyncIterator[Agreeing]:
    made = Agreeing(tmp_path, nats_server, clock)
    yield made
    await made.close()


def only(floor: Floor) -> Incident:
    (found,) = floor.desk.board.incidents.values()
    return found


async def told(floors: list[Floor], device: str, id: str) -> None:
    """A feed tells every server of a press."""
    message = floors[0].message(PressReport(device=device, press="hold", fix=Fix(51.0536, 3.7253, 18.0)), id=id)
    await asyncio.gather(*(floor.desk.receive(message) for floor in floors))


async def test_a_press_that_every_server_hears_is_one_alarm_and_a_claim_is_on_all_screens(desks: Agreeing) -> None:
    floors = [await desks.open(name) for name in "abc"]
    await told(floors, "AMR-00001", "m-1")
    await told(floors, "AMR-00001", "m-2")
    assert {only(floor).presses.count for floor in floors} == {2}
    name = only(floors[0]).id
    await until(
        lambda: all(floor.desk.board.recording == "ok" for floor in floors)
    )  # a busy machine cuts one off for a moment
    await floors[0].desk.command(cmd.Acknowledge(id="claim-ann-01", incident=name), user(ANN))
    await until(lambda: all(only(floor).owner == ANN for floor in floors), 5)
    await floors[2].desk.command(closing(only(floors[2]), "close-ann-01"), user(ANN))
    await until(lambda: not any(only(floor).open for floor in floors), 5)
    await desks.agree()


async def test_of_two_who_take_an_alarm_at_two_servers_one_has_it(desks: Agreeing) -> None:
    a, b = await desks.open("a"), await desks.open("b")
    for n in range(10):
        await told([a, b], f"AMR-{n:05}", f"m-{n}")
        name = list(a.desk.board.incidents)[-1]
        claims = [
            floor.desk.command(cmd.Acknowledge(id=f"claim-{who}-{n:02}", incident=name), user(who))
            for floor, who in ((a, ANN), (b, BOB))
        ]
        outcomes = await asyncio.gather(*claims, return_exceptions=True)
        refused = [one for one in outcomes if isinstance(one, Refused)]
        assert [one.code for one in refused] == ["taken"], outcomes
    await desks.agree()


async def test_a_server_that_is_cut_off_shows_presses_refuses_commands_and_comes_back_with_what_the_others_did(
    desks: Agreeing,
) -> None:
    a, b = await desks.open("a"), await desks.open("b")
    await told([a, b], "AMR-00001", "m-1")
    name = only(a).id
    await until(lambda: name in b.desk.board.incidents)
    await desks.cut("a")
    await told([a], "AMR-00001", "m-2")  # the same messages reach both, in another order beside what is done there
    await told([a], "AMR-00002", "m-3")
    assert a.desk.board.incidents[name].presses.count == 2 and a.desk.board.held >= 2
    with pytest.raises(Refused, match="cut_off"):
        await a.desk.command(cmd.Acknowledge(id="claim-ann-01", incident=name), user(ANN))
    await b.desk.command(cmd.Acknowledge(id="claim-bob-01", incident=name), user(BOB))
    await told([b], "AMR-00001", "m-2")
    await told([b], "AMR-00003", "m-4")
    await desks.mend("a")
    await until(lambda: a.desk.board.incidents[name].owner == BOB, 10)
    assert a.desk.board.incidents[name].presses.count == 2 and not a.desk.board.incidents[name].history.unrecorded
    await desks.agree()


async def test_what_could_not_be_read_once_is_shown_when_it_is_followed_again(desks: Agreeing) -> None:
    a, b = await desks.open("a"), await desks.open("b")
    unseal, why = a.log.unseal, [LogUnavailable("it is locked")]

    def once(record: Record) -> bytes | None:
        if why:
            raise why.pop()
        return unseal(record)

    a.log.unseal = once  # type: ignore[method-assign]
    await told([b], "AMR-00001", "m-1")
    await until(desks.following["a"].done)
    assert isinstance(desks.following["a"].exception(), LogUnavailable) and not a.desk.board.incidents
    desks.follow("a")  # as a centre does with each of its parts
    await until(lambda: bool(a.desk.board.incidents))
    await desks.agree()


async def test_what_waits_for_an_answer_of_the_log_keeps_nothing_else_of_the_others_from_the_screens(
    desks: Agreeing,
) -> None:
    a, b = await desks.open("a"), await desks.open("b")
    await told([a, b], "AMR-00001", "m-1")
    first = only(a).id
    async with a.desk._recorder._turn(f"incident/{first}"):  # as long as something is written to it
        await b.desk.command(cmd.Acknowledge(id="claim-bob-01", incident=first), user(BOB))
        await b.desk.command(closing(only(b), "close-bob-01"), user(BOB))
        await told([b], "AMR-00002", "m-2")
        await until(lambda: len(a.desk.board.incidents) == 2, 5)
        assert a.desk.board.incidents[first].open
    await until(lambda: not a.desk.board.incidents[first].open, 5)
    await desks.agree()


async def test_an_alarm_that_is_reopened_comes_back_where_it_was_let_go_of(desks: Agreeing) -> None:
    a, b = await desks.open("a"), await desks.open("b")
    await told([a, b], "AMR-00001", "m-1")
    name = only(a).id
    await a.desk.command(cmd.Acknowledge(id="claim-ann-01", incident=name), user(ANN))
    await a.desk.command(closing(only(a), "close-ann-01"), user(ANN))
    await until(lambda: not only(b).open)
    b.desk.board.forget(desks.clock.now() + timedelta(hours=24, seconds=2))  # its clock is ahead
    assert not b.desk.board.incidents
    await a.desk.command(cmd.Reopen(id="reopen-ann-01", incident=name, reason="it was her after all"), user(ANN))
    await until(lambda: bool(b.desk.board.incidents))
    await desks.agree()


async def test_what_was_noted_of_a_shift_stands_once_after_a_cut(desks: Agreeing) -> None:
    a, b = await desks.open("a"), await desks.open("b")
    await a.desk.note(SHIFTS, ev.SheetNoted(text="car 12 out"), id="note-0000001", actor=ANN)
    await until(lambda: len(b.desk.board.shift.notes) == 1)
    await desks.cut("a")
    await b.desk.note(SHIFTS, ev.SheetNoted(text="radio 3 bad"), id="note-0000002", actor=BOB)
    await a.desk.note(SHIFTS, ev.ShiftTested(ok=True, feed="f", took_ms=1, incident=""), id="tested-1", actor="console")
    await desks.mend("a")
    await until(lambda: a.desk.board.shift == b.desk.board.shift)
    assert [note.text for note in a.desk.board.shift.notes] == ["car 12 out", "radio 3 bad"]


async def test_a_server_is_cut_off_by_the_word_of_whoever_else_asks_the_cluster(desks: Agreeing) -> None:
    a = await desks.open("a")
    why = ["no majority"]
    desks.following["a"].cancel()
    desks.following["a"] = asyncio.create_task(a.desk.follow(lambda: why[0]))
    await until(lambda: a.desk.board.recording_reason == "no majority")
    with pytest.raises(Refused, match="cut_off"):
        await a.desk.command(cmd.Raise(id="raised-0001", reason="she rang", zone="5415"), user(ANN))
    why[0] = ""
    await until(lambda: a.desk.board.recording == "ok")


async def test_a_press_is_shown_soon_though_commands_on_its_alarm_have_no_answer(desks: Agreeing) -> None:
    a = await desks.open("a")
    await told([a], "AMR-00001", "m-1")
    name = only(a).id
    await a.desk.command(cmd.Acknowledge(id="claim-ann-01", incident=name), user(ANN))
    desks.cuts["a"].dies()  # nothing says so yet
    notes = [cmd.Note(id=f"note-{n:07}", incident=name, text="she whispers") for n in range(3)]
    commands = [asyncio.create_task(a.desk.command(note, user(ANN))) for note in notes]
    await asyncio.sleep(0)
    began = asyncio.get_running_loop().time()
    await told([a], "AMR-00001", "m-2")
    assert only(a).presses.count == 2
    assert asyncio.get_running_loop().time() - began < 5.5, "one command, the append and a reading wait, each once"
    refused = await asyncio.gather(*commands, return_exceptions=True)
    assert [str(one) for one in refused] == ["cut_off"] * 3
    desks.cuts["a"].resumes()
    await until(lambda: a.desk.board.recording == "ok" and not a.desk.board.held)


@pytest.mark.parametrize("seed", [17, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(20))])
async def test_presses_and_claims_at_three_servers_two_of_them_cut_off_now_and_then_end_once_each(
    desks: Agreeing, seed: int
) -> None:
    chance = random.Random(seed)
    floors = {name: await desks.open(name) for name in "abc"}
    pressed, cut = 0, ""
    for n in range(40):
        if chance.random() < 0.15:
            if cut:
                await desks.mend(cut)
                cut = ""
            else:
                cut = chance.choice("ab")
                await desks.cut(cut)
        await told(list(floors.values()), f"AMR-{chance.randrange(6):05}", f"m-{n}")
        pressed += 1
        floor, who = floors[chance.choice("abc")], chance.choice((ANN, BOB))
        if board := list(floor.desk.board.incidents.values()):
            incident = chance.choice(board)
            command: Any = cmd.Acknowledge(id=f"claim-{n:06}", incident=incident.id)
            if incident.owner == who:
                command = closing(incident, f"close-{n:06}")
            try:
                await floor.desk.command(command, user(who))
            except Refused as refused:
                assert refused.code != "cut_off" or cut
    if cut:
        await desks.mend(cut)
    await desks.agree()
    presses = [r.id for r in await desks.records("c") if r.type in ("raised", "pressed")]
    assert sorted(presses) == sorted(f"test/m-{n}" for n in range(pressed))
