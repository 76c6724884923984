"""The incident on one line: every time has its label, and no label lies over another."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from reports.evidence.timeline_strip import _CHAR_MM, Mark, _place

NAMES = ("pressed", "received", "presented", "acknowledged", "listening", "routed", "accepted", "on the scene", "safe")
WIDTH = 180.0


@given(st.lists(st.floats(0, 900), min_size=len(NAMES), max_size=len(NAMES)), st.floats(900, 4000))
def test_every_mark_has_a_label_within_the_page_and_none_lies_over_another(seconds: list[float], end: float) -> None:
    marks = [Mark(at, name) for at, name in zip(sorted(seconds), NAMES, strict=True)]
    placed = _place(marks, end, WIDTH)
    assert {mark for mark, _, _ in placed} == set(marks)
    assert all(left >= 0 and left + len(mark.label) * _CHAR_MM <= WIDTH for mark, left, _ in placed)
    for (one, a, row), (other, b, below) in itertools.combinations(placed, 2):
        if row == below:
            assert a + len(one.label) * _CHAR_MM <= b or b + len(other.label) * _CHAR_MM <= a
