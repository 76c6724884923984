"""Who says for a zone that a press was seen, and when; what its cases wait for stands still while nothing of it changes."""

import asyncio
from typing import Any

import pytest

from incidents.incident import Incident
from incidents.log import LogUnavailable
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Line
from tests.dashboard.keeper.conftest import OTHER, CasesHouse
from tests.incidents.cases.conftest import case

HERS = "2026-0009"


async def opened(house: CasesHouse, name: str) -> Line:
    return await (await house.browser(name)).open()


def new(message: dict[str, Any]) -> set[str]:
    return {notice["case"] for notice in message.get("notices", ()) if notice["new"]}


async def test_from_whom_a_case_of_the_zone_is_kept_does_not_say_for_it_that_presses_were_seen(
    house: CasesHouse,
) -> None:
    house.accounts.add("Zus Fictief", ["zone"], PASSWORD, zone="5415")
    kept = [{"reason": "her brother", "account": "Zon Fictief"}]
    await house.imported(case(HERS, managing_zone="5415", devices=["AMR-0009"], exclusions=kept))
    for device in ("AMR-0009", "AMR-0002"):
        await house.press(device)
    brother = await opened(house, "Zon Fictief")
    await brother.until(lambda message: bool(message.get("all_told")) and new(message) == {OTHER})
    await brother.say(do="presses_seen", until=10**15)
    await brother.until(lambda message: bool(message.get("notices")) and not new(message))
    colleague = await opened(house, "Zus Fictief")
    await colleague.until(lambda message: bool(message.get("all_told")) and new(message) == {OTHER, HERS})
    assert house.desk.board.presses_seen == {}
    await colleague.say(do="presses_seen", until=10**15)
    await colleague.until(lambda message: bool(message.get("notices")) and not new(message))
    for line in (brother, colleague):
        await line.close()


async def test_nobody_has_seen_the_presses_that_the_log_has_not_told_yet(
    house: CasesHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await house.press("AMR-0002")
    await house.shut(incident)
    house.pass_days(3)
    house.desk.board.forget(house.clock.now())
    later = await house.press("AMR-0002")
    missed, reads = house.desk.missed_presses, asyncio.Event()

    async def away(zone: str) -> list[Incident]:
        if not reads.is_set():
            raise LogUnavailable("the log: its disk hangs")
        return await missed(zone)

    monkeypatch.setattr(house.desk, "missed_presses", away)
    line = await opened(house, "Zon Fictief")
    first = await line.until(lambda message: bool(message.get("notices")))
    assert [one["id"] for one in first["notices"]] == [later.id] and not first["all_told"]
    await line.say(do="presses_seen", until=10**15)
    reads.set()
    await house.press("AMR-0001")  # whatever is sent next reads it again
    await house.press("AMR-0002")
    found = await line.until(lambda message: len(message.get("notices", ())) == 2)
    assert all(one["new"] for one in found["notices"]), "an older one that was never shown is not seen"
    await line.close()


async def test_what_the_cases_of_a_zone_wait_for_is_shown_on_while_other_cases_change(house: CasesHouse) -> None:
    house.pass_days(130)  # a review is due
    line = await opened(house, "Zon Fictief")
    await line.until(lambda message: bool(message.get("waits")))
    before = len(line.messages)
    await house.imported(case(HERS, devices=["AMR-0009"]))
    sent = await line.until(lambda message: "waits" in message, after=before)
    assert sent["waits"], "sent at once, with what stood there"
    await house.desk._disclosures.close()
    assert len([one async for _, one in house.log.records() if one.type == "cases_kept"]) == 1, "one look"
    await line.close()
