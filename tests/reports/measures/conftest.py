"""A table is made of a desk's incidents: its fixtures are those of the desk."""

from tests.incidents.conftest import clock, floor, open_floor

__all__ = ["clock", "floor", "open_floor"]
