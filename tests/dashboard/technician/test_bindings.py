"""Whose a device is: given out, swapped, taken back by a technician who may see a number and a name; each is in the log."""

from collections.abc import Awaitable
from functools import partial

import pytest

from incidents import events as ev
from incidents.audit import stream_of
from incidents.bindings import NotBound
from incidents.commands import Refused
from incidents.devices.likeness import alike
from incidents.roles import ROLES, User
from tests.dashboard.technician.conftest import DEVICE, OLD, TECH, BenchHouse


async def logged(house: BenchHouse) -> list[tuple[str, ev.Event | None]]:
    kinds = ("device_bound", "device_taken_back")
    log = house.desk._log
    return [(r.actor, ev.entry(r, log.unseal(r)).event) async for _, r in log.records() if r.type in kinds]


async def test_giving_out_swapping_and_taking_back_are_found_by_the_next_press_and_stand_in_the_log(
    house: BenchHouse,
) -> None:
    await house.cases.bind(DEVICE, "2026-0412", house.tech, TECH, id=house.id(), enrolled=[DEVICE])
    found = house.cases.of(DEVICE, TECH)
    assert found is not None
    assert found.number == "2026-0412"
    await house.radio.press()
    incident = house.desk.board.open_press_of(DEVICE)
    assert incident is not None
    assert incident.case == "2026-0412"
    await house.cases.swap(OLD, "AMR-NEW", house.tech, TECH, id=house.id(), enrolled=["AMR-NEW"])
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
    await cases.bind(DEVICE, "2026-0412", me, TECH, id=house.id(), sure=True)
    await house.radio.press()
    assert await why(cases.take_back(DEVICE, me, TECH, id=house.id())) == "alarm_open"
    house.path.unlink()
    assert await why(cases.swap(OLD, "AMR-NEW", me, TECH, id=house.id(), sure=True)) == "locked"
    assert len(await logged(house)) == 1


async def test_a_name_nobody_ever_heard_of_gets_a_case_only_when_asked_once_more(house: BenchHouse) -> None:
    slip, enrolled, me = "AMR-0412", [DEVICE, "AMR-00500"], house.tech
    assert not house.cases.heard_of(slip, enrolled)

    async def why(work: Awaitable[None]) -> tuple[str, str, str]:
        with pytest.raises(NotBound) as refused:
            await work
        return refused.value.why, refused.value.meant, refused.value.case

    swap = partial(house.cases.swap, OLD)
    asked = await why(swap(slip, me, TECH, id=house.id(), enrolled=enrolled))
    assert asked == ("unheard", DEVICE, "2026-0413")
    asked = await why(house.cases.bind("AMR-0500", "2026-0412", me, TECH, id=house.id(), enrolled=enrolled))
    assert asked == ("unheard", "AMR-00500", "2026-0412")
    asked = await why(house.cases.swap("AMR-413", DEVICE, me, TECH, id=house.id(), enrolled=enrolled))
    assert asked == ("not_bound", OLD, "")
    assert await logged(house) == []
    assert house.cases.of(OLD, TECH) is not None
    await swap(slip, me, TECH, id=house.id(), enrolled=enrolled, sure=True)
    assert house.cases.of(slip, TECH) is not None
    kinds = [r.type async for _, r in house.desk._log.records() if r.type.startswith("device_")]
    assert kinds == ["device_case_shown", "device_bound", "device_taken_back"], "whose it is was read: that is recorded"


@pytest.mark.parametrize(
    ("typed", "known", "like"),
    [
        ("AMR-0016", "AMR-00016", True),
        ("amr-00016", "AMR-00016", True),
        ("AMR-O0016", "AMR-00016", True),
        ("AMR 00016", "AMR-00016", True),
        ("ANR-00016", "AMR-00016", True),
        ("AR-00016", "AMR-00016", True),
        ("AMR-00017", "AMR-00016", False),
        ("AMR-00016", "AMR-00016", False),
        ("AMR-0160", "AMR-00016", False),
        ("", "AMR-00016", False),
    ],
)
def test_what_may_be_meant_differs_by_case_zeros_or_one_letter(typed: str, known: str, like: bool) -> None:
    assert alike(typed, [known, "X9"]) == (known if like else "")


async def test_a_device_that_is_kept_from_who_asks_is_never_what_may_be_meant(house: BenchHouse) -> None:
    await house.cases.bind(DEVICE, "2026-0414", house.tech, "Another Fictief", id=house.id(), enrolled=[DEVICE])
    kept = User(actor=house.tech.actor, roles=house.tech.roles, name=TECH)
    with pytest.raises(NotBound, match="unheard") as refused:
        await house.cases.swap(OLD, "AMR-0412", kept, TECH, id=house.id(), enrolled=[DEVICE])
    assert refused.value.meant == ""


async def test_a_case_closed_to_an_account_does_not_exist_for_it(house: BenchHouse) -> None:
    assert [case.number for case in await house.cases.search("verwant", house.tech, TECH)] == []
    assert [case.number for case in await house.cases.search(" verwant", house.tech, "Another Fictief")] == [
        "2026-0414"
    ]
    assert await house.cases.search("vo", house.tech, TECH) == (), "nobody leafs through the register"
    log = house.desk._log
    searches = [r async for _, r in log.records() if r.type == "case_numbers_searched"]
    assert [(r.stream, r.actor, r.open) for r in searches] == [
        (stream_of(house.clock.now()), house.tech.actor, {"found": n, "role": "technician"}) for n in (0, 1)
    ]
    assert ev.entry(searches[1], log.unseal(searches[1])).event == ev.CaseNumbersSearched(
        role="technician", found=1, text="verwant"
    )
    with pytest.raises(NotBound, match="case_unknown"):
        await house.cases.bind(DEVICE, "2026-0414", house.tech, TECH, id=house.id())


@pytest.mark.parametrize("role", [role for role in ROLES if role != "technician"])
async def test_nobody_else_binds(house: BenchHouse, role: str) -> None:
    other = User(actor="p-9", roles=frozenset({role}))  # type: ignore[arg-type]
    if role != "keeper":  # who replaces a broken one where the case is kept
        with pytest.raises(Refused):
            await house.cases.bind(DEVICE, "2026-0412", other, TECH, id=house.id())
    with pytest.raises(Refused):
        await house.cases.take_back(OLD, other, TECH, id=house.id())
    with pytest.raises(Refused):
        await house.cases.search("voorbeeld", other, TECH)
