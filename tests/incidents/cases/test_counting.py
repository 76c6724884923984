"""What is counted of cases: by what was known in each month, the same for ever, also once a case is erased."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.case import Case, Decision, Fact, Person
from incidents.cases import CaseRegister
from incidents.cases.counting import Counted, Protection, Version, protections
from incidents.cases.life import Step
from incidents.cases.rotation import rotate
from incidents.cases.sealed import Damaged, SealedCases
from incidents.events import BRUSSELS
from incidents.log.master import fresh, make
from incidents.log.master import load as load_key
from tests.incidents.cases.conftest import Import
from tests.incidents.cases.conftest import case as imported

D = dt.date
FIRST = D(2026, 1, 10)
CASE = Case(
    number="2026-0001",
    victim=Person(name="A. Voorbeeld"),
    devices=("AMR-0001",),
    valid_from=FIRST,
    valid_until=D(2026, 12, 31),
    source="Parket Voorbeeld",
    date=FIRST,
    home_zone="5415",
)
FACT = Fact(text="a threat", source="x", date=FIRST)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC)


def step(kind: str, day: dt.date, /, **facts: object) -> Step:
    return msgspec.convert({"kind": kind, "id": f"{kind}-{day}", "at": at(day), "by": "p"} | facts, Step)


def counts(versions: Sequence[tuple[dt.date, Case | None]], *steps: Step, now: dt.date = D(2028, 1, 1)) -> list[str]:
    found = protections([(at(day), case) for day, case in versions], steps, at(now))
    return [f"{one.decided} {one.begun}..{one.ended}" for one in found]


def test_a_case_counts_from_the_month_it_is_entered_to_the_month_in_which_that_is_over() -> None:
    entered = (D(2026, 3, 2), CASE)
    assert counts([entered], now=D(2026, 12, 31)) == ["2026-01 2026-03.."]
    assert counts([entered]) == ["2026-01 2026-03..2026-12"]  # nobody ended it: its last day was in December
    ended = step("ended", D(2026, 6, 2), reference="x", day=D(2026, 4, 1))
    assert counts([entered], ended) == ["2026-01 2026-03..2026-06"]  # April is closed
    assert counts([entered], step("returned", D(2026, 5, 2))) == ["2026-01 2026-03..2026-05"]
    assert counts([entered, (D(2026, 7, 1), None)]) == ["2026-01 2026-03..2026-07"]
    assert counts([entered], step("suspended", D(2026, 6, 2))) == ["2026-01 2026-03..2026-12"]
    again = step("renewed", D(2026, 8, 1), until=D(2027, 1, 5))
    assert counts([entered], ended, again) == ["2026-01 2026-03..2026-06", "2026-08 2026-08..2027-01"]


def test_a_renewal_that_came_too_late_leaves_the_month_in_which_it_ran_out_as_it_was() -> None:
    entered, late = (D(2026, 1, 12), CASE), D(2027, 2, 3)
    longer = msgspec.structs.replace(CASE, valid_until=D(2027, 6, 1))
    assert counts([entered, (late, longer)]) == ["2026-01 2026-01..2026-12", "2027-02 2027-02..2027-06"]
    in_time = step("renewed", D(2026, 12, 31), until=D(2027, 6, 1))
    assert counts([entered], in_time) == ["2026-01 2026-01..2027-06"]
    over = msgspec.structs.replace(CASE, valid_until=D(2026, 1, 11))
    assert counts([(D(2026, 5, 1), over)]) == []  # it was over when it came


def test_what_ran_out_before_a_case_was_counted_ends_nothing_that_began_since() -> None:
    versions = [(at(FIRST), CASE), (at(D(2027, 2, 3)), msgspec.structs.replace(CASE, valid_until=D(2027, 6, 1)))]
    then, later = at(D(2027, 3, 1)), at(D(2028, 1, 1))
    counted = Counted(until=then, protections=protections(versions, (), then))
    assert protections(versions, (), later, counted) == protections(versions, (), later)
    assert [one.ended for one in protections(versions, (), later)] == ["2026-12", "2027-06"]


def test_what_a_case_says_counts_as_it_was_in_the_month_in_which_it_was_entered() -> None:
    more = msgspec.structs.replace(
        CASE,
        weapons=(FACT,),
        managing_zone="5416",
        decision=Decision(office="P", reference="r", date=D(2025, 12, 30)),
    )
    (same_month,) = protections([(at(D(2026, 3, 2)), CASE), (at(D(2026, 3, 9)), more)], (), at(D(2026, 4, 1)))
    assert same_month == Protection(begun="2026-03", decided="2025-12", place="5416", context=("weapons",))
    (later,) = protections([(at(D(2026, 3, 2)), CASE), (at(D(2026, 4, 1)), more)], (), at(D(2026, 5, 1)))
    assert later == Protection(begun="2026-03", decided="2026-01", place="5415")


days = st.dates(D(2026, 1, 1), D(2026, 12, 31))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Version], list[Step]]:
    moments = sorted(draw(st.lists(days, min_size=1, max_size=6)))
    versions: list[Version] = []
    for day in moments:
        gone = bool(versions) and versions[-1][1] is not None and draw(st.booleans())
        until = draw(st.dates(D(2026, 1, 1), D(2027, 6, 1)))
        versions.append((at(day), None if gone else msgspec.structs.replace(CASE, valid_until=until)))
    steps = []
    for n, day in enumerate(sorted(draw(st.lists(days, max_size=6)))):
        kind = draw(st.sampled_from(["ended", "returned", "renewed", "handed_over", "suspended", "resumed"]))
        steps.append(step(kind, day, until=draw(days) if kind == "renewed" else None, device="x"))
        steps[-1] = msgspec.structs.replace(steps[-1], id=f"s{n}")
    return versions, steps


def by_then(found: Sequence[Protection], month: str) -> list[tuple[str, str]]:
    """What is said of the months until one, it included."""
    return [(one.begun, one.ended if one.ended <= month else "") for one in found if one.begun <= month]


@given(histories(), days)
def test_what_is_entered_later_changes_no_month_that_is_over(
    history: tuple[list[Version], list[Step]], day: dt.date
) -> None:
    versions, steps = history
    first = dt.datetime(day.year, day.month, 1, 0, 5, tzinfo=BRUSSELS)
    before = f"{day.year}-{day.month - 1:02}"
    then, later = protections(versions, steps, first), protections(versions, steps, at(D(2028, 1, 1)))
    assert by_then(then, before) == by_then(later, before)
    assert all(one.begun <= (one.ended or "9") for one in later)
    assert all(a.ended and a.ended <= b.begun for a, b in pairwise(later))


@given(histories(), days, st.data())
def test_what_the_register_forgets_of_a_case_is_counted_as_before(
    history: tuple[list[Version], list[Step]], day: dt.date, data: st.DataObject
) -> None:
    versions, steps = history
    cut = at(day)
    counted = Counted(until=cut, protections=protections(versions, steps, cut))
    known = [one for one in versions if one[0] <= cut]
    kept = [one for one in known[:-1] if data.draw(st.booleans())]
    rest = [*kept, *known[-1:], *(one for one in versions if one[0] > cut)]
    assert protections(rest, steps, at(D(2028, 1, 1)), counted) == protections(versions, steps, at(D(2028, 1, 1)))


def dated(path: Path, *days: dt.date) -> None:
    """As if the versions had come on these days, in their order."""
    with closing(sqlite3.connect(path)) as db, db:
        for (n,), day in zip(db.execute("SELECT n FROM versions ORDER BY n").fetchall(), days, strict=True):
            db.execute("UPDATE versions SET at = ? WHERE n = ?", (at(day).isoformat(), n))


def found(path: Path) -> list[Protection]:
    with SealedCases.open(path, None) as file:
        return [one for case in file.counted(at(D(2028, 1, 1))).values() for one in case]


def test_an_erased_case_is_counted_as_before_by_its_province_and_under_another_key_too(
    load: Import, path: Path
) -> None:
    weapons = [{"text": "w", "source": "x", "date": "2026-01-02"}]
    facts = {"valid_from": "2026-01-10", "managing_zone": "5415", "weapons": weapons}
    load([imported("2026-0001", **facts), imported("2026-0002", **facts)])
    assert CaseRegister.open(path).take_step("2026-0002", step("handed_over", D(2026, 2, 3)), seen=0)
    load([imported("2026-0002", **facts | {"weapons": []})], ["2026-0001"])
    dated(path, D(2026, 1, 12), D(2026, 1, 12), D(2026, 5, 1), D(2026, 5, 1))
    before = sorted(found(path), key=str)
    assert [(one.begun, one.ended, one.place, one.context) for one in before] == [
        ("2026-01", "2026-05", "5415", ("weapons",)),
        ("2026-01", "2027-05", "5415", ("weapons",)),
    ]
    with SealedCases.open(path, None, writing=True) as file, file.transaction():
        file.forget(file.tag("2026-0001"), place={"5415": "40000"}.__getitem__)
        file.forget(file.tag("2026-0002"), 1, place={"5415": "40000"}.__getitem__)
    coarse = [msgspec.structs.replace(one, place="40000") for one in before]
    assert sorted(found(path), key=str) == coarse
    assert b"40000" not in path.read_bytes()
    key = path.with_name("cases.db.key")
    new = path.with_name("new.key")
    make(new, fresh)
    rotate(path, load_key(key, fresh), load_key(new, fresh))
    key.write_bytes(new.read_bytes())
    assert sorted(found(path), key=str) == coarse
    load([imported("2026-0001", **facts)])  # the same number again: a case of its own
    assert len(found(path)) == 3
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE counted SET sealed = zeroblob(40)")
    with pytest.raises(Damaged):
        found(path)
