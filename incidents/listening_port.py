"""Listening on a port: the one error that every server of Vigie gives when it can't, with the port and what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class CannotListen(OSError):
    """A port can't be listened on: which one, why, and what to do, in one line."""


@contextmanager
def listening(address: str, port: int, what: str = "", setting: str = "") -> Iterator[None]:
    """Around what binds this port, for `what`, if that is not plain; `setting` is the one that says which port.

    Raises CannotListen in the place of an OSError that names no port.
    """
    try:
        yield
    except OSError as error:
        why = (
            "another program listens there; end it, or choose another port"
            if error.errno == errno.EADDRINUSE
            else f"{error.strerror or 'it is refused'}; choose another address or port"
        )
        raise CannotListen(
            f"can't listen on port {port} of {address}{what and f' for {what}'}: {why} ({setting and f'{setting}, or '}--port)"
        ) from error
