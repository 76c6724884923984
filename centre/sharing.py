"""What the servers of a cluster share beside their log: accounts and sign-ins, cases, and which pages are where."""

import asyncio
import logging
from typing import Self

from centre.settings import Settings, users_file
from dashboard.access.sharing import share_accounts
from incidents.cases.sharing import share_cases
from incidents.clock import Clock
from incidents.log.replicas import Replicas
from incidents.log.servers import Servers
from incidents.log.shared_file import SharedFile
from incidents.log.shared_keys import SharedKeys
from incidents.presence.clocks import HeldClock
from incidents.presence.sharing import Seals, Sharing

FILLED_S = 15.0  # a server that starts waits so long for what the others have; then it goes on from its own files

_logger = logging.getLogger(__name__)


class Shared:
    """The files are shared from the beginning, `pages` once the log is open; `clock` is held to the others'. `replicas`: who of
    the nats-servers keeps it all. `close` it."""

    def __init__(self, settings: Settings, clock: HeldClock, *, accounts: bool) -> None:
        self.clock = clock
        self._cluster = cluster = settings.cluster
        self.servers = Servers(cluster.servers, cluster.access)  # one connection: what its words show holds for the log
        self.files: list[SharedFile] = []
        to, key, replicas = self.servers, settings.key_file, cluster.replicas
        if accounts:
            self.files.append(share_accounts(users_file(settings), to, cluster.name, key_file=key, replicas=replicas))
        if settings.cases is not None:
            self.files.append(share_cases(settings.cases, to, cluster.name, key_file=key, replicas=replicas))
        streams = [cluster.name, SharedKeys(to, cluster.name).stream, *(file.stream for file in self.files)]
        self.replicas = Replicas(to, streams, replicas)
        self._tasks = [asyncio.create_task(file.run(), name=file.stream) for file in self.files]
        self._tasks.append(asyncio.create_task(self.replicas.run(), name="replicas"))

    @classmethod
    async def begin(cls, settings: Settings, clock: Clock | None, *, accounts: bool) -> Self | None:
        """Share the files of these settings and wait until they have what the others have; None without a cluster.

        A `clock` that can be held is.
        """
        if not settings.cluster.servers:
            return None
        shared = cls(settings, clock if isinstance(clock, HeldClock) else HeldClock(), accounts=accounts)
        found = await asyncio.gather(*(file.filled(FILLED_S) for file in shared.files))
        for file, filled in zip(shared.files, found, strict=True):
            if not filled:
                _logger.error("NOT SHARED: %s: %s; it is as it was here", file.stream, file.trouble or "no answer yet")
        return shared

    def pages(self, seals: Seals) -> Sharing:
        """The word of which pages are where."""
        return Sharing(self.servers, self._cluster.name, self._cluster.replicas, seals, self.clock)

    async def close(self) -> None:
        """Stop sharing; the files stay."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.servers.close()
