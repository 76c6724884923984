"""What is said where a part of the register can't be opened although the key is right."""

import contextlib
from collections.abc import Iterator

from incidents.cases.sealed import CasesLocked, Damaged


@contextlib.contextmanager
def undamaged(what: str = "a case") -> Iterator[None]:
    """For what can't go on without `what`, as a person reads it. Raises `CasesLocked` in the place of `Damaged`."""
    try:
        yield
    except Damaged:
        raise CasesLocked(f"the case register: {what} in it is damaged; restore it from a backup") from None
