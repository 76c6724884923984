"""Asks a centre's router for ways by road: one try, a second at most, a few at once. Nothing that was asked is ever logged."""

import asyncio
from collections.abc import Sequence

from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from feeds.roads.answers import Unreadable, legs, question
from feeds.roads.settings import RoadSettings
from incidents.ports import Leg, NoRoads, Roads, Spot

ANSWER_S = 1.0
ANSWER_BYTES = 64 << 10  # a dozen ways take some two kilobytes
AT_ONCE = 4


class Router:
    """Call it with where the units are and where the alarm is (`incidents.ports.Roads`)."""

    def __init__(self, settings: RoadSettings) -> None:
        self._kind = settings.kind
        self._base = settings.url.rstrip("/")
        self._places = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, origins: Sequence[Spot], to: Spot) -> tuple[Leg | None, ...]:
        """The way from each origin, None where no road leads. Raises NoRoads: after a second, whatever the router does."""
        if not origins:
            return ()
        try:
            async with asyncio.timeout(ANSWER_S), self._places:
                answer = await self._ask(origins, to)
        except TimeoutError:
            raise NoRoads("no_answer") from None
        try:
            return legs(self._kind, answer, len(origins))
        except Unreadable:
            raise NoRoads("unreadable") from None

    async def _ask(self, origins: Sequence[Spot], to: Spot) -> bytes:
        asked = question(self._kind, origins, to)
        client = SimpleAsyncHTTPClient(force_instance=True, max_body_size=ANSWER_BYTES)
        try:
            answer = await client.fetch(
                HTTPRequest(
                    self._base + asked.path,
                    method="GET" if asked.body is None else "POST",
                    headers={"Accept": "application/json", "Content-Type": "application/json"},
                    body=asked.body,
                    connect_timeout=ANSWER_S,
                    request_timeout=ANSWER_S,
                    follow_redirects=False,
                    decompress_response=False,
                    user_agent="Vigie",
                ),
                raise_error=False,
            )
        except Exception:  # whatever is wrong with an address or an answer, a straight line is left
            raise NoRoads("no_answer") from None
        finally:
            client.close()
        if answer.code == 599:
            raise NoRoads("no_answer")
        if answer.code != 200:
            raise NoRoads("unreadable")
        return answer.body or b""


def router(settings: RoadSettings) -> Roads | None:
    """Who tells ways by road; None where no router is set."""
    return Router(settings) if settings.url else None
