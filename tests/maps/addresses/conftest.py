"""The shipped addresses, opened once for all tests of a run."""

import pytest

from maps.addresses.addresses import Addresses
from maps.zones import Zones


@pytest.fixture(scope="session")
def addresses(zones: Zones) -> Addresses:
    return Addresses.of(None, zones).warm()
