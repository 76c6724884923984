"""The fixed-capacity source: only what changed travels."""

import math

from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.map.rows import Rows

EMPTY = {"x": float("nan"), "label": ""}


def test_an_unchanged_row_sends_nothing():
    rows = Rows(EMPTY, 4, name="t")
    rows.put("a", {"x": 1.0, "label": "a"})
    assert rows.flush()
    rows.put("a", {"x": 1.0, "label": "a"})
    assert not rows.flush()


def test_a_freed_row_is_drawn_nowhere_and_its_slot_is_used_again():
    rows = Rows(EMPTY, 2, name="t")
    for key in "ab":
        rows.put(key, {"x": 1.0, "label": key})
    rows.flush()
    rows.keep_only(["b"])
    rows.flush()
    assert sum(math.isnan(x) for x in rows.source.data["x"]) == 1
    rows.put("c", {"x": 3.0})
    rows.flush()
    assert rows.capacity == 2
    assert sorted(rows.source.data["x"]) == [1.0, 3.0]


def test_capacity_grows_when_more_alarms_come_than_it_holds():
    rows = Rows(EMPTY, 2, name="t")
    for i in range(5):
        rows.put(str(i), {"x": float(i), "label": str(i)})
    rows.flush()
    assert rows.capacity == 8
    assert len(rows.source.data["x"]) == 8
    assert {label for label in rows.source.data["label"] if label} == set("01234")


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.sampled_from("abcdef"), st.floats(-5, 5)),
            st.tuples(st.just("drop"), st.sampled_from("abcdef"), st.just(0.0)),
            st.tuples(st.just("flush"), st.just(""), st.just(0.0)),
        ),
        max_size=40,
    )
)
def test_the_source_always_holds_exactly_the_rows(steps):
    rows, model = Rows(EMPTY, 2, name="t"), {}
    for step, key, x in steps:
        if step == "put":
            rows.put(key, {"x": x, "label": key})
            model[key] = x
        elif step == "drop":
            rows.drop(key)
            model.pop(key, None)
        else:
            rows.flush()
    rows.flush()
    data = rows.source.data
    shown = {label: x for label, x in zip(data["label"], data["x"], strict=True) if label}
    assert shown == model == {key: rows.row(key)["x"] for key in rows}
