"""What the desk speaks to: each feed speaks its protocol, each other address takes a connection. Nothing is posted to anybody."""

import asyncio
import contextlib
import shlex
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient

from centre.access import beyond_this_machine, few, is_this_machine, posted_to
from centre.checks.finding import Finding, Subject
from centre.setting_sections import ClusterSettings
from centre.settings import Settings
from dashboard.monitoring import LIVE
from feeds.settings import Access
from feeds.subscriber import address_of
from feeds.subscriber.probe import probe, why_unreached
from incidents.log import LogUnavailable

WITHIN_S = 5.0
_LOOKS = 3
CLOCKS_S = 2.0  # the feed's date has whole seconds


async def feeds(subject: Subject) -> AsyncIterator[Finding]:
    """Each feed takes a subscription, is no exercise, and its clock is beside ours."""
    now, named = subject.settings, dict[str, list[str]]()
    for url in now.feed:
        name = f"feed: {address_of(url)}"
        try:
            context = now.feeds.tls() if url.startswith("wss:") else None
        except (OSError, ValueError):
            yield Finding(
                "error", "feeds", f"{name}: feeds.ca_file, cert_file, key_file can't be used", "PEM, and a pair"
            )
            continue
        said = await probe(url, token=now.feeds.token or None, ssl=context, within_s=WITHIN_S)
        if said.name:
            named.setdefault(said.name, []).append(address_of(url))
        if said.failed:
            yield Finding(
                "error",
                "feeds",
                f"{name}: {said.failed}",
                "ask its operator; look at feed, feeds.token and the network",
            )
            continue
        if said.exercise:
            yield Finding(
                "error", "feeds", f"{name}: it says that it is an exercise: a desk does not take it", "set the real one"
            )
        else:
            yield Finding(
                "ok",
                "feeds",
                f"{name}: takes a subscription, head {said.head if said.head is not None else 'not said'}",
            )
        if said.ahead_s is None:
            yield Finding(
                "warning", "feeds", f"{name}: its server does not say its time", "ask its operator whether NTP keeps it"
            )
        elif abs(said.ahead_s) > CLOCKS_S:
            side = "before" if said.ahead_s > 0 else "behind"
            yield Finding(
                "warning", "feeds", f"{name}: its clock is {abs(said.ahead_s):.0f} s {side} ours", "keep both by NTP"
            )
    for name, places in named.items():
        if len(places) > 1:
            many = "two" if len(places) == 2 else f"{len(places)}"
            yield Finding(
                "error",
                "feeds",
                f"{many} feeds call themselves {name}: {', '.join(places)}",
                "give each a name of its own, for ever: docs/protocol.md",
            )


async def cluster(subject: Subject) -> AsyncIterator[Finding]:
    """Each server of the cluster takes our connection, and we are told whom we may trust with it."""
    if not (now := subject.settings.cluster).servers:
        return
    from incidents.log.servers import Servers  # of NATS only a cluster's desk knows

    for url in now.servers:
        parts, servers = urlsplit(url), Servers([url], now.access)
        name = f"cluster.servers: {parts.hostname}:{parts.port or 4222}"
        if not now.access.by_tls and parts.scheme == "nats" and not is_this_machine(parts.hostname or ""):
            yield Finding(
                "warning", "cluster", f"{name}: what goes to it goes in the clear", "tls://, or cluster.ca_file"
            )
        try:
            await servers.client()
            yield Finding("ok", "cluster", f"{name} takes a connection")
        except LogUnavailable as error:
            yield Finding("error", "cluster", f"{name}: {error}", "look at the section cluster, and at the server")
        finally:
            await servers.close()
    async for finding in _replicas(now):
        yield finding


async def _replicas(now: ClusterSettings) -> AsyncIterator[Finding]:
    """Each nats-server keeps all of the log: one that takes a connection may have been without JetStream for days."""
    from incidents.log.replicas import lacking
    from incidents.log.servers import ApiError, Servers

    servers, behind = Servers(now.servers, now.access), set[str]()
    try:
        for again in range(_LOOKS):  # under load one is behind for moments
            await asyncio.sleep(again)
            if not (behind := await lacking(servers, now.name, now.replicas)):
                break
        for name in sorted(behind):
            yield Finding(
                "error",
                "cluster",
                f"cluster: {name} does not keep all of the log: one server more lost, and nothing is recorded",
                "restart that nats-server; on a full disk make room before: docs/cluster.md",
            )
        if not behind:
            yield Finding("ok", "cluster", f"cluster: {now.replicas} servers keep all of the log")
    except ApiError:
        yield Finding("warning", "cluster", f"cluster: there is no log {now.name} yet", "a desk that starts makes it")
    except LogUnavailable as error:
        yield Finding("error", "cluster", f"cluster: {error}", "look at the nats-servers: two of three must be up")
    finally:
        await servers.close()


