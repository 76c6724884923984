"""Who looked at which case, in which need or why: a record for each look, and the line that asks after it."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from dashboard.components.case import part
from dashboard.operator.session import Session
from incidents import commands as do
from incidents import events as ev
from incidents.audit import stream_of
from incidents.case import digest
from incidents.incident import Incident
from incidents.log import LogUnavailable
from incidents.messages import DeviceReport, Fix
from incidents.roles import User
from tests.dashboard.conftest import DEVICE, House, Paper
from tests.waiting import LONG_S, until


def tell(session: Session, **asked: Any) -> None:
    session.take(json.dumps(asked))


async def chooses(house: House, desk: str, incident: Incident, *, browser: str = "") -> tuple[Session, Paper, Any]:
    """A person who chooses an alarm, and what their page is sent."""
    session, paper = house.page(desk, browser)
    session.covers = frozenset(house.consoles.services.centres.known)
    return session, paper, await chosen(session, paper, incident)


async def chosen(session: Session, paper: Paper, incident: Incident | None) -> Any:
    after = len(paper.sent)
    tell(session, do="select", incident=incident.id if incident else "")
    await until(lambda: session.selected == (incident.id if incident else None))
    return await news(paper, "detail", after)


async def news(paper: Paper, key: str, after: int) -> Any:
    """All that a page was sent since, once this is among it."""
    found: dict[str, Any] = {}
    async with asyncio.timeout(LONG_S):
        while key not in found:
            await asyncio.sleep(0.01)
            await paper.turn()
            found = {name: fact for message in paper.sent[after:] for name, fact in message.items()}
    return found


async def records(house: House, stream: str) -> list[tuple[str, Any]]:
    await house.desk._disclosures.close()
    found = [(r.id, r.actor, ev.entry(r, house.log.unseal(r)).event) for r in await house.log.stream(stream)]
    return [(f"{house.desk.name_of(actor)} {id}", event) for id, actor, event in found if isinstance(event, DISCLOSED)]


DISCLOSED = (ev.CaseOpened, ev.ReasonGiven, ev.DeviceCaseShown, ev.CasesSearched)


async def command(house: House, who: str, kind: Any, incident: Incident, **facts: Any) -> None:
    user = User(actor=house.desk.pseudonym(who), roles=frozenset({"dispatcher", "supervisor"}))
    await house.desk.command(kind(id=house.name(), incident=incident.id, **facts), user)


async def test_an_alarm_that_nobody_has_opens_at_once_and_asks_nothing(house: House) -> None:
    incident = await house.press()
    _, _, message = await chooses(house, "Ann", incident)
    assert message["detail"]["case"]["victim"] == "A. Voorbeeld" and not message.get("asks")
    ((who, look),) = await records(house, f"incident/{incident.id}")
    assert (look.need, look.role, look.words) == ("unowned", "dispatcher supervisor", False)
    assert (look.case_version, look.case_digest) == (1, digest(house.cases.case)) and len(look.case_digest) == 64
    assert who.startswith("Ann ")


async def test_of_anothers_alarm_the_case_opens_at_once_and_the_answer_is_recorded_once(house: House) -> None:
    incident = await house.press()
    await command(house, "Bob", do.Acknowledge, incident)
    session, paper, message = await chooses(house, "Ann", incident)
    assert message["detail"]["case"]["victim"] == "A. Voorbeeld"
    asks = message["asks"]
    assert (asks["what"], asks["on"]) == ("case", incident.id)
    for wrong in (
        {"of": asks["of"]},
        {"of": "x", "why": "review"},
        {"of": asks["of"], "why": "other", "reason": "..."},
    ):
        tell(session, do="reason", **wrong)
    tell(session, do="reason", of=asks["of"], why="other", reason=" her lawyer is on the line ")
    tell(session, do="reason", of=asks["of"], why="review")
    after = len(paper.sent)
    assert (await news(paper, "asks", after))["asks"] is None
    (who, look), (_, given) = await records(house, f"incident/{incident.id}")
    assert look.need == "" and who == f"Ann {asks['of']}"
    assert given == ev.ReasonGiven(of=asks["of"], why="other", reason="her lawyer is on the line")
    stranger, _, _ = await chooses(house, "Cas", incident)
    assert not stranger.looks.because(asks["of"], "alarm", ""), "nobody answers for another"


async def test_each_look_is_recorded_again_and_what_is_painted_anew_is_none(house: House) -> None:
    incident, other = await house.press(), await house.press("AMR-00777", fix=Fix(50.63, 5.57, 20.0))
    await command(house, "Bob", do.Acknowledge, incident)
    session, paper, _ = await chooses(house, "Ann", incident)
    await command(house, "Bob", do.Note, incident, text="she is at her sister's")
    session.anew()
    tell(session, do="select", incident=incident.id)
    tell(session, do="hello", desk="Ann", browser="b", selected=incident.id)
    await asyncio.sleep(0)
    await paper.turn()
    assert len(await records(house, f"incident/{incident.id}")) == 1
    for one in (other, incident):
        session.chosen_at -= 2 * part.WALKS_S
        message = await chosen(session, paper, one)
    assert message["asks"]["on"] == incident.id
    assert len(looks := await records(house, f"incident/{incident.id}")) == 2
    assert house.desk.board.incidents[incident.id].readers.looks == {house.desk.pseudonym("Ann"): 2}
    lines = [line for line in message["detail"]["history"] if line["code"].startswith("case_opened")]
    assert len(lines) == 1, "the history says it in one line"
    await chooses(house, "Ann", incident)
    assert len(await records(house, f"incident/{incident.id}")) == len(looks) + 1, "another page shows it anew"


async def test_of_what_is_only_walked_over_no_case_is_sent_unless_it_is_needed(house: House) -> None:
    first, second = await house.press(), await house.press("AMR-00777", fix=Fix(50.63, 5.57, 20.0))
    await command(house, "Bob", do.Acknowledge, first)
    session, paper, _ = await chooses(house, "Ann", second)
    message = await chosen(session, paper, first)
    assert message["detail"] is None and "A. Voorbeeld" not in json.dumps(paper.sent)
    await chosen(session, paper, second)
    assert await records(house, f"incident/{first.id}") == []
    await chosen(session, paper, first)
    message = await news(paper, "asks", len(paper.sent))
    assert message["detail"]["case"]["victim"] == "A. Voorbeeld" and message["asks"]["on"] == first.id
    assert len(await records(house, f"incident/{first.id}")) == 1
    await chosen(session, paper, second)
    again = await house.press()
    assert again.id == first.id
    await command(house, "Bob", do.Release, first)
    message = await chosen(session, paper, first)
    assert message["detail"]["case"]["victim"] == "A. Voorbeeld", "nobody has it: it is in nobody's way"


async def test_who_comes_to_need_it_is_asked_no_more_and_that_is_a_record(house: House) -> None:
    incident = await house.press()
    await command(house, "Bob", do.Acknowledge, incident)
    _, paper, message = await chooses(house, "Ann", incident)
    assert message["asks"] and message["detail"]["case"]["words_kept"]
    assert not {"tulip", "winter"} & set(json.dumps(paper.sent).replace('"', " ").split())
    after = len(paper.sent)
    await command(house, "Ann", do.Help, incident)
    message = await news(paper, "asks", after)
    assert message["asks"] is None
    assert (message["detail"]["case"]["safe_word"], message["detail"]["case"]["duress_word"]) == ("tulip", "winter")
    assert [look.need for _, look in await records(house, f"incident/{incident.id}")] == ["", "helper"]
    assert (await records(house, f"incident/{incident.id}"))[1][1].words
    after = len(paper.sent)
    await command(house, "Bob", do.Close, incident, as_class="real", outcome="victim_safe", reason="all is well")
    case = (await news(paper, "detail", after))["detail"]["case"]
    assert "safe_word" not in case and case["words_kept"], "a closed alarm keeps them from everybody"


async def test_that_the_agreed_words_come_with_an_alarm_that_was_taken_is_a_record(house: House) -> None:
    incident = await house.press()
    _, paper, message = await chooses(house, "Ann", incident)
    assert "safe_word" not in message["detail"]["case"]
    after = len(paper.sent)
    await command(house, "Ann", do.Acknowledge, incident)
    assert (await news(paper, "detail", after))["detail"]["case"]["safe_word"] == "tulip"
    looks = [look for _, look in await records(house, f"incident/{incident.id}")]
    assert [(look.need, look.words) for look in looks] == [("unowned", False), ("mine", True)]
    await command(house, "Ann", do.Note, incident, text="she whispers")
    await paper.turn()
    assert len(await records(house, f"incident/{incident.id}")) == 2, "what is painted anew is none"


async def test_a_look_waits_for_no_log(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = await house.press()
    append, there = house.log.append, asyncio.Event()

    async def slow(*facts: Any) -> Any:
        await there.wait()
        return await append(*facts)

    monkeypatch.setattr(house.log, "append", slow)
    _, _, message = await chooses(house, "Ann", incident)
    assert message["detail"]["case"]["victim"] == "A. Voorbeeld"
    there.set()
    assert len(await records(house, f"incident/{incident.id}")) == 1


async def test_without_a_name_for_who_looks_what_nobody_has_is_shown_and_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await house.press()
    session, paper = house.page("Ann")
    session.covers = frozenset(house.consoles.services.centres.known)

    def full(name: str) -> str:
        raise LogUnavailable("the disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(house.desk, "pseudonym", full)
        assert (await chosen(session, paper, incident))["detail"]["case"]["victim"] == "A. Voorbeeld"
    await command(house, "Bob", do.Acknowledge, incident)
    session.chosen_at -= 2 * part.WALKS_S
    monkeypatch.setattr(house.desk, "pseudonym", full)
    assert (await chosen(session, paper, incident))["detail"] is None


async def test_whose_a_device_is_and_a_search_open_and_ask_after(house: House) -> None:
    await house.report(DeviceReport(device=DEVICE, state="battery_low", battery=7))
    (alarm,) = house.desk.board.device_alarms.values()
    key = f"{alarm.stream}/{alarm.condition}"
    session, paper = house.page("Ann")
    tell(session, do="whose", device=key)
    message = await news(paper, "replies", 0)
    assert message["replies"][-1]["whose"]["case"]["victim"] == "A. Voorbeeld" and not message.get("asks")
    taken = do.AcknowledgeDevice(id=house.name(), stream=alarm.stream, condition=alarm.condition)
    await house.desk.command(taken, User(actor=house.desk.pseudonym("Bob"), roles=frozenset({"dispatcher"})))
    await chosen(session, paper, None)
    assert session.looks.of("device", key) is None
    tell(session, do="whose", device=key)
    await until(lambda: session.looks.ask())
    assert [look.need for _, look in await records(house, alarm.stream)] == ["unowned", ""]
    for text in ("Voor", "Voorbeeld"):
        tell(session, do="search", n=1, text=text)
    await until(lambda: (ask := session.looks.ask()) and ask.what == "search")
    ask = session.looks.ask()
    assert ask is not None
    tell(session, do="reason", of=ask.of, why="person")
    await until(lambda: (now := session.looks.ask()) and now.what == "device")
    house.desk._searches.close()
    found = [event for _, event in await records(house, stream_of(house.clock.now()))]
    assert [type(event).__name__ for event in found] == ["CasesSearched", "ReasonGiven", "CasesSearched"]
    assert (found[0].text, found[1].of, found[1].why, found[2].why) == ("Voor", ask.of, "person", "person")


async def test_an_alarm_without_a_case_is_a_look_at_its_track_and_once_it_has_one_at_the_case(house: House) -> None:
    found, house.cases.case = house.cases.case, msgspec.structs.replace(house.cases.case, devices=("AMR-00001",))
    incident = await house.press()
    await command(house, "Bob", do.Acknowledge, incident)
    session, paper, message = await chooses(house, "Ann", incident)
    assert message["detail"]["case"]["state"] == "unknown" and message["detail"]["live"]["lat"]
    assert message["asks"]["on"] == incident.id
    tell(session, do="reason", of=message["asks"]["of"], why="review")
    await paper.turn()
    assert (await news(paper, "asks", len(paper.sent) - 1))["asks"] is None
    after, house.cases.case = len(paper.sent), found
    session.refresh("alarm")
    message = await news(paper, "asks", after)
    assert message["detail"]["case"]["victim"] == "A. Voorbeeld" and message["asks"], "what is shown now is more"
    await house.desk._disclosures.close()
    looks = [r.type for r in await house.log.stream(f"incident/{incident.id}") if r.actor == session.actor]
    assert looks == ["timeline_opened", "reason_given", "case_opened"]


async def test_the_map_draws_the_track_of_what_the_page_is_shown_and_of_nothing_that_is_walked_over(
    house: House,
) -> None:
    """Nor of anything on a locked page: nobody is before it."""
    first, second = await house.press(), await house.press("AMR-00777", fix=Fix(50.63, 5.57, 20.0))
    await command(house, "Bob", do.Acknowledge, first)
    await command(house, "Bob", do.Close, first, as_class="real", outcome="victim_safe", reason="all is well")
    session, paper, _ = await chooses(house, "Ann", second)
    assert session.drawn()[0] == second.id
    await chosen(session, paper, first)
    assert session.drawn() == (None, {})
    await news(paper, "asks", len(paper.sent))
    assert session.drawn()[0] == first.id and len(await records(house, f"incident/{first.id}")) == 1


async def test_an_alarm_of_a_centre_that_the_desk_does_not_serve_is_asked_about_whatever_a_page_covers(
    house: House,
) -> None:
    house.consoles.services.listening.own = ("OVL",)
    near, far = await house.press(), await house.press("AMR-00777", fix=Fix(50.63, 5.57, 20.0))
    session, paper, message = await chooses(house, "Ann", near)
    assert not message.get("asks")
    tell(session, do="cover", cics=["LIE", "OVL"])
    session.chosen_at -= 2 * part.WALKS_S
    session.looks.clear()
    tell(session, do="select", incident=far.id)
    message = await news(paper, "asks", len(paper.sent))
    assert "LIE" in session.covers and message["asks"]["on"] == far.id
    house.consoles.services.listening.own = tuple(house.consoles.services.centres.known)
    assert house.consoles.need(session, far) == "unowned", "where the desk serves it, it is in their queue"
