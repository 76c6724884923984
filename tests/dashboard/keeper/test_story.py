"""A case from the decision to the return of its device, pressed in every state: as operator, keeper and zone see it."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from incidents import events as ev
from incidents.incident import Incident
from tests.dashboard.keeper.conftest import NUMBER, CasesHouse

DECIDED = {"office": "Parket Voorbeeld", "reference": "FA 12/2026"}


class Story:
    """Days pass between two steps: each page is opened anew by somebody who signs in."""

    def __init__(self, house: CasesHouse) -> None:
        self.house = house
        self.pressed: list[str] = []

    async def step(self, kind: str, **said: str) -> None:
        assert await self.house.take(kind, **said) == (303, ""), kind

    async def press(self, device: str, *, state: str, said: tuple[str, ...] = (), panel: str = "open") -> Incident:
        """Press: a new alarm in the dispatcher's queue, which says this of the case; so does its panel; its zone is told."""
        house = self.house
        house.clock.at += timedelta(seconds=1)
        incident = await house.press(device)
        assert (incident.state, incident.case) == ("raised", NUMBER) and incident.id not in self.pressed
        self.pressed.append(incident.id)
        status, page = await house.page(NUMBER)
        assert status == 200 and re.findall(r'class="state (\w+)"', page) == [state]
        line = await (await house.browser("Dis Fictief")).open()
        await line.until(lambda message: incident.id in message.get("rows", {}))
        rows = [message["rows"][incident.id] for message in line.messages if incident.id in message.get("rows", {})]
        warns = tuple(one for one in rows[-1].get("warns", ()) if one.startswith("case_"))
        assert warns == said, f"{state}: {warns}"
        await line.say(do="select", incident=incident.id)
        case = (await line.until(lambda message: bool((message.get("detail") or {}).get("case"))))["detail"]["case"]
        assert (case["state"], case["number"]) == (panel, NUMBER), "nothing of the case is hidden"
        await line.close()
        line = await (await house.browser("Zon Fictief")).open()
        (new,) = await self._new(line)
        assert (new["id"], new["case"], new["state"]) == (incident.id, NUMBER, "raised")
        await line.say(do="presses_seen", until=new["last"])
        await line.until(lambda message: not any(one["new"] for one in message.get("notices", [{"new": True}])))
        await line.close()
        return incident

    async def _new(self, line: Any) -> list[dict[str, Any]]:
        """What is new, once all that the zone missed is told: before that a page is not heard, and asks nothing."""
        found = await line.until(lambda m: m.get("all_told") and any(one["new"] for one in m.get("notices", ())))
        return [one for one in found["notices"] if one["new"]]

    async def over(self, incident: Incident) -> None:
        """It is closed, and a day later gone from the pages."""
        await self.house.shut(incident)
        self.house.pass_days(2)
        self.house.desk.board.forget(self.house.clock.now())

    @property
    def today(self) -> str:
        return self.house.today.isoformat()


async def test_a_case_is_pressed_in_every_state_from_its_decision_to_the_return_of_the_device(
    house: CasesHouse,
) -> None:
    story = Story(house)
    await story.step("granted", **DECIDED, day=story.today, convention=story.today, zone="5415")
    await story.over(await story.press("AMR-0001", state="granted"))
    await story.step("handed_over", device="AMR-0001", who="Insp. Fictief", day=story.today)
    await story.over(await story.press("AMR-0001", state="active"))
    # The button breaks in the night, while an alarm of it is open: one person replaces it, and both are hers.
    broken = await story.press("AMR-0001", state="active")
    await story.step("replaced", old="AMR-0001", device="AMR-0100", sure="1")
    await story.over(await story.press("AMR-0100", state="active"))
    await story.over(broken)
    await story.over(await story.press("AMR-0001", state="active"))
    await story.step("suspended", reference="FA 13/2026", text="abroad until Monday")
    await story.over(await story.press("AMR-0100", state="suspended", said=("case_suspended",), panel="suspended"))
    await story.step("resumed")
    # Nobody makes the reviews: one is missed.
    house.clock.at = house.clock.at.replace(year=2027, month=4, day=20)
    await story.over(await story.press("AMR-0100", state="active"))
    assert "review missed" in (await house.page(NUMBER))[1]
    house.clock.at = house.clock.at.replace(month=5, day=2)
    await story.over(await story.press("AMR-0100", state="expired", said=("case_expired",), panel="expired"))
    until = (house.today + timedelta(90)).isoformat()
    await story.step("renewed", until=until, **(DECIDED | {"reference": "FA 20/2027"}), day=story.today)
    await story.over(await story.press("AMR-0100", state="active"))
    await story.step("ended", sure="1", office="Parket Voorbeeld", reference="FA 21/2027", day=story.today)
    await story.over(await story.press("AMR-0100", state="ended", said=("case_ended",), panel="ended"))
    page = (await house.page(NUMBER))[1]
    assert "FA 21/2027" in page and "FA 20/2027" in page and "device not returned" in page
    await story.step("returned", device="AMR-0100", who="Insp. Fictief", day=story.today)
    await story.over(await story.press("AMR-0100", state="returned", said=("case_returned",), panel="returned"))
    # Each press is in the log, and that the zone was told of it.
    await house.desk._disclosures.close()
    records = [record async for _, record in house.log.records()]
    assert [one.stream for one in records if one.type == "raised"] == [f"incident/{id}" for id in story.pressed]
    told = [ev.entry(one, house.log.unseal(one)).event for one in records if one.type == "press_told"]
    assert [isinstance(one, ev.PressTold) and (one.zone, one.case) for one in told] == [("5415", NUMBER)] * len(told)
    assert {one.stream for one in records if one.type == "press_told"} == {f"incident/{id}" for id in story.pressed}
    taken = [one.open["kind"] for one in records if one.type == "case_step"]
    lived = await asyncio.to_thread(house.register.steps, NUMBER)
    assert taken == [step.kind for step in lived] and len(taken) == 8
