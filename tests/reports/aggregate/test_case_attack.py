"""Nobody can work out what is hidden of cases and devices: of one export, of two on end, and of one made again later."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.cases.counting import CONTEXTS, Context, Protection
from reports.aggregate import cases
from reports.aggregate.export import Evaluated, Export, _csv
from reports.aggregate.period import Period
from reports.aggregate.suppress import THRESHOLD, Counts, Suppression
from reports.aggregate.tables import Sums
from tests.reports.aggregate.case_attack import ALL, CaseAttack, Where
from tests.reports.aggregate.parts import made, table

PLACES = {"5415": "40000", "5388": "30000"}
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))
YEAR, SPRING, AUTUMN = ("2026-01", "2026-12"), ("2026-01", "2026-06"), ("2026-07", "2026-12")
Many = tuple[int, str, str, str, str, tuple[Context, ...]]  # how many, decided, begun, ended, zone, context
INCIDENTS = table([(40, "2026-01", "OVL", "test", "test_ok"), (3, "2026-02", "WVL", "real", "other")])


def protections(parts: Sequence[Many]) -> list[Protection]:
    return [
        Protection(decided=decided, begun=begun, ended=ended, place=place, context=context)
        for count, decided, begun, ended, place, context in parts
        for _ in range(count)
    ]


def exported(
    parts: Sequence[Many], months: tuple[str, str] = YEAR, devices: dict[tuple[str, str], int] | None = None
) -> Export:
    found = protections(parts)
    return made(INCIDENTS, months, evaluated=Evaluated(len(found), found, devices or {}, PLACES))


def rows(parts: Sequence[Many], months: tuple[str, str], devices: dict[tuple[str, str], int] | None = None) -> Export:
    """The files of the cases and devices alone, in a moment."""
    found = cases.evaluated_rows(protections(parts), devices or {}, Period(*months), PLACES, THRESHOLD)
    columns = {"cases.csv": cases.CASE_COLUMNS, "devices.csv": cases.DEVICE_COLUMNS}
    files = {name: _csv(columns[name], of.rows) for name, of in zip(columns, found, strict=True)}
    return empty()._replace(files=files)


@cache
def empty() -> Export:
    return made(table([]), YEAR)


def attack(*exports: tuple[Export, tuple[str, str]], differ: dict[tuple[str, str], int] | None = None) -> CaseAttack:
    months = [tuple(month for month in MONTHS if first <= month <= last) for _, (first, last) in exports]
    return CaseAttack([export.files for export, _ in exports], months, differ)


def learnt(tried: CaseAttack) -> dict[Where, tuple[float, float]]:
    """What is known of hidden counts, but for what is published as the number of cases."""
    told = {(at, what, period) for at, what, period, by, _ in tried.known if by == ALL}
    found = tried.solved(within=THRESHOLD)
    return {w: ends for w, ends in found.items() if w[3] != "device" or (w[0], LIKE.get(w[1], ""), w[2]) not in told}


def handed(parts: Sequence[Many]) -> dict[tuple[str, str], int]:
    """Of each protection a device that was handed over and returned in its months."""
    found = Counter[tuple[str, str]]()
    for one in protections(parts):
        found[one.begun, "handed_over"] += 1
        if one.ended:
            found[one.ended, "returned"] += 1
    return found


QUARTERS = (("2026-01", "2026-03"), ("2026-04", "2026-06"), AUTUMN)
LIKE = {"handed_over": "granted", "returned": "ended"}
WEAPONS: tuple[Context, ...] = ("suspect_named", "weapons")
STOOD: Many = (14, "2025-05", "2025-06", "", "5415", ("suspect_named",))
HISTORIES: dict[str, list[Many]] = {
    "nothing at all": [],
    "one case": [(1, "2026-02", "2026-02", "", "5415", ())],
    "a first year": [
        (9, "2025-10", "2026-02", "", "5415", ("suspect_named",)),
        (8, "2026-04", "2026-04", "", "5415", WEAPONS),
        (3, "2026-05", "2026-05", "2026-11", "5388", ()),
    ],
    "a few ended": [
        STOOD,
        (20, "2026-03", "2026-03", "", "5415", WEAPONS),
        (3, "2025-05", "2025-06", "2026-10", "5388", ("measures",)),
    ],
    "a zone of one": [
        STOOD,
        (30, "2026-02", "2026-02", "2026-09", "5415", ("measures",)),
        (1, "2026-08", "2026-08", "", "5388", ("weapons",)),
    ],
    "large and even": [
        (40, "2025-01", "2025-01", "2026-02", "5415", WEAPONS),
        *((12, month, month, "", place, WEAPONS) for month in MONTHS for place in PLACES),
        *((9, "2025-12", "2025-12", month, "5415", ()) for month in MONTHS),
        (6, "2026-05", "2026-05", "", "", ("listen_only",)),
    ],
    "one alone was long": [
        (60, "2026-01", "2026-01", "2026-08", "5415", ("measures",)),
        (25, "2026-03", "2026-03", "", "5388", ("measures", "weapons")),
        (1, "2024-01", "2026-01", "2026-07", "5388", ("weapons",)),
    ],
}
TELLING = ("a first year", "large and even")  # of few cases in one month, and of many in all
DEVICES = {("2026-02", "handed_over"): 12, ("2026-05", "handed_over"): 2, ("2026-08", "link_lost"): 40}


@pytest.mark.parametrize("name", HISTORIES)
def test_no_hidden_count_is_known_to_within_the_threshold(name: str) -> None:
    parts = HISTORIES[name]
    whole = attack((exported(parts, YEAR, DEVICES), YEAR))
    halves = attack((exported(parts, SPRING, DEVICES), SPRING), (exported(parts, AUTUMN, DEVICES), AUTUMN))
    for tried in (whole, halves):
        assert all(count >= THRESHOLD for count in tried.known.values() if count)
        assert tried.solved(within=THRESHOLD) == {}


@pytest.mark.parametrize(
    "name", [name if name in TELLING else pytest.param(name, marks=pytest.mark.prove) for name in HISTORIES]
)
def test_who_knows_that_each_had_one_device_learns_no_more(name: str) -> None:
    parts = HISTORIES[name]
    devices = handed(parts) | {("2026-03", "handed_over"): handed(parts)["2026-03", "handed_over"] + 2}
    halves = [(exported(parts, months, devices), months) for months in (SPRING, AUTUMN)]
    tried = attack(*halves, differ={("handed_over", "2026-Q1"): 2})
    assert learnt(tried) == {}


def test_devices_that_are_hidden_by_themselves_alone_tell_who_knows_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "_LIKE", {})
    parts = HISTORIES["a few ended"]
    solved = attack((exported(parts, YEAR, handed(parts)), YEAR), differ={}).solved(within=THRESHOLD)
    assert solved[0, "ended", ALL, ALL, ALL] == (3, 3)


def test_something_is_published_and_it_is_true() -> None:
    known = attack((exported(HISTORIES["large and even"], YEAR, DEVICES), YEAR)).known
    assert known[0, "active_before", ALL, ALL, ALL] == 40 + 12 * 9
    assert known[0, "granted", ALL, ALL, ALL] == 12 * 12 * 2 + 6
    assert known[0, "ended", ALL, ALL, ALL] == 40 + 12 * 9
    assert known[0, "active", ALL, ALL, ALL] == 12 * 12 * 2 + 6
    assert known[0, "active", "2026-Q1", ALL, ALL] == 12 * 9 + 72 - 27
    assert known[0, "granted", ALL, "province", "30000"] == 144
    assert known[0, "granted", ALL, "context", "weapons"] == 288
    assert known[0, "ended", ALL, "lasted", "12_or_more"] == 40 + 9
    assert known[0, "ended", "2026-Q2", ALL, ALL] == 27
    assert known[0, "link_lost", ALL, "device", ALL] == 40


def only_small(counts: Counts, threshold: int = THRESHOLD) -> Suppression:
    values = counts.values
    return Suppression(values < threshold, values, values)


def test_the_attack_succeeds_where_only_small_counts_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "suppress", only_small)
    solved = attack((exported(HISTORIES["a few ended"], YEAR), YEAR)).solved(within=THRESHOLD)
    assert solved[0, "ended", ALL, ALL, ALL] == (3, 3)
    solved = attack((exported(HISTORIES["a zone of one"], YEAR), YEAR)).solved(within=THRESHOLD)
    assert solved[0, "granted", ALL, "province", "30000"][1] <= 1


def test_the_attack_succeeds_over_two_exports_where_each_is_safe_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes the ends of a period for hidden hides the end of one, and the next export tells it."""

    class Forgetful(Sums[cases.CaseCell]):
        def counts(self, parts: np.ndarray, links: Sequence[tuple[np.ndarray, np.ndarray]]) -> Counts:
            return super().counts(parts, [(left, right) for left, right in links if len(right)])

    monkeypatch.setattr(cases, "Sums", Forgetful)
    parts: list[Many] = [
        STOOD,
        (20, "2026-03", "2026-03", "", "5415", WEAPONS),
        (2, "2025-05", "2025-06", "2026-03", "5415", ()),
    ]
    spring, autumn = exported(parts, SPRING), exported(parts, AUTUMN)
    assert attack((spring, SPRING), (autumn, AUTUMN)).solved(within=THRESHOLD)


