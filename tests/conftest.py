"""The order of the files: those that wait for browsers and processes among those that compute, so that no core idles."""

from itertools import chain, groupby

import pytest
from hypothesis import HealthCheck, settings

from maps.zones import Zones
from tests.budget import pytest_configure, pytest_runtest_call, pytest_runtest_makereport, pytest_runtest_setup

__all__ = ["pytest_configure", "pytest_runtest_call", "pytest_runtest_makereport", "pytest_runtest_setup"]

# How fast a busy machine draws examples says nothing of the code.
settings.register_profile("vigie", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("vigie")

WAITING = {"browser", "centre"}


@pytest.fixture(scope="session")
def zones() -> Zones:
    """The shipped map."""
    return Zones.load()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    files = [list(of_file) for _, of_file in groupby(items, key=lambda item: item.path)]
    waiting = [file for file in files if file[0].path.parent.name in WAITING]
    rest = [file for file in files if file[0].path.parent.name not in WAITING]
    share = len(rest) / (len(waiting) or 1)
    parts = ([file, *rest[round(n * share) : round((n + 1) * share)]] for n, file in enumerate(waiting))
    items[:] = chain.from_iterable(chain.from_iterable(parts)) if waiting else items
