"""The order of the files: long ones first, browsers, which compute, beside processes, which are waited for, others among them."""

import gc
from collections.abc import Iterator
from itertools import chain, groupby, zip_longest

import pytest
from hypothesis import HealthCheck, settings

from bench.nats_servers import NatsCluster, NatsServer
from maps.zones import Zones
from tests.budget import FEWER, WHOLE, pytest_configure, pytest_runtest_call, starts_nothing
from tests.cost import pytest_runtest_makereport, pytest_runtest_setup

__all__ = ["pytest_configure", "pytest_runtest_call", "pytest_runtest_makereport", "pytest_runtest_setup"]

# How fast a busy machine draws examples says nothing of the code. `make prove` draws them all.
settings.register_profile("prove", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=WHOLE)
settings.register_profile("vigie", settings.get_profile("prove"), max_examples=WHOLE // FEWER)
settings.register_profile("quick", settings.get_profile("prove"), max_examples=WHOLE // FEWER // FEWER)
settings.load_profile("vigie")

BROWSERS, PROCESSES = ("browser",), ("centre", "demo", "faults", "install")


@pytest.fixture(scope="session")
def zones() -> Zones:
    """The shipped map."""
    return Zones.load()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A nats-server that runs; a test has its own streams there."""
    running = NatsServer(tmp_path_factory.mktemp("nats"))
    yield running
    running.kill()


@pytest.fixture(scope="session")
def three_nats_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsCluster]:
    running = NatsCluster(tmp_path_factory.mktemp("nats"))
    yield running
    running.close()


@pytest.fixture
def nats_cluster(three_nats_servers: NatsCluster) -> Iterator[NatsCluster]:
    """Three nats-servers that keep things together; a test has its own streams there. What it ends runs again for the next."""
    three_nats_servers.meet()
    yield three_nats_servers
    for server in three_nats_servers.servers.values():
        server.resume()


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open() -> Iterator[None]:
    """A connection or file that a file of tests leaves open fails there, not in whichever test the collector runs in.

    What is still alive then is never looked at again: looking at all of it after each file takes a fifth of the tests'
    own processor time.
    """
    yield
    gc.collect()
    gc.freeze()


def pytest_collection_finish() -> None:
    """What was imported stays: the collector looks at what the tests make, not at a million objects each time."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if starts_nothing(item):
            item.add_marker("quick")
    files = sorted(
        (list(of_file) for _, of_file in groupby(items, key=lambda item: item.path)), key=_longest_s, reverse=True
    )
    of = {kind: [file for file in files if _folder(file) in kind] for kind in (BROWSERS, PROCESSES)}
    slow = [file for pair in zip_longest(of[BROWSERS], of[PROCESSES]) for file in pair if file]
    rest = [file for file in files if _folder(file) not in BROWSERS + PROCESSES]
    share = len(rest) / (len(slow) or 1)
    parts = ([file, *rest[round(n * share) : round((n + 1) * share)]] for n, file in enumerate(slow))
    items[:] = chain.from_iterable(chain.from_iterable(parts)) if slow else items


def _folder(file: list[pytest.Item]) -> str:
    return file[0].nodeid.split("/")[1]


def _longest_s(file: list[pytest.Item]) -> float:
    """What a test of a file may take at most, where one may take more than others."""
    each = (item.get_closest_marker("timeout") for item in file if not item.get_closest_marker("prove"))
    return max((marker.args[0] for marker in each if marker), default=0.0)