def test_a_case_that_is_entered_later_changes_nothing_of_an_export_made_again() -> None:
    parts = HISTORIES["large and even"]
    more: list[Many] = [*parts, (1, "2026-04", "2027-01", "", "5388", ("weapons",))]  # decided in April, entered since
    assert exported(parts).files == exported(more).files
    spring, autumn = exported(parts, SPRING), exported(parts, AUTUMN)
    joint = attack((spring, SPRING), (autumn, AUTUMN))
    assert joint.known[0, "active", ALL, ALL, ALL] == joint.known[1, "active_before", ALL, ALL, ALL]


def test_the_tables_of_incidents_say_nothing_more_beside_those_of_cases() -> None:
    """No count of one is a sum of the other's: the files of the incidents are the same, whatever there is of cases."""
    one, without = exported(HISTORIES["a few ended"]), made(INCIDENTS, YEAR)
    for name in ("counts.csv", "intervals.csv"):
        assert one.files[name] == without.files[name]
    assert one.published.sha256 == without.published.sha256
    assert one.published.cases_sha256 and not without.published.cases_sha256


def test_of_few_that_stand_at_either_end_nothing_is_told() -> None:
    grown: list[Many] = [(9, "2025-05", "2025-06", "", "5415", ()), (50, "2026-02", "2026-02", "", "5415", ())]
    assert not any(where[3] != "device" for where in attack((exported(grown), YEAR)).known)
    (count, *rest), *others = grown
    assert attack((exported([(count + 1, *rest), *others]), YEAR)).known
    new: list[Many] = [(50, "2026-02", "2026-02", "", "5415", ())]  # nobody stood before: the register is new
    known = attack((exported(new), YEAR)).known
    assert known[0, "active_before", ALL, ALL, ALL] == 0 and known[0, "active", ALL, ALL, ALL] == 50


