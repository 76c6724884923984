"""Tells somebody outside the centre that an alarm waits for anyone: the centre's own command, its webhook, or both.

What is told names no person: the incident's id, the step, the zone, times. The command gets it as JSON on its standard input; the
webhook as the body of a POST. Each is tried three times, and so many at once that a flood of alarms is no flood of processes.
"""

import asyncio
import contextlib
import logging
import os
import shlex
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import msgspec
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from feeds.posting import Poster
from feeds.settings import OutsideSettings
from incidents.events import OutsideTold

TRIES = 3
ANSWER_BYTES = 64 << 10
AT_ONCE = 16  # tries under way of each channel; more wait their turn, the oldest first

_logger = logging.getLogger(__name__)


class Failed(Exception):
    """One try failed: why, in words that quote nothing."""


class Outside:
    """Call it with the facts; it answers what became of each way that is set, and never raises for a way that fails."""

    def __init__(self, settings: OutsideSettings) -> None:
        self._settings = settings
        self._poster = Poster(settings, "outside")
        self._places = {channel: asyncio.Semaphore(AT_ONCE) for channel in ("command", "webhook")}

    async def __call__(self, facts: dict[str, str]) -> Sequence[OutsideTold]:
        """Tell. One result for each way that is set, none when there is none."""
        body = msgspec.json.encode(facts)
        ways: list[Awaitable[OutsideTold]] = []
        if self._settings.command:
            ways.append(self._try("command", self._run, body))
        if self._settings.webhook:
            ways.append(self._try("webhook", self._post, body))
        return await asyncio.gather(*ways)

    async def _try(
        self, channel: Literal["command", "webhook"], tell: Callable[[bytes], Awaitable[None]], body: bytes
    ) -> OutsideTold:
        why = ""
        for n in range(1, TRIES + 1):
            try:
                async with self._places[channel]:
                    await tell(body)
            except Failed as failure:
                why = str(failure)
                _logger.warning("the outside %s failed, try %d of %d: %s", channel, n, TRIES, why)
                if n < TRIES:
                    await asyncio.sleep(self._settings.again_s)
            else:
                return OutsideTold(channel=channel, ok=True, tries=n)
        return OutsideTold(channel=channel, ok=False, tries=TRIES, why=why)

    async def _run(self, body: bytes) -> None:
        try:
            name, *words = shlex.split(self._settings.command)
            program = await asyncio.create_subprocess_exec(
                name,
                *words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # what it starts itself ends with it
            )
        except (OSError, ValueError) as error:
            raise Failed(f"it did not start ({type(error).__name__})") from None
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                await program.communicate(body)
        except TimeoutError:
            raise Failed("it did not end in time") from None
        finally:
            if program.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)
                await program.wait()
        if program.returncode:
            raise Failed(f"exit status {program.returncode}")

    async def _post(self, body: bytes) -> None:
        client = SimpleAsyncHTTPClient(force_instance=True, max_body_size=ANSWER_BYTES)
        try:
            answer = await client.fetch(
                self._poster.request(self._settings.webhook, body, within_s=self._settings.timeout_s),
                raise_error=False,
            )
        except Exception as error:  # whatever is wrong with an address or an answer, the alarm stays where it is
            raise Failed("no answer in time" if "imeout" in str(error) else "no connection") from None
        finally:
            client.close()
        if answer.code == 599:
            raise Failed("no answer")
        if not 200 <= answer.code < 300:
            raise Failed(f"HTTP {answer.code}")


def _environment() -> dict[str, str]:
    """Ours without our own settings: the command has no business with the feed's token or the master key's file."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
