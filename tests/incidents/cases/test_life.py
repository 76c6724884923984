"""The life of a case: what its steps make of it on a day, and how the register keeps them."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.case import Case, Decision, Person
from incidents.cases import CaseRegister, CasesLocked
from incidents.cases.life import (
    FACTS,
    NEEDS,
    REVIEWS,
    Kind,
    NotPossible,
    State,
    Step,
    check,
    life,
    lived,
    possible,
    step_of,
)
from incidents.cases.register import SteppedMeanwhile
from incidents.cases.sealed import SealedCases
from tests.incidents.cases.conftest import Import, case

BEGINS, ENDS = dt.date(2026, 11, 2), dt.date(2027, 5, 1)
CASE = Case(
    number="2026-0001",
    victim=Person(name="A. Voorbeeld"),
    devices=("AMR-0001",),
    valid_from=BEGINS,
    valid_until=ENDS,
    source="Parket Voorbeeld",
    date=BEGINS,
)


def on(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(23, 30), tzinfo=dt.UTC) - dt.timedelta(hours=12)


def step(kind: str, taken: dt.date = BEGINS, /, **facts: object) -> Step:
    return msgspec.convert({"kind": kind, "id": f"{kind}-{taken}", "at": on(taken), "by": "p-1"} | facts, Step)


def before(days: int) -> dt.date:
    return ENDS - dt.timedelta(days)


DECIDED = {"office": "Parket Voorbeeld", "reference": "FA 12/2026", "day": BEGINS}
GIVEN = step("handed_over", device="AMR-0001", who="Insp. Voorbeeld", day=BEGINS)


@pytest.mark.parametrize(
    ("steps", "day", "state", "needs"),
    [
        ((), BEGINS, "active", ()),
        ((), BEGINS - dt.timedelta(1), "granted", ()),
        ((), ENDS, "active", ("review_missed", "review_due")),
        ((), ENDS + dt.timedelta(1), "expired", ("expired",)),
        ((step("granted"),), BEGINS, "granted", ("not_handed_over",)),
        ((step("granted"), step("ended")), BEGINS, "ended", ()),
        ((GIVEN, step("granted")), BEGINS, "active", ()),
        ((step("suspended"),), BEGINS, "suspended", ("suspended",)),
        ((step("suspended"), step("resumed")), BEGINS, "active", ()),
        ((step("suspended"),), ENDS + dt.timedelta(1), "expired", ("expired",)),
        ((GIVEN, step("ended")), BEGINS, "ended", ("not_returned",)),
        ((GIVEN, step("ended"), step("returned")), BEGINS, "returned", ()),
        ((GIVEN, step("returned")), BEGINS, "returned", ("end_missing",)),
        ((step("returned"), step("replaced", device="AMR-0001")), BEGINS, "active", ()),
        ((step("ended"), step("renewed", until=ENDS, **DECIDED)), BEGINS, "active", ()),
        ((step("doubted", fact="a van", text="it is grey"),), BEGINS, "active", ("doubted",)),
    ],
)
def test_the_state_of_a_day_follows_from_validity_and_steps(
    steps: tuple[Step, ...], day: dt.date, state: State, needs: tuple[str, ...]
) -> None:
    found = life(CASE, steps, day)
    assert (found.state, found.needs) == (state, needs)


def test_reviews_fall_due_30_14_and_3_days_before_the_end_and_one_that_nobody_made_is_missed() -> None:
    def said(day: dt.date, *looked: dt.date) -> list[str]:
        return [review.state for review in life(CASE, [step("reviewed", one) for one in looked], day).reviews]

    assert [review.due for review in life(CASE, (), BEGINS).reviews] == [before(days) for days in REVIEWS]
    assert said(before(31)) == ["coming", "coming", "coming"]
    assert said(before(30)) == ["due", "coming", "coming"]
    assert said(before(15), before(30)) == said(before(15), before(15)) == ["done", "coming", "coming"]
    assert said(before(15), before(31)) == ["due", "coming", "coming"], "it was looked at before it was due"
    assert said(before(14)) == ["missed", "due", "coming"]
    assert said(ENDS, before(29), before(1)) == ["done", "missed", "done"]
    assert "review_missed" not in life(CASE, [step("reviewed", before(13))], before(13)).needs, "a later one was made"
    renewed = [step("renewed", before(10), until=ENDS + dt.timedelta(180), **DECIDED)]
    said_then = [review.state for review in life(CASE, renewed, before(2)).reviews]
    assert said_then == ["missed", "coming", "coming", "coming"], "what was missed before the renewal stays missed"
    short = msgspec.structs.replace(CASE, valid_from=before(10))
    assert [r.due for r in life(short, (), before(10)).reviews] == [before(3)]


def test_a_case_says_to_who_asks_the_register_what_its_steps_made_of_it() -> None:
    steps = [
        step("granted", convention=BEGINS, zone="5415", **DECIDED),
        step("renewed", until=ENDS + dt.timedelta(90), **(DECIDED | {"reference": "FA 13/2027"})),
        step("suspended"),
    ]
    found = lived(CASE, steps)
    assert (found.valid_until, found.standing) == (ENDS + dt.timedelta(90), "suspended")
    assert found.decision == Decision(office="Parket Voorbeeld", reference="FA 13/2027", date=BEGINS)
    assert (found.convention, found.managing_zone) == (BEGINS, "5415")
    later = msgspec.structs.replace(CASE, valid_until=ENDS + dt.timedelta(400))
    assert lived(later, steps).valid_until == ENDS + dt.timedelta(400), "a file that says more counts"


@pytest.mark.parametrize("standing", ["suspended", "ended", "returned"])
def test_a_device_that_two_cases_have_is_of_the_one_in_which_it_is_in_service(standing: str) -> None:
    stopped = msgspec.structs.replace(CASE, standing=standing, valid_until=ENDS + dt.timedelta(400))
    now = msgspec.structs.replace(CASE, number="2026-0002")
    register = CaseRegister.of([stopped, now], today=lambda: BEGINS)
    assert register.by_device("AMR-0001") == now
    assert register.by_device("AMR-0001", ENDS + dt.timedelta(1)) == stopped
    assert (stopped.state_on(BEGINS), now.state_on(BEGINS)) == (standing, "open")
    assert (now.state_on(BEGINS - dt.timedelta(1)), now.state_on(ENDS + dt.timedelta(1))) == ("early", "expired")


days = st.dates(BEGINS - dt.timedelta(5), ENDS + dt.timedelta(60))
kinds = st.sampled_from([*FACTS, "a_word_of_tomorrow"])
histories = st.lists(
    st.builds(lambda kind, day, until: step(kind, day, until=until, device="AMR-0001"), kinds, days, days), max_size=12
)


@given(steps=histories, day=days)
def test_whatever_was_done_the_fold_answers_and_the_protection_is_never_cut_short(
    steps: list[Step], day: dt.date
) -> None:
    found = life(CASE, steps, day)
    assert found.until >= CASE.valid_until
    assert found.state in get_args(State) and set(found.needs) <= set(NEEDS)
    assert found.needs == tuple(sorted(found.needs, key=NEEDS.index))
    assert (found.standing == found.state) or found.standing in ("", "suspended")
    assert sum(review.state == "due" for review in found.reviews) <= 1
    known = [one for one in steps if one.kind in FACTS]
    assert life(CASE, known, day) == found, "a word of a newer version changes nothing"
    again = lived(CASE, steps)
    assert (again.standing, again.valid_until) == (found.standing, found.until)
    assert lived(again, steps) == again
    assert "replaced" in possible(found) and "granted" in possible(found), "a broken button never waits"


@given(kind=st.sampled_from(get_args(Kind)), said=st.dictionaries(st.sampled_from(
    ["office", "reference", "day", "until", "convention", "zone", "device", "old", "who", "fact", "text", "about"]
), st.text(max_size=300)))  # fmt: skip
def test_whatever_is_typed_makes_a_step_or_says_what_is_wrong(kind: Kind, said: dict[str, str]) -> None:
    try:
        made = step_of(kind, said, id="wish", at=on(BEGINS), by="p-1")
    except NotPossible as wrong:
        assert wrong.code in ("missing", "malformed", "too_long") and wrong.field
        return
    assert all(getattr(made, fact.rstrip("*")) for fact in FACTS[kind] if fact.endswith("*"))
    assert msgspec.json.decode(msgspec.json.encode(made), type=Step) == made


@pytest.mark.parametrize(
    ("kind", "facts", "code"),
    [
        ("resumed", {}, "not_now"),
        ("renewed", {"until": BEGINS - dt.timedelta(1)}, "until_past"),
        ("handed_over", {"day": BEGINS + dt.timedelta(1), "device": "AMR-0001"}, "day_coming"),
        ("returned", {"day": BEGINS, "device": "AMR-0777"}, "not_hers"),
        ("settled", {"about": "nothing"}, "not_now"),
        ("a_word_of_tomorrow", {}, "not_now"),
    ],
)
def test_a_step_that_can_not_follow_is_refused(kind: str, facts: dict[str, object], code: str) -> None:
    with pytest.raises(NotPossible) as refused:
        check(step(kind, **facts), CASE, (), BEGINS)
    assert refused.value.code == code


def test_a_step_is_kept_sealed_once_and_in_its_place(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    register = CaseRegister.open(path)
    with closing(sqlite3.connect(path)) as db:
        assert not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'steps'").fetchone(), "made with the first"
    suspended = step("suspended", reference="FA 99/2026", text="she asked for it")
    assert register.take_step("2026-0001", suspended, seen=0)
    assert not register.take_step("2026-0001", suspended, seen=0), "the same wish"
    with pytest.raises(SteppedMeanwhile):
        register.take_step("2026-0001", step("resumed"), seen=0)
    assert register.reload_if_changed() == ("2026-0001",)
    assert [one.standing for one in register.all()].count("suspended") == 1
    found = register.by_device("AMR-0001")
    assert found is not None and found.standing == "suspended"
    stored = b"".join(file.read_bytes() for file in path.parent.glob("cases.db*"))
    assert b"FA 99" not in stored and b"suspended" not in stored and b"2026-0001" not in stored
    assert not load([case("2026-0001"), case("2026-0002")]).problems
    again = CaseRegister.open(path)
    assert again.lived("2026-0001") == register.lived("2026-0001"), "an import loses no step"
    load([], withdrawn=["2026-0001"])
    assert CaseRegister.open(path).lived("2026-0001") is None
    load([case("2026-0001")])
    back = CaseRegister.open(path).by_number("2026-0001")
    assert back is not None and back.standing == "suspended"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE steps SET sealed = zeroblob(40) WHERE step = 1",
        "DELETE FROM steps WHERE step = 1",
        "UPDATE steps SET step = 3 - step WHERE step < 3 AND tag IN (SELECT tag FROM steps)",
    ],
)
def test_a_damaged_life_is_said_and_the_case_goes_on_as_it_was(load: Import, path: Path, damage: str) -> None:
    load([case("2026-0001"), case("2026-0002")])
    register = CaseRegister.open(path)
    register.take_step("2026-0001", step("suspended"), seen=0)
    register.take_step("2026-0001", step("reviewed"), seen=1)
    register.reload_if_changed()
    with closing(sqlite3.connect(path)) as db:
        if damage.startswith("UPDATE steps SET step"):
            for change in ("step = 9 WHERE step = 1", "step = 1 WHERE step = 2", "step = 2 WHERE step = 9"):
                db.execute(f"UPDATE steps SET {change}")
        else:
            db.execute(damage)
        db.commit()
    fresh = CaseRegister.open(path)
    assert fresh.state == "locked" and fresh.reason == "damaged cases: 1 of 3"
    kept = fresh.by_number("2026-0001")
    assert kept is not None and kept.standing == "", "the case is there, without its life"
    with pytest.raises(CasesLocked):
        fresh.take_step("2026-0001", step("resumed"), seen=2)


def test_a_file_says_no_standing_and_no_unknown_zone(load: Import) -> None:
    report = load(
        [case("2026-0001", standing="ended"), case("2026-0002", managing_zone="1")], known_zone=lambda zone: False
    )
    assert [problem.reason for problem in report.problems] == [
        "standing: it follows from the steps that the register keeps",
        "managing_zone: no such zone",
    ]


def test_a_case_that_was_erased_and_is_imported_again_begins_a_life_of_its_own(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    assert CaseRegister.open(path).take_step("2026-0001", step("granted", **DECIDED), seen=0)
    with SealedCases.open(path, None, writing=True) as file, file.transaction():
        (_, kept), *_ = file.step_rows(file.tag("2026-0001"))
        file.forget(file.tag("2026-0001"), place=str)
        assert not file.step_rows(file.tag("2026-0001"))
    assert kept not in path.read_bytes()
    load([case("2026-0001"), case("2026-0002")])
    register = CaseRegister.open(path)
    assert (register.state, register.reason, len(register)) == ("open", "", 2)
    found = register.lived("2026-0001")
    assert found is not None and found[1] == ()
    assert register.take_step("2026-0001", step("granted", **DECIDED), seen=0)
    assert CaseRegister.open(path).state == "open"
