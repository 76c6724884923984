"""Accounts with a quick hash, and a clock that goes only when a test moves it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.server import serve
from dashboard.technician.tests_in_progress import Bench
from incidents.bindings import DeviceCases
from incidents.roles import ROLES
from tests.dashboard.conftest import DrivenClock, House

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "geen echt wachtwoord"


def bench(house: House) -> Bench:
    """A bench without a receiver, on the house's one case."""

    async def reload() -> None:
        """Nothing is written."""

    cases = DeviceCases(house.desk, house.cases, lambda device: f"device/{device}", reload)
    return Bench(house.desk, None, cases, house.consoles.watching)


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
def accounts(tmp_path: Path, clock: DrivenClock) -> Accounts:
    accounts = Accounts(tmp_path / "vigie.users", hasher=QUICK, now=lambda: clock.now().timestamp())
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    return accounts


@pytest.fixture
async def base(house: House, accounts: Accounts) -> AsyncIterator[str]:
    """The address of a server on which an account of each role can sign in."""
    for role in ROLES:
        accounts.add(f"{role} fictief", [role], PASSWORD, **({"zone": "5415"} if role == "zone" else {}))
    signins = SignIns(accounts, clock=house.clock)
    house.consoles.signins = signins
    house.consoles.bench = bench(house)
    server = serve(house.consoles, door=Door(lambda: signins, lambda: house.desk), port=0)
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
    signins.close_file()
