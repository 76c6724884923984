"""A port for a server whose own is not said."""

import contextlib
import random
import socket

from incidents.listening_port import listening

# No system gives these to a connection that goes out: Linux begins at 32,768, others at 49,152.
_OURS = range(20_000, 32_768)


def free_port(address: str = "127.0.0.1") -> int:
    """A port that nobody has now, and that no connection is given before it is listened on. Raises CannotListen."""
    *tries, last = random.sample(_OURS, 100)
    for port in tries:
        with contextlib.suppress(OSError), listening(address, port), socket.create_server((address, port)):
            return port
    with listening(address, last), socket.create_server((address, last)):
        return last
