"""Nobody can work out what is hidden: an attack on the published text fails, over ordinary tables and over spiteful ones."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from reports.aggregate.suppress import THRESHOLD, Counts, suppress
from reports.aggregate.tables import CLASSES, OUTCOMES
from tests.reports.aggregate.attack import ALL, Attack, Known, known_with_times
from tests.reports.aggregate.parts import Many, exported, made, table

JAN, FEB = "2026-01", "2026-02"
TABLES: dict[str, list[Many]] = {
    "nothing at all": [],
    "one incident": [(1, JAN, "OVL", "real", "victim_safe")],
    "one huge count": [(90_000, JAN, "OVL", "test", "test_ok")],
    "one huge count beside one incident": [
        (90_000, JAN, "OVL", "test", "test_ok"),
        (1, FEB, "OVL", "test", "test_ok"),
    ],
    "all small": [(2, m, p, c, "other") for m, p, c in product((JAN, FEB), ("OVL", "WVL"), CLASSES)],
    "just at the threshold": [
        (5, JAN, "OVL", "test", "test_ok"),
        (5, FEB, "WVL", "accidental", "no_intervention"),
        (4, FEB, "WVL", "real", "victim_safe"),
    ],
    "one province": [
        (40, JAN, "OVL", "test", "test_ok"),
        (30, FEB, "OVL", "accidental", "no_intervention"),
        (3, FEB, "OVL", "real", "suspect_arrested"),
    ],
    "a class that is one small count beside large ones": [
        (40, JAN, "OVL", "test", "test_ok"),
        (60, JAN, "WVL", "test", "test_ok"),
        (25, FEB, "WVL", "test", "test_failed"),
        (3, FEB, "OVL", "real", "suspect_arrested"),
    ],
    "a first year": [
        (35, JAN, "OVL", "accidental", "no_intervention"),
        (24, FEB, "OVL", "test", "test_ok"),
        (12, FEB, "OVL", "accidental", "no_intervention"),
        (10, JAN, "OVL", "test", "test_ok"),
        (3, FEB, "OVL", "real", "nobody_found"),
    ],
}


@pytest.mark.parametrize("name", TABLES)
def test_no_hidden_count_of_an_export_is_known_to_within_the_threshold(name: str) -> None:
    made = exported(TABLES[name])
    known = Known.read(made.files["counts.csv"])
    assert all(count is None or count >= THRESHOLD for count in known.counts.values())
    assert Attack(known).solved(within=THRESHOLD) == {}


def test_the_attack_succeeds_where_only_small_counts_are_hidden() -> None:
    known = Known.read(exported(TABLES["a first year"]).files["counts.csv"])
    everything = true_counts(TABLES["a first year"], known)
    only_small = Known({where: count if count >= THRESHOLD else None for where, count in everything.items()})
    solved = Attack(only_small).solved(within=THRESHOLD)
    assert solved[(ALL, ALL, "real", "nobody_found")] == (0, 3)
    assert (ALL, ALL, "unknown", ALL) in solved


def true_counts(parts: list[Many], known: Known) -> dict[tuple[str, str, str, str], int]:
    nis = {"OVL": "40000", "WVL": "30000"}

    def inside(period: str, month: str) -> bool:
        return period in (ALL, month)

    return {
        (period, province, as_class, outcome): sum(
            n
            for n, month, cic, its_class, its_outcome in parts
            if inside(period, month)
            and province in (ALL, nis[cic])
            and as_class in (ALL, its_class)
            and outcome in (ALL, its_outcome)
        )
        for period, province, as_class, outcome in known.counts
    }


def test_what_is_published_is_true() -> None:
    parts = TABLES["a first year"]
    known = Known.read(exported(parts).files["counts.csv"])
    shown = {where: count for where, count in known.counts.items() if count is not None}
    everything = true_counts(parts, known)
    assert shown == {where: everything[where] for where in shown}
    assert shown[(ALL, ALL, ALL, ALL)] == 84


def test_crossings_that_are_never_published_are_not_known_either() -> None:
    parts = TABLES["a class that is one small count beside large ones"] + TABLES["a first year"]
    known = Known.read(exported(parts).files["counts.csv"])
    attack = Attack(known, joint=True)
    some = [(FEB, "40000", "real", o) for o in OUTCOMES] + [(m, "30000", "test", "test_ok") for m in (JAN, FEB)]
    for place in some:
        row = np.zeros(len(attack.unknowns))
        row[attack.unknowns[place]] = 1
        low, high = attack.range(row)
        assert high - low >= THRESHOLD, (place, low, high)


def test_what_is_said_of_response_times_tells_no_more_of_what_is_hidden() -> None:
    took = [float(t) if t % 7 else -1.0 for t in range(240, 240 + 9 * 84, 9)]
    files = made(table(TABLES["a first year"], took)).files
    found = known_with_times(files["counts.csv"], files["intervals.csv"], "pressed->on_scene")
    assert files["intervals.csv"].count(b"pressed->on_scene") > 3
    assert {where: ends for where, ends in found.items() if ends[1] - ends[0] < THRESHOLD} == {}


def test_two_published_counts_differ_by_a_person_or_two_nowhere() -> None:
    known = Known.read(exported(TABLES["a first year"] + TABLES["all small"]).files["counts.csv"])
    attack = Attack(known, joint=True)
    shown = [(attack.row(where), count) for where, count in known.counts.items() if count is not None]
    differences = {
        more - less
        for (wide, more), (narrow, less) in product(shown, shown)
        if (narrow <= wide).all() and (narrow < wide).any()
    }
    assert differences
    assert min(differences) >= THRESHOLD


def square(parts: np.ndarray) -> Counts:
    """A table of two dimensions, its margins and its total, all to be published."""
    rows, columns = parts.shape
    at = np.arange(parts.size).reshape(parts.shape)
    sums = [at.ravel(), *at, *at.T, *at.reshape(-1, 1)]
    matrix = np.zeros((len(sums), parts.size))
    for i, of in enumerate(sums):
        matrix[i, of] = 1
    cost = np.array([16.0] + [4.0] * (rows + columns) + [1.0] * parts.size)
    return Counts(parts.ravel().astype(np.int64), csr_array(matrix), csr_array((0, parts.size)), cost)


small = st.integers(0, 4)
counts = st.one_of(st.just(0), small, st.integers(5, 12), st.integers(0, 2000))


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
        lambda n: st.lists(st.lists(counts, min_size=n[1], max_size=n[1]), min_size=n[0], max_size=n[0])
    )
)
def test_whole_numbers_are_found_at_both_ends_of_every_range(parts: list[list[int]]) -> None:
    of = square(np.array(parts))
    made = suppress(of)
    assert made.hidden[of.values < THRESHOLD].all()
    sums = of.sums.toarray()
    shown = sums[~made.hidden]
    fixed = [LinearConstraint(shown, of.values[~made.hidden], of.values[~made.hidden])] if len(shown) else []
    for cell in np.flatnonzero(made.hidden):
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * sums[cell], constraints=fixed, integrality=np.ones(sums.shape[1]), bounds=Bounds(0, 9000)
            )
            ends.append(sign * found.fun)
        assert round(ends[1] - ends[0]) >= THRESHOLD
        # what was found on the way is inside what there is
        assert ends[0] <= made.low[cell] <= of.values[cell] <= made.high[cell] <= ends[1]


@settings(max_examples=4, deadline=None)
@given(
    st.lists(
        st.tuples(
            counts,
            st.sampled_from([JAN, FEB]),
            st.sampled_from(["OVL", "WVL", ""]),
            st.sampled_from(["real", "test", "accidental", ""]),
            st.sampled_from(["victim_safe", "test_ok", "other", ""]),
        ),
        max_size=12,
    )
)
def test_no_hidden_count_of_any_export_is_known(parts: list[Many]) -> None:
    known = Known.read(exported(parts).files["counts.csv"])
    assert Attack(known).solved(within=THRESHOLD) == {}


def test_a_table_that_needs_nothing_hidden_hides_nothing() -> None:
    assert not suppress(square(np.full((3, 3), 7))).hidden.any()


def test_a_threshold_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        suppress(square(np.ones((2, 2))), 0)