async def services(subject: Subject) -> AsyncIterator[Finding]:
    """Orders, router, webhook and sign-in service take a connection; the command outside is there."""
    now = subject.settings
    places: dict[tuple[str, str, str, int], list[str]] = {}
    for name, url in _addresses(now):
        parts, section = urlsplit(url), name.partition(".")[0]
        place = section, parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        places.setdefault(place, []).append(name)
    for (section, scheme, host, port), names in places.items():
        said = f"{few(names)}: {host}:{port}"
        if why := await _reached(scheme, host, port, partial(_trust, now, section)):
            yield Finding("error", "services", f"{said}: {why}", "look at the setting, the network and the other side")
        else:
            yield Finding("ok", "services", f"{said} takes a connection")
    for section, access in (("orders", now.orders), ("outside", now.outside)):
        far = [name for name, url in posted_to(now) if name.startswith(section) and beyond_this_machine(url)]
        if far and access.cert_file is None:
            yield Finding(
                "warning",
                "services",
                f"{few(far)}: what is posted there goes unsigned: nobody there can know that it is ours",
                f"set {section}.cert_file and key_file; docs/orders.md",
            )
    if now.outside.command:
        try:
            program = shlex.split(now.outside.command)[0]
        except (ValueError, IndexError):
            program = ""
        if not program or shutil.which(program) is None:
            yield Finding(
                "error", "services", "outside.command: there is no such program, or it can't be run", "mend the command"
            )
    if not (now.outside.set or now.no_sign_in):
        yield Finding("warning", "services", "outside: nobody is told of an alarm that nobody answers", "docs/watch.md")


async def ports(subject: Subject) -> AsyncIterator[Finding]:
    """Where pages are to be served nobody else listens."""
    now, tls = subject.settings, subject.settings.tls_cert is not None
    for name, address, port in (
        ("port", now.address, now.port),
        ("training.port", now.training.address, now.training.port),
    ):
        place = f"{name}: port {port} of {address or 'this machine'}"
        if not port:
            continue  # a free one is taken
        if (who := await _who_listens(address, port, tls=tls)) is None:
            yield Finding("ok", "ports", f"{place} is free")
        elif who:
            yield Finding("ok", "ports", f"{place}: a Vigie serves there now")
        else:
            yield Finding(
                "error", "ports", f"{place}: another program listens there", f"end it, or set {name} to another"
            )


async def _who_listens(address: str, port: int, *, tls: bool) -> bool | None:
    """Whether it is a Vigie that listens there; None where nobody does."""
    host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(address, address)
    url = f"http{'s' if tls else ''}://{f'[{host}]' if ':' in host else host}:{port}/live"
    client = AsyncHTTPClient(force_instance=True)
    try:
        answer = await client.fetch(url, validate_cert=False, request_timeout=WITHIN_S, raise_error=False)
    except (ConnectionRefusedError, socket.gaierror):
        return None
    except Exception:  # in as many ways as it may speak another language
        return False
    finally:
        client.close()
    return answer.code == 200 and answer.body == LIVE


def _addresses(now: Settings) -> Iterator[tuple[str, str]]:
    yield from posted_to(now)
    for name, url in (("roads.url", now.roads.url), ("oidc.issuer", now.oidc.issuer)):
        if url:
            yield name, url


def _trust(now: Settings, section: str) -> ssl.SSLContext:
    """What the addresses of a section are connected to with. Raises OSError, ValueError."""
    access = {"orders": now.orders, "outside": now.outside}.get(section)
    return access.tls() if access else Access(ca_file=now.oidc.ca_file if section == "oidc" else None).tls()


async def _reached(scheme: str, host: str, port: int, trust: Callable[[], ssl.SSLContext]) -> str:
    """Why no connection comes about; "" when one does. Nothing is sent over it."""
    try:
        context = trust() if scheme == "https" else None
    except (OSError, ValueError):
        return "ca_file, cert_file, key_file can't be used: PEM, and a pair"
    try:
        async with asyncio.timeout(WITHIN_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except TimeoutError:
        return f"no answer within {WITHIN_S:g} s"
    except OSError as error:
        return why_unreached(error)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return ""
