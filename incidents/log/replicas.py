"""Which of a cluster's nats-servers do not keep all of a log: asked of JetStream, for one without it takes connections."""

import asyncio
import contextlib
from collections.abc import Sequence

from incidents.log import LogUnavailable
from incidents.log.servers import ApiError, Servers

EVERY_S = 5.0
_LOOKS = 3  # in a row: under load a server is behind for moments
_UNKNOWN = "?"


async def lacking(servers: Servers, stream: str, replicas: int) -> set[str]:
    """The nats-servers that do not have all of a stream now, by their names.

    Raises `ApiError` where there is no such stream, and `LogUnavailable`.
    """
    cluster = (await servers.ask(f"STREAM.INFO.{stream}")).get("cluster") or {}
    others = cluster.get("replicas") or []
    behind = {str(one["name"]) for one in others if one.get("offline") or not one.get("current")}
    return behind | ({_UNKNOWN} if len(others) + 1 < replicas else set())


class Replicas:
    """`lost`: those that lacked some of these streams at each of the last looks; none while nobody answers, which is CUT OFF."""

    def __init__(self, servers: Servers, streams: Sequence[str], replicas: int) -> None:
        self._servers, self._streams, self._replicas = servers, streams, replicas
        self._behind: dict[str, int] = {}  # at how many looks in a row
        self.lost: tuple[str, ...] = ()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Look once."""
        now = set[str]()
        for stream in self._streams:
            with contextlib.suppress(ApiError, LogUnavailable):
                now |= await lacking(self._servers, stream, self._replicas)
        self._behind = {name: self._behind.get(name, 0) + 1 for name in now}
        self.lost = tuple(sorted(name for name, looks in self._behind.items() if looks >= _LOOKS))
