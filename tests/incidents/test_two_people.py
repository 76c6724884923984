"""Two people: nobody confirms what they proposed, or what is about them, and nothing lasts longer than a day."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from incidents.case import Exclusion
from incidents.roles import ROLES as ALL
from incidents.two_people import ROLES, WITHIN, Proposal, about_of, confirmed, lifted, why_not
from tests.incidents.conftest import FewCases

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


def test_what_is_lifted_is_an_account_or_a_zone_that_a_case_excluded_by_any_writing() -> None:
    case = FewCases().case
    before = msgspec.structs.replace(
        case,
        exclusions=(Exclusion(reason="r", account="Ann Fictief"), Exclusion(reason="r", zone="5415")),
    )
    same = msgspec.structs.replace(
        case,
        exclusions=(Exclusion(reason="other", zone="5415"), Exclusion(reason="r", account=" ANN fictief")),
    )
    assert not lifted(before, same) and not lifted(None, case) and not lifted(case, before)
    assert lifted(before, case) == {"ann fictief", "zone 5415"}
