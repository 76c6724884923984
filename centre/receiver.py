"""A centre's own receiver: the buttons' service inside the desk's process, followed as every feed is."""

import asyncio
import logging
import secrets

from centre.assembly import Core
from centre.settings import Settings
from feeds.gateway import Gateway
from feeds.subscriber import Subscriber
from incidents.buttons import Adapter
from incidents.health import FeedHealth
from incidents.together import together

RADIO = "buttons-radio"  # the receiver among the feeds' health: a feed may be live and its receiver deaf
TELL_S, LOOK_S = 5.0, 0.5

_logger = logging.getLogger(__name__)


def own_buttons(settings: Settings, core: Core) -> "OwnButtons | None":
    """The receiver where one is set. What its radio needs and this system lacks is told, and keeps no desk from starting."""
    if settings.buttons.store is None:
        return None
    try:
        return OwnButtons(settings, core)
    except ImportError as error:
        _logger.error("no button is heard: %s is not installed", error.name)
        return None


class OwnButtons:
    """A centre's own receiver. Its feed runs on this machine alone, under a token nobody knows, and is followed by a subscriber.

    The receiver itself stands among the feeds on every screen. Run `run` for ever, `close` at the end.
    """

    def __init__(self, settings: Settings, core: Core) -> None:
        from centre.button_service import store_of
        from feeds.buttons.service import FEED, ButtonService

        self._core, self._token, clock = core, secrets.token_urlsafe(32), core.clock
        self._gateway = Gateway(FEED, clock=clock, token=self._token)
        store = store_of(settings.buttons, settings.key_file)
        self.service = ButtonService(self._gateway, settings.buttons, store=store, clock=clock, changed=_say_adapter)
        self._subscriber: Subscriber | None = None

    async def run(self) -> None:
        """Listen, serve, follow and tell how the receiver is, for ever."""
        if self._subscriber is None:
            await self.service.open()
            await self._gateway.start()
            url, name = self._gateway.url, self._gateway.name
            self._subscriber = self._core.subscriber(url, name=name, token=self._token)
        await together(self.service.run, self._subscriber.run, self._tell_health)

    async def close(self) -> None:
        """Serve nobody any more, and keep what was said."""
        await self._gateway.stop()
        await self.service.close()

    def health(self) -> FeedHealth:
        """The receiver as the screens show a feed: down while it can't hear, or buttons can't be known by their keys."""
        state = self.service.state
        scanning = state.adapter.state == "scanning"
        return FeedHealth(
            name=RADIO,
            state="live" if scanning and state.store == "open" else "down",
            since=state.adapter.since,
            heartbeat_at=self._core.clock.now() if scanning else None,
            reason=state.store_reason if scanning else state.adapter.reason,
        )

    async def _tell_health(self) -> None:
        told: FeedHealth | None = None
        waited = 0.0
        while True:
            health = self.health()
            if told is None or (health.state, health.reason) != (told.state, told.reason) or waited >= TELL_S:
                told, waited = health, 0.0
                await self._core.desk.feed_health(health)
            await asyncio.sleep(LOOK_S)
            waited += LOOK_S


def _say_adapter(adapter: Adapter) -> None:
    if adapter.state != "scanning":
        _logger.warning("the Bluetooth receiver: %s", adapter.reason)
