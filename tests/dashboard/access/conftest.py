"""Accounts with a quick hash, and a clock that goes only when a test moves it."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dashboard.access.accounts import Accounts
from tests.dashboard.conftest import DrivenClock

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "geen echt wachtwoord"


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
def accounts(tmp_path: Path, clock: DrivenClock) -> Accounts:
    accounts = Accounts(tmp_path / "vigie.users", hasher=QUICK, now=lambda: clock.now().timestamp())
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    return accounts
