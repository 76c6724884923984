"""The durations of a desk: what a histogram of Prometheus means by its buckets, and a press counted once, at its first page."""

from hypothesis import given
from hypothesis import strategies as st

from incidents.timings import APPEND_S, AWAITED, Durations, Timings


@given(st.lists(st.sampled_from(APPEND_S) | st.floats(0, 5)))
def test_a_bucket_holds_what_took_at_most_its_bound(took_s: list[float]) -> None:
    durations = Durations(APPEND_S)
    for seconds in took_s:
        durations.took(seconds)
    for n, bound in enumerate(APPEND_S):
        assert sum(durations.counts[: n + 1]) == sum(seconds <= bound for seconds in took_s)
    assert sum(durations.counts) == len(took_s)
    assert abs(durations.sum_s - sum(took_s)) < 1e-6


@given(st.lists(st.tuples(st.sampled_from(["taken", "folded", "pushed"]), st.integers(0, 3))))
def test_a_press_counts_once_in_whatever_order_it_is_told_of(told: list[tuple[str, int]]) -> None:
    times, waiting, shown, counted = Timings(), set[int](), set[int](), 0
    for what, n in told:
        if what == "taken":
            times.taken(f"feed/{n}")
            waiting.add(n)
        elif what == "folded":
            times.folded(f"incident/{n}", f"feed/{n}", 0.001)
            shown |= waiting & {n}
            waiting.discard(n)
        else:
            times.pushed([f"{n}", "another"])
            counted += n in shown
            shown.discard(n)
    assert sum(times.press.counts) == counted
    assert sum(times.fold.counts) == sum(what == "folded" for what, _ in told)


def test_presses_that_no_page_is_there_for_are_let_go_of_the_oldest_first() -> None:
    times = Timings()
    for n in range(5 * AWAITED):
        times.taken(f"feed/{n}")
        times.folded(f"incident/{n}", f"feed/{n}", 0.0)
        times.taken(f"never/{n}")  # a repetition, which is not folded
    assert len(times._awaited) <= AWAITED and len(times._taken) <= AWAITED
    times.pushed(["0", f"{5 * AWAITED - 1}"])
    assert sum(times.press.counts) == 1


def test_a_button_that_alarms_nobody_is_awaited_on_no_page() -> None:
    times = Timings()
    times.taken("feed/1")
    times.folded("device/abc", "feed/1", 0.0)
    assert not times._awaited
