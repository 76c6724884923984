"""Whose a device is: given out, swapped, taken back by a technician who may see a number and a name; each is in the log."""

import pytest

from incidents import events as ev
from incidents.bindings import NotBound
from incidents.commands import Refused
from incidents.roles import ROLES, User
from tests.dashboard.technician.conftest import DEVICE, OLD, TECH, BenchHouse


async def logged(house: BenchHouse) -> list[tuple[str, ev.Event | None]]:
    kinds = ("device_bound", "device_taken_back")
    log = house.desk._log
    return [(r.actor, ev.entry(r, log.unseal(r)).event) async for _, r in log.records() if r.type in kinds]


async def test_giving_out_swapping_and_taking_back_are_found_by_the_next_press_and_stand_in_the_log(
    house: BenchHouse,
) -> None:
    await house.cases.bind(DEVICE, "2026-0412", house.tech, TECH, id=house.id())
    found = house.cases.of(DEVICE, TECH)
    assert found is not None
    assert found.number == "2026-0412"
    await house.radio.press()
    incident = house.desk.board.open_press_of(DEVICE)
    assert incident is not None
    assert incident.case == "2026-0412"
    await house.cases.swap(OLD, "AMR-NEW", house.tech, TECH, id=house.id())
    assert house.cases.of(OLD, TECH) is None
    await house.cases.take_back("AMR-NEW", house.tech, TECH, id=house.id())
    assert house.cases.of("AMR-NEW", TECH) is None
    me = house.tech.actor
    assert await logged(house) == [
        (me, ev.DeviceBound(device=DEVICE, case="2026-0412")),
        (me, ev.DeviceBound(device="AMR-NEW", case="2026-0413", swapped=True)),
        (me, ev.DeviceTakenBack(device=OLD, case="2026-0413", swapped=True)),
        (me, ev.DeviceTakenBack(device="AMR-NEW", case="2026-0413")),
    ]
    opens = [r.open async for _, r in house.desk._log.records() if r.type.startswith("device_")]
    assert opens == [{}, {"swapped": True}, {"swapped": True}, {}], "who it is about is sealed"


async def test_what_can_not_be_is_refused_and_changes_nothing(house: BenchHouse) -> None:
    cases, me = house.cases, house.tech

    async def why(work: object) -> str:
        with pytest.raises(NotBound) as refused:
            await work  # type: ignore[misc]
        return refused.value.why

    assert await why(cases.bind(DEVICE, "2026-9999", me, TECH, id=house.id())) == "case_unknown"
    assert await why(cases.bind(OLD, "2026-0412", me, TECH, id=house.id())) == "bound"
    assert await why(cases.swap(OLD, OLD, me, TECH, id=house.id())) == "same"
    assert await why(cases.swap(DEVICE, "AMR-NEW", me, TECH, id=house.id())) == "not_bound"
    assert await why(cases.take_back(DEVICE, me, TECH, id=house.id())) == "not_bound"
    await cases.bind(DEVICE, "2026-0412", me, TECH, id=house.id())
    await house.radio.press()
    assert await why(cases.take_back(DEVICE, me, TECH, id=house.id())) == "alarm_open"
    house.path.unlink()
    assert await why(cases.swap(OLD, "AMR-NEW", me, TECH, id=house.id())) == "locked"
    assert len(await logged(house)) == 1


async def test_a_case_closed_to_an_account_does_not_exist_for_it(house: BenchHouse) -> None:
    assert [case.number for case in await house.cases.search("verwant", house.tech, TECH)] == []
    assert [case.number for case in await house.cases.search(" verwant", house.tech, "Another Fictief")] == [
        "2026-0414"
    ]
    assert await house.cases.search("vo", house.tech, TECH) == (), "nobody leafs through the register"
    log = house.desk._log
    searches = [r async for _, r in log.records() if r.type == "case_numbers_searched"]
    assert [(r.stream, r.actor, r.open) for r in searches] == [
        ("desk/access", house.tech.actor, {"found": n}) for n in (0, 1)
    ]
    assert ev.entry(searches[1], log.unseal(searches[1])).event == ev.CaseNumbersSearched(found=1, text="verwant")
    with pytest.raises(NotBound, match="case_unknown"):
        await house.cases.bind(DEVICE, "2026-0414", house.tech, TECH, id=house.id())


@pytest.mark.parametrize("role", [role for role in ROLES if role != "technician"])
async def test_nobody_else_binds(house: BenchHouse, role: str) -> None:
    other = User(actor="p-9", roles=frozenset({role}))  # type: ignore[arg-type]
    with pytest.raises(Refused):
        await house.cases.bind(DEVICE, "2026-0412", other, TECH, id=house.id())
    with pytest.raises(Refused):
        await house.cases.take_back(OLD, other, TECH, id=house.id())
    with pytest.raises(Refused):
        await house.cases.search("voorbeeld", other, TECH)