months = st.sampled_from(["2025-03", "2025-11", *MONTHS])
some = st.tuples(
    st.one_of(st.integers(1, 4), st.integers(5, 30)),
    months,
    months,
    st.sampled_from(["", "", *MONTHS]),
    st.sampled_from(["5415", "5388", ""]),
    st.lists(st.sampled_from(CONTEXTS), unique=True, max_size=2).map(tuple),
).filter(lambda one: not one[3] or one[3] >= one[2])


@settings(max_examples=8, deadline=None)
@given(st.lists(some, max_size=8), st.booleans())
def test_no_hidden_count_of_any_history_is_known(parts: list[Many], halves: bool) -> None:
    stood: list[Many] = [STOOD, *parts]
    exports = [(rows(stood, months), months) for months in ((SPRING, AUTUMN) if halves else (YEAR,))]
    assert attack(*exports).solved(within=THRESHOLD) == {}


@pytest.mark.prove
@settings(max_examples=4, deadline=None)
@given(st.lists(some, max_size=12), st.booleans())
def test_no_hidden_count_of_many_histories_is_known(parts: list[Many], aware: bool) -> None:
    for stood, split in product(([STOOD, *parts], parts), ((YEAR,), (SPRING, AUTUMN), QUARTERS)):
        exports = [(rows(stood, months, handed(stood) if aware else None), months) for months in split]
        assert learnt(attack(*exports, differ={} if aware else None)) == {}
