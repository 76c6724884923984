"""Two people: nobody confirms what they proposed, or what is about them, and nothing lasts longer than a day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.roles import ROLES as ALL
from incidents.two_people import ROLES, WITHIN, Proposal, about_of, apart, confirmed, the_one, too_few, why_not

NOW = datetime(2026, 11, 24, 21, tzinfo=UTC)
NAMES = st.sampled_from(["Ann Fictief", "ann fictief ", "Ben Fictief", "Cem Fictief"])


@given(by=NAMES, other=NAMES, role=st.sampled_from(ALL), age=st.integers(-3600, 100_000), done=st.booleans())
def test_only_another_supervisor_or_auditor_confirms_within_a_day(
    by: str, other: str, role: str, age: int, done: bool
) -> None:
    at = NOW - timedelta(seconds=age)
    proposal = Proposal(
        about=about_of("roles"), says="", by=by, at=at, concerns=("cem fictief",), confirmed_by="x" if done else ""
    )
    allowed = not why_not(proposal, other, {role}, NOW)  # type: ignore[arg-type]
    stands = 0 <= age <= WITHIN.total_seconds()
    assert allowed == (
        stands
        and not done
        and by.strip().casefold() != other.strip().casefold()
        and not other.startswith("Cem")
        and role in ROLES
    )
    assert (confirmed([proposal], about_of("roles"), NOW) is proposal) == (done and stands)
    assert confirmed([proposal], about_of("roles", ""), NOW) is None


@pytest.mark.parametrize(
    ("able", "concerns", "lately", "needs"),
    [
        ("ab", "", "", "two"),
        ("a", "", "", "a"),
        ("", "", "", "nobody"),
        ("", "c", "", "nobody"),
        ("ab", "c", "", "two"),
        ("a", "c", "", "a"),
        ("ab", "a", "", "b"),  # not a, whom it is about, nor nobody
        ("a", "a", "", "nobody"),
        ("abc", "a", "", "two"),
        ("abc", "ab", "", "two"),  # in parts, as the next two: whom it is about confirms the others' part
        ("abc", "abc", "", "two"),
        ("ab", "ab", "", "two"),
        ("a", "", "b", "two"),  # the other was disabled just before
        ("a", "a", "b", "two"),
        ("a", "b", "b", "a"),
        ("", "", "b", "two"),
        ("ab", "bc", "", "two"),  # what is about c takes both, also with something about b beside it
    ],
)
def test_it_takes_two_or_the_one_who_is_left_and_nobody_only_where_nobody_is(
    able: str, concerns: str, lately: str, needs: str
) -> None:
    one = the_one(set(able), set(concerns))
    nobody_else = too_few(set(able) - one | set(lately), set(concerns)) and apart(set(able), set(concerns))
    assert needs == (("".join(one) or "nobody") if nobody_else else "two")
