"""Two people: nobody confirms what they proposed, or what is about them, and nothing lasts longer than a day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.roles import ROLES as ALL
from incidents.two_people import ROLES, WITHIN, Proposal, about_of, confirmed, too_few, why_not

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
    ("able", "concerns", "few"),
    [
        ("ab", "", False),
        ("a", "", True),
        ("ab", "c", False),
        ("ab", "a", True),
        ("abc", "a", False),
        ("abc", "abc", False),  # one after the other two are left
        ("ab", "ab", True),
    ],
)
def test_who_a_change_is_about_counts_out_one_at_a_time(able: str, concerns: str, few: bool) -> None:
    assert too_few(set(able), set(concerns)) == few
