"""Who is on shift: a reload is no leaving, and nobody is named by what a page invents."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from incidents.presence.on_shift import STAYS, OnShift
from tests.incidents.conftest import START

ROLES = frozenset({"dispatcher"})


def test_a_page_loaded_anew_within_15_s_is_no_leaving_and_keeps_the_persons_id() -> None:
    floor = OnShift()
    assert [event.__struct_config__.tag for _, event in floor.see({"ann": ROLES}, START)] == ["came"]
    key = floor.people[0].key
    assert floor.see({}, START + timedelta(seconds=1)) == []
    assert not floor.people[0].here
    assert floor.see({"ann": ROLES}, START + timedelta(seconds=14)) == []
    assert (floor.people[0].key, floor.people[0].since, floor.people[0].here) == (key, START, True)
    assert floor.actor(key) == "ann" and floor.actor("ann") is None and floor.actor("") is None


@given(st.lists(st.tuples(st.integers(0, 20), st.sets(st.sampled_from("abc"))), max_size=30))
def test_everybody_comes_before_leaving_and_leaves_only_after_15_s_without_a_page(
    looks: list[tuple[int, set[str]]],
) -> None:
    floor, now = OnShift(), START
    on_shift: dict[str, object] = {}
    for seconds, present in looks:
        now += timedelta(seconds=seconds)
        for person, event in floor.see(dict.fromkeys(present, ROLES), now):
            actor = person.actor
            if event.__struct_config__.tag == "came":
                assert actor not in on_shift and actor in present
            else:
                last = on_shift.pop(actor)
                assert actor not in present and now - last >= STAYS  # type: ignore[operator]
                continue
            on_shift[actor] = now
        on_shift |= dict.fromkeys(present, now)
        assert {person.actor for person in floor.people} == set(on_shift)
        assert {person.actor for person in floor.people if person.here} == present
    assert {person.actor for person, _ in floor.stop()} == set(on_shift) and floor.people == ()


def test_who_is_on_shift_at_another_server_came_there_and_has_been_here_as_long() -> None:
    here, there, later = OnShift(), OnShift(), START + timedelta(hours=1)
    here.see({"ann": ROLES}, START)
    assert there.see({"ann": ROLES}, later, {"ann": here.people[0].since}) == []
    assert there.people[0].since == START
    here.see({"ann": ROLES}, later)
    left = [*here.see({}, later + STAYS), *there.see({}, later + STAYS)]
    assert [(person.actor, person.since) for person, _ in left] == [("ann", START)] * 2  # by which they are one record


def test_nobody_leaves_while_there_may_be_pages_that_nobody_knows_of() -> None:
    floor = OnShift()
    floor.see({"ann": ROLES}, START)
    assert floor.see({}, START + timedelta(hours=1), certain=False) == [] and not floor.people[0].here
    assert [event.__struct_config__.tag for _, event in floor.see({}, START + timedelta(hours=1))] == ["left"]
