"""The fixtures of a real desk on a real log."""

from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import floor as floor
from tests.incidents.conftest import open_floor as open_floor
