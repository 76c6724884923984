"""The numbers of a feed: the highest one without a hole below it, whatever the order they come in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.subscriber.cursor import LEAP, TRIES, Cursor, Holes


@given(st.permutations(range(1, 30)), st.lists(st.integers(1, 29), max_size=10))
def test_any_order_and_any_repetition_ends_without_a_hole(order: list[int], repeats: list[int]) -> None:
    cursor = Cursor(0)
    done: set[int] = set()
    for seq in [*order[:15], *repeats, *order[15:]]:
        cursor.seen([seq])
        cursor.handled(seq)
        done.add(seq)
        expected = 0
        while expected + 1 in done:
            expected += 1
        assert cursor.contiguous == expected
        assert cursor.holes == max(done) - len(done)
    assert cursor.contiguous == 29


def test_what_came_but_is_not_durable_is_neither_done_nor_missing() -> None:
    cursor = Cursor(0)
    cursor.seen([1, 2, 3])
    cursor.handled(1)
    cursor.handled(3)
    assert (cursor.contiguous, cursor.holes) == (1, 0)
    assert cursor.lost(3) == 1
    cursor.subscribed()
    assert cursor.holes == 1
    cursor.skip_to(2)
    assert cursor.contiguous == 3


def test_numbering_begins_where_the_first_message_says_when_the_server_does_not() -> None:
    cursor = Cursor()
    cursor.seen([18_231, 18_230])
    cursor.handled(18_231)
    cursor.handled(18_230)
    assert cursor.contiguous == 18_231
    assert cursor.highest == 18_231


def test_a_number_far_above_all_others_is_not_believed() -> None:
    cursor = Cursor(5)
    cursor.seen([6 + LEAP, 6])
    cursor.handled(6 + LEAP)
    cursor.handled(6)
    assert (cursor.contiguous, cursor.highest, cursor.holes) == (6, 6, 0)


@pytest.mark.parametrize("came", [[3], []])
def test_missing_numbers_are_asked_for_ever_more_slowly_and_then_given_up(came: list[int]) -> None:
    cursor, holes = Cursor(1), Holes(2.0)
    cursor.seen(came)
    cursor.handled(came[0] if came else None)
    now, asked = 0.0, []
    while True:
        # Whatever an answer brings that is not missing, a line that is busy for a moment for one, takes no try back.
        if holes.overdue(cursor, now, head=3, idle=now % 2 < 1):
            if not holes.ask(now, 3):
                break
            asked.append(now)
            holes.subscribed()
        now += 0.5
    assert len(asked) == TRIES
    assert asked[0] == 2.0
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert pauses == sorted(pauses)
    assert cursor.lost(holes.upto) == (2 if came else 3)


def test_a_hole_that_is_filled_is_forgotten() -> None:
    cursor, holes = Cursor(1), Holes(2.0)
    cursor.seen([3])
    cursor.handled(3)
    assert not holes.overdue(cursor, 0.0, head=3, idle=True)
    cursor.handled(2)
    assert not holes.overdue(cursor, 9.0, head=3, idle=True)
    assert not holes.overdue(cursor, 9.0, head=4, idle=True)
    assert not holes.overdue(cursor, 11.0, head=4, idle=False)
    assert holes.overdue(cursor, 11.0, head=4, idle=True)
    holes.told = 4
    assert not holes.overdue(cursor, 19.0, head=4, idle=True)
