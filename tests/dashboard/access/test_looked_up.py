"""What is looked up without an incident is a record: searches of the register and reports, through the server's sockets."""

import asyncio
from typing import Any

import msgspec
import pytest

from dashboard.documents.address import address
from dashboard.supervisor.review.view import View
from incidents import events as ev
from incidents.audit import stream_of
from incidents.log import Draft, LogUnavailable, Record
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser, Line
from tests.dashboard.conftest import House
from tests.dashboard.supervisor.review.parts import Kept, past
from tests.waiting import LONG_S


async def records(house: House) -> list[tuple[Record, Any]]:
    found = await house.log.stream(stream_of(house.clock.now()))
    return [(record, ev.entry(record, house.log.unseal(record)).event) for record in found]


async def search(line: Line, *texts: str) -> list[Any]:
    """Type, and take each answer."""
    answers = []
    for n, text in enumerate(texts, len(line.raw)):
        await line.say(do="search", n=n, text=text)
        found = await line.reply(lambda reply, n=n: reply.get("found", {}).get("n") == n)  # type: ignore[misc]
        answers.append(found["found"]["cases"])
    return answers


async def written(house: House, count: int) -> list[tuple[Record, Any]]:
    async with asyncio.timeout(LONG_S):
        while len(found := await records(house)) < count:
            await asyncio.sleep(0.02)
    return found


async def test_each_search_of_a_dispatcher_is_in_the_log_with_its_terms_sealed(
    base: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.audit.PAUSE_S", 0.3)
    browser = Browser(base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    line = await browser.open()
    typed = ["Vo", "Voor", "Voorbeeld", "niemand"]
    assert [len(found) for found in await search(line, *typed)] == [1, 1, 1, 0]
    (one, first), (two, rest) = await written(house, 2)
    assert house.desk.name_of(one.actor) == house.desk.name_of(two.actor) == "dispatcher fictief"
    assert (first.role, first.found, first.searches, first.text, first.reason) == ("dispatcher", 1, 1, "Vo", "")
    assert (rest.found, rest.searches, rest.text.split("\n")) == (1, 3, typed[1:])
    assert first.cases == rest.cases == ev.shown_lines(["2026-0412"])
    assert not any(word in msgspec.json.encode(one.open | two.open).decode() for word in (*typed, "2026-0412"))
    await search(line, "Gent")
    assert (await written(house, 3))[2][1].text == "Gent", "another row begins with a record at once"
    await line.close()


async def test_a_search_is_answered_while_the_log_can_not_be_written_and_recorded_when_it_can(
    base: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, full = house.log.append, True

    async def failing(stream: str, expected: int, draft: Draft) -> Record:
        if full:
            raise LogUnavailable("database or disk is full")
        return await append(stream, expected, draft)

    browser = Browser(base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    line = await browser.open()
    monkeypatch.setattr(house.log, "append", failing)
    assert len((await search(line, "Voorbeeld"))[0]) == 1
    assert await records(house) == []
    full = False
    assert (await written(house, 1))[0][1].text == "Voorbeeld"
    await line.close()


async def test_what_somebody_went_on_typing_is_recorded_when_the_desk_ends(base: str, house: House) -> None:
    browser = Browser(base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    line = await browser.open()
    await search(line, "Vo", "Voorbeeld")
    await line.close()
    house.desk._searches.close()
    await house.desk._disclosures.close()
    assert [event.text for _, event in await records(house)] == ["Vo", "Voorbeeld"]


@pytest.mark.parametrize("form", ["csv", "json", "pdf"])
async def test_a_report_that_is_taken_is_in_the_log(base: str, house: House, form: str) -> None:
    house.given.history = Kept(past(80, now=house.clock.now()))
    browser = Browser(base)
    await browser.sign_in("supervisor fictief", PASSWORD)
    status, file = await browser.take(f"/report/{address(View(), house.desk.seal_view)}.{form}")
    assert status == 200
    ((record, event),) = await records(house)
    assert house.desk.name_of(record.actor) == "supervisor fictief"
    assert (event.what, event.form, event.how, event.role) == ("report", form, "page", "supervisor")
    assert event.rows == len(file.splitlines()) - 1 if form == "csv" else event.rows > 0
    assert len(event.sha256) == 64 and event.selection and event.reason == ""
    assert set(record.open) == {"what", "form", "how", "rows", "role", "sha256", "why"}


async def test_who_reads_their_own_figures_is_in_the_log(base: str, house: House) -> None:
    house.given.history = Kept(past(80, now=house.clock.now()))
    browser = Browser(base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    assert (await browser.get("/figures"))[0] == 200
    ((_, event),) = await records(house)
    assert (event.what, event.form) == ("own_figures", "html")
