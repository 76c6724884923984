"""The feed gateway at work: the door for an app's back end, the feed for desks, and the file between them."""

import asyncio
import ssl
from pathlib import Path

import msgspec

from centre.access import is_this_machine, tls_context
from centre.monitoring.gateway_metrics import GatewayMetrics
from centre.settings import Settings, SettingsError
from dashboard.access.connections import Connections
from dashboard.monitoring import may_know
from feeds.gateway import Gateway
from feeds.gateway.door import Door
from feeds.gateway.durable import DurableFeed
from feeds.gateway.feed_file import FeedFile
from feeds.gateway.tokens import Tokens, TokensError
from incidents.clock import SystemClock
from incidents.log import LogUnavailable
from incidents.log.regular_files import regular

_LAST_S = 10.0  # what was begun is answered within, when it is told to end


class GatewayChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator chooses: the feed's name for ever, its file, where the door and the feed listen, who may post."""

    name: str
    file: Path
    address: str = "127.0.0.1"
    port: int = 8115
    feed_address: str = "127.0.0.1"
    feed_port: int = 8114
    tokens: Path | None = None
    client_ca: Path | None = None


async def serve(settings: Settings, choices: GatewayChoices) -> None:
    """Serve door and feed until cancelled; then what was begun is written and answered.

    Raises SettingsError, before anything is opened, where others could post or read in the clear or without being known;
    LogUnavailable, CannotListen.
    """
    tokens, door_tls = _who_may_post(settings, choices)
    feed_tls = tls_context(settings.tls_cert, settings.tls_key)
    if not is_this_machine(choices.feed_address) and not (settings.feeds.token and feed_tls):
        raise SettingsError(
            "feed_address: beyond this machine the feed needs tls_cert and tls_key, and the desks' token (feeds.token)"
        )
    clock = SystemClock()
    gateway = Gateway(choices.name, token=settings.feeds.token or None, most=1 << 62)  # the feed says when it is full
    feed = DurableFeed(gateway, FeedFile(choices.file), clock)
    door = Door(gateway, feed, clock, tokens=tokens, knows=lambda request: may_know(request, settings.health_token))
    metrics = GatewayMetrics(door, choices.file, settings)
    work = looking = None
    try:
        try:
            await feed.open()
        except LogUnavailable as error:
            raise LogUnavailable(f"{choices.file}: {error}") from None
        await gateway.start(choices.feed_address, choices.feed_port, ssl=feed_tls)
        work, looking = asyncio.create_task(feed.run()), asyncio.create_task(metrics.run())
        door.start(choices.address, choices.port, ssl=door_tls, bound=Connections().watch, metrics=metrics.exposition)
        print(f"messages are posted to {door.url}/v1/messages", flush=True)
        print(f"the feed is at {gateway.url}", flush=True)
        if tokens is None and choices.client_ca is None:
            print("NO TOKEN: anyone at this machine may post", flush=True)
        await asyncio.wait({work})  # told to end, it goes on until what was begun is written
        work.result()  # a fault in it ends the process: its supervisor starts it again
    finally:
        door.stop_listening()
        await door.settled(_LAST_S)
        for task in filter(None, (work, looking)):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await feed.close()
        await door.close()
        await gateway.stop()


def _who_may_post(settings: Settings, choices: GatewayChoices) -> tuple[Tokens | None, ssl.SSLContext | None]:
    """The tokens and the door's TLS. Raises SettingsError."""
    try:
        tokens = Tokens(choices.tokens) if choices.tokens is not None else None
    except TokensError as error:
        raise SettingsError(f"tokens: {error}") from None
    context = tls_context(settings.tls_cert, settings.tls_key)
    if choices.client_ca is not None:
        if context is None:
            raise SettingsError("client_ca: client certificates need tls_cert and tls_key")
        try:
            context.load_verify_locations(regular(choices.client_ca))
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"client_ca: {error}") from None
        context.verify_mode = ssl.CERT_OPTIONAL if tokens is not None else ssl.CERT_REQUIRED
    if not is_this_machine(choices.address) and (context is None or (tokens is None and choices.client_ca is None)):
        raise SettingsError(
            "address: beyond this machine the door needs tls_cert and tls_key, and --tokens or --client-ca"
        )
    return tokens, context
