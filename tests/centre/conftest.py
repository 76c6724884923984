"""One process of each server, for all that is asked of it from outside."""

from collections.abc import Iterator

import pytest

from tests.centre.served import SERVERS, Served


@pytest.fixture(scope="session", params=SERVERS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(request.param, tmp_path_factory.mktemp("served")) as served:
        yield served
