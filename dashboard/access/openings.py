"""Pages that come at once are made one after the other, and a press goes before the next.

Making one keeps the loop for a tenth of a second and more. A press has a dozen turns of the loop to go, and answers of the log to
wait for between them: of two hundred pages that come at once it would wait for all.
"""

import asyncio

REST_S = 0.02  # before each: an answer of the log comes within it
IDLE_S = 0.001  # a turn of the loop in which nobody else had much to do
LONGEST_S = 0.15  # that is waited for one: on a desk that is never idle pages come all the same


class Openings:
    """Whose page is made next, in the order in which they came."""

    def __init__(self) -> None:
        self._first = asyncio.Lock()

    async def turn(self) -> None:
        """Wait for it. What is then made at once, without waiting for anything, is made alone."""
        async with self._first:
            await rest()


async def rest() -> None:
    """Let everything else on the loop go first, for a moment."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(REST_S)
    until = (now := loop.time()) + LONGEST_S
    while now < until:
        before = now
        await asyncio.sleep(0)
        if (now := loop.time()) - before < IDLE_S:
            break
