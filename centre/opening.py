"""Which log a centre writes: its own, in a file or in a cluster; where that can't be, one aside."""

import itertools
from pathlib import Path

from centre.settings import Settings, register_file
from incidents.log import LogUnavailable
from incidents.log.jetstream import JetStreamLog
from incidents.log.servers import Servers
from incidents.log.sqlite import KeyMismatch, SqliteLog
from incidents.log.store import beside, holds_bytes, is_writable

LiveLog = SqliteLog | JetStreamLog


async def open_own(settings: Settings, servers: Servers | None = None) -> LiveLog:
    """The log of these settings: of their cluster, with this server's copy at `log`, or the file there. Raises as both do.

    `servers`: the connection to the cluster that is there already.
    """
    cluster = settings.cluster
    if not cluster.servers:
        return await SqliteLog.open(settings.log, key_file=settings.key_file, register=register_file(settings))
    return await JetStreamLog.open(
        settings.log,
        cluster.servers,
        name=cluster.name,
        replicas=cluster.replicas,
        key_file=settings.key_file,
        access=cluster.access,
        register=register_file(settings),
        servers=servers,
    )


def why(failure: Exception) -> str:
    """Why a log can't be used; the words of what stumbled over its bytes may quote them."""
    if isinstance(failure, TimeoutError):
        return "the log: it does not answer"
    known = isinstance(failure, LogUnavailable | KeyMismatch)
    return str(failure) if known else f"the log: it cannot be read ({type(failure).__name__})"


def place(log: Path) -> Path:
    """Where a log is made that can't be made now. In a folder that is not there or takes nothing a disk may bring the log yet."""
    asides = itertools.chain([".aside"], (f".aside-{n}" for n in itertools.count(2)))
    places = itertools.chain([log] if is_writable(log) else [], (beside(log, end) for end in asides))
    return next(path for path in places if _is_free(path, unknown=path != log))


def _is_free(path: Path, *, unknown: bool) -> bool:
    """Whether nothing is there that a new log would be mixed up with; an attempt on a full disk leaves empty files.

    `unknown`: what is said where nobody can look; the log that is made there looks again.
    """
    try:
        return not any(holds_bytes(path))
    except OSError:
        return unknown
