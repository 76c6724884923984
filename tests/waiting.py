"""Waiting for a state, by a deadline that a slow machine keeps: no test waits for a time, and none fails for a busy moment."""

import asyncio
from collections.abc import Callable

LONG_S = 60.0  # half of what a test may take in all


async def until(true: Callable[[], object], within_s: float = LONG_S) -> None:
    """Wait for it. Raises TimeoutError; where `within_s` is less, how soon it comes is what the test is about."""
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)
