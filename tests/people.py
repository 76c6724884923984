"""Those who ask the desk for something in tests."""

from incidents.roles import User


def dispatcher(actor: str) -> User:
    """A dispatcher under this pseudonym."""
    return User(actor=actor, roles=frozenset({"dispatcher"}))


def technician(actor: str) -> User:
    """A technician under this pseudonym."""
    return User(actor=actor, roles=frozenset({"technician"}))
