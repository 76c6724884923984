"""What a page asks that costs more than a lookup: one at a time of each kind, for a page and a person, in threads of its own.

What is asked while one of its kind is under way waits, the newest alone: what was asked before nobody wants to know any more.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from incidents.listeners import without_values

LOOKS: Final = ThreadPoolExecutor(2, "looks")  # at many records: seconds; each that computes keeps the loop for some ms
TYPED: Final = ThreadPoolExecutor(1, "typed")  # what somebody types, or chose: no look is before it
DRAWN: Final = ThreadPoolExecutor(1, "drawn")  # what lies under a map
MOST = 16  # kinds of one page at once

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[[], Awaitable[object]]

_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
_logger = logging.getLogger(__name__)


async def aside(threads: Executor, work: Callable[P, T], *facts: P.args, **named: P.kwargs) -> T:
    """Do it in these threads: nothing that the desk does by itself waits for one of them."""
    return await asyncio.get_running_loop().run_in_executor(threads, partial(work, *facts, **named))


def turn_of(person: str, kind: str) -> asyncio.Lock:
    """A person's turn at something of which they have one at a time, to be held while it lasts: first come, first served."""
    if (turn := _turns.get(f"{kind} {person}")) is None:
        turn = _turns[f"{kind} {person}"] = asyncio.Lock()
    return turn


class Errands:
    """Those of one page. `keep` has work done beside everything else, `person` says whose turn it takes, `gone` waits until
    the page took what it was answered."""

    def __init__(
        self,
        keep: Callable[[Coroutine[Any, Any, None]], None],
        person: Callable[[], str],
        gone: Callable[[], Awaitable[None]],
    ) -> None:
        self._keep, self._person, self._gone = keep, person, gone
        self._newest: dict[str, Work | None] = {}  # of each kind that is under way: what waits

    def ask(self, kind: str, work: Work) -> None:
        """Have it done in its turn, in the place of what waits."""
        if kind in self._newest:
            self._newest[kind] = work
        elif len(self._newest) < MOST:
            self._newest[kind] = work
            self._keep(self._run(kind))

    async def _run(self, kind: str) -> None:
        try:
            while True:
                async with turn_of(self._person(), kind):
                    if (work := self._newest[kind]) is None:
                        return
                    self._newest[kind] = None
                    try:
                        await work()
                    except Exception as error:
                        _logger.error("a page's wish failed", exc_info=without_values(error))
                await self._gone()  # beside the person's turn: a page that sleeps holds up no other of theirs
        finally:
            del self._newest[kind]
