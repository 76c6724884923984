"""The buttons' service at work without a centre: serving its feed to any desk, or only listening for a command."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

from centre.access import is_this_machine
from centre.settings import Settings, SettingsError
from feeds.buttons.service import ButtonService
from feeds.buttons.settings import ButtonSettings
from feeds.buttons.store import ButtonStore
from feeds.gateway import Gateway
from incidents.buttons import Adapter
from incidents.clock import SystemClock

DEAF_S = 60.0
AGAIN_S = 1.0

_logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[ButtonService]:
    """A service that only listens, for a command."""
    store = store_of(settings.buttons, settings.key_file)
    service = ButtonService(None, settings.buttons, store=store, clock=SystemClock())
    await service.open()
    work = asyncio.create_task(service.run())
    try:
        yield service
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await service.close()


async def serve(settings: Settings, *, name: str, address: str, port: int, tls: ssl.SSLContext | None) -> None:
    """Serve the buttons' feed under a name of its own until cancelled.

    Raises LogUnavailable when another process serves these buttons, SettingsError, OSError.
    """
    token = settings.feeds.token or None
    if token is None and not is_this_machine(address):
        raise SettingsError("feeds.token: beyond this machine the feed is served to bearers of a token only")
    store = store_of(settings.buttons, settings.key_file)
    assert store is not None
    store.hold()
    gateway = Gateway(name, token=token)
    service = ButtonService(
        gateway, settings.buttons, store=store, clock=SystemClock(), deaf_s=DEAF_S, changed=_say_adapter
    )
    await service.open()
    try:
        await gateway.start(address, port, ssl=tls)
        print(f"the feed is at {gateway.url}", flush=True)
        if service.state.store != "open":
            print(f"buttons: {service.state.store_reason}", flush=True)
        while True:
            try:
                await service.run()
            except Exception:
                _logger.exception("the buttons' service stopped and is started again")
            await asyncio.sleep(AGAIN_S)
    finally:
        await gateway.stop()
        await service.close()


def store_of(settings: ButtonSettings, key_file: Path | None = None) -> ButtonStore | None:
    """The file of enrolled buttons, open or not; None where none is set."""
    return ButtonStore(settings.store, key_file) if settings.store is not None else None


def _say_adapter(adapter: Adapter) -> None:
    said = f"scanning, {adapter.mode}" if adapter.state == "scanning" else f"{adapter.state}: {adapter.reason}"
    print(f"bluetooth: {said}", flush=True)
