"""Whose password is checked next: addresses take turns, and the accounts that one address tries take turns within its own.

Every second turn is that of the address that failed least, so that who comes for the first time waits for two checks, however
many attempts others make and from however many addresses that failed. What waits holds a name, a password and a connection; what
is being checked holds 64 MiB, and there are only so many places for that.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable

Waiting = asyncio.Future[None]


class Turns:
    """`places` checks at once; `failures` tells how often an address failed lately. Use it on one loop."""

    def __init__(self, places: int, failures: Callable[[str], int] = lambda address: 0) -> None:
        self._free = places
        self._failures = failures
        self._odd = False
        self._waiting: OrderedDict[str, OrderedDict[str, deque[Waiting]]] = OrderedDict()

    @contextlib.asynccontextmanager
    async def turn(self, address: str, account: str) -> AsyncIterator[None]:
        """Wait for a place, and have it while it lasts."""
        if self._free:
            self._free -= 1
        else:
            waiting: Waiting = asyncio.get_running_loop().create_future()
            accounts = self._waiting.setdefault(address, OrderedDict())
            accounts.setdefault(account, deque()).append(waiting)
            try:
                await waiting
            except asyncio.CancelledError:
                if waiting.done() and not waiting.cancelled():
                    self._next()  # the place was given in the very moment
                else:
                    self._leave(address, account, waiting)
                raise
        try:
            yield
        finally:
            self._next()

    def _leave(self, address: str, account: str, waiting: Waiting) -> None:
        accounts = self._waiting.get(address, OrderedDict())
        if waiting not in (queue := accounts.get(account, deque())):
            return
        queue.remove(waiting)
        if not queue:
            del accounts[account]
        if not accounts:
            del self._waiting[address]

    def _next(self) -> None:
        """Give the place that became free to the next of the next address."""
        while self._waiting:
            self._odd = not self._odd
            # The first of those that failed least is the one that waits longest.
            address = min(self._waiting, key=self._failures) if self._odd else next(iter(self._waiting))
            accounts = self._waiting.pop(address)
            account, queue = accounts.popitem(last=False)
            waiting = queue.popleft()
            if queue:
                accounts[account] = queue
            if accounts:
                self._waiting[address] = accounts
            if not waiting.done():  # or it was just taken back
                waiting.set_result(None)
                return
        self._free += 1
