"""Documents are asked for by who is signed in: their fixtures are those of the sign-in."""

from collections.abc import AsyncIterator

from dashboard.access.accounts import Accounts
from incidents.roles import ROLES, Role
from tests.dashboard.access.conftest import PASSWORD, accounts, base, clock
from tests.dashboard.access.test_sign_in import Site, cookie_of, site

__all__ = ["accounts", "base", "clock", "in_each_role", "site"]


async def in_each_role(site: Site, accounts: Accounts) -> AsyncIterator[tuple[Role, str]]:
    """Each role, and the cookie of an account that has only this one."""
    for role in ROLES:
        accounts.add(f"{role} one", {role}, PASSWORD, zone="5415" if role == "zone" else "")
        yield role, cookie_of(await site.enter(f"{role} one"))
