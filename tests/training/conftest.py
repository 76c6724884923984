"""The training room with its server, and its address."""

from tests.training.test_serving import base, room

__all__ = ["base", "room"]
