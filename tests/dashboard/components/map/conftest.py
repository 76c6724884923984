import pytest

from maps.zones import Zones


@pytest.fixture(scope="session")
def zones() -> Zones:
    return Zones.load()
