"""Documents are asked for by who is signed in: their fixtures are those of the sign-in."""

from tests.dashboard.access.conftest import accounts, base, clock

__all__ = ["accounts", "base", "clock"]
