"""What a live desk and a training room are both served with: TLS, the sign-in service, what is said when nobody could sign in."""

import asyncio
import ipaddress
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bokeh.server.server import Server

from centre.setting_files import why_unreadable
from centre.settings import Settings, SettingsError
from centre.version import CHECKOUT, as_called
from dashboard.access.oidc import Oidc, OidcError
from dashboard.access.settings import OidcSettings

_HERE = ("127.0.0.1", "0.0.0.0", "::", "")  # addresses that this machine reaches by its own name


def tls_context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """The certificate that pages and feeds are served with; None where none is set. Raises SettingsError."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise SettingsError("tls_cert and tls_key go together")
    for name, path in (("tls_cert", cert), ("tls_key", key)):
        if why := why_unreadable(path):
            raise SettingsError(f"{name}: {why}")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        why = "they are no pair" if "MISMATCH" in str(error) else "one of them is no certificate, or no key, in PEM"
        raise SettingsError(f"tls_cert {cert}, tls_key {key}: {why}") from None
    return context


def is_this_machine(address: str) -> bool:
    """Whether nobody beyond this machine reaches a server at this address; a name but localhost may be anybody's."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def in_the_clear(address: str, *, tls: bool, behind_proxy: bool) -> str:
    """Why a server at this address would have passwords cross the network in the clear, by its setting; "" when it would not."""
    if is_this_machine(address) or tls or behind_proxy:
        return ""
    return (
        f"address {address or '(all of this machine)'}: passwords and alarms would cross the network in the clear; set tls_cert "
        "and tls_key, or serve 127.0.0.1 behind a proxy that does TLS (behind_proxy)"
    )


def posted_to(settings: Settings) -> Iterator[tuple[str, str]]:
    """Where orders and what is told outside are posted to, by the setting's name."""
    orders = settings.orders
    yield from ((f"orders.zones.{zone}", url) for zone, url in orders.zones.items())
    yield from (pair for pair in (("orders.url", orders.url), ("outside.webhook", settings.outside.webhook)) if pair[1])


def beyond_this_machine(url: str) -> bool:
    """Whether an address leads to another machine."""
    return not is_this_machine(urlsplit(url).hostname or "")


def all_in_the_clear(settings: Settings) -> Iterator[str]:
    """What of a desk would cross the network in the clear, each in a sentence that names its setting."""
    if pages := in_the_clear(settings.address, tls=bool(settings.tls_cert), behind_proxy=settings.behind_proxy):
        yield pages
    names = [name for name, url in posted_to(settings) if url.startswith("http:") and beyond_this_machine(url)]
    if names:
        yield f"{few(names)}: what is posted there would cross the network in the clear; https:// beyond this machine"


def few(names: Sequence[str]) -> str:
    """The first of many names."""
    return f"{', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"


def lost_register(cases: Path | None) -> str:
    """Why no case would be known, where a register is set that is not there; "" where it is, or none is set."""
    if cases is None:
        return ""
    try:
        cases.stat()
        return ""
    except FileNotFoundError:
        return (
            f"cases: {cases}: there is no such file: no alarm would have a case; "
            f"make it: python app.py cases import FILE --cases {cases}"
        )
    except OSError as error:
        return f"cases: {cases}: {(error.strerror or type(error).__name__).lower()}: no alarm would have a case"


def sign_in_service(settings: OidcSettings) -> Oidc | None:
    """The sign-in service (OIDC); None where none is set. Raises SettingsError."""
    try:
        return Oidc(settings) if settings != OidcSettings() else None
    except OidcError as error:
        raise SettingsError(str(error)) from None


def to_make_an_account(role: str, users: Path) -> str:
    """The command that makes an account of this role."""
    return as_called(f"{CHECKOUT} users add NAME --role {role} --users {users}")


async def serve_until_cancelled(server: Server, who: str, page: str, *notes: str, address: str, tls: object) -> None:
    """Print where a server's page is, then what is to be known of it, and serve until cancelled."""
    try:
        scheme, host = "https" if tls else "http", "localhost" if address in _HERE else address
        print(f"{who} serves {scheme}://{host}:{server.port}{page}", *notes, sep="\n", flush=True)
        await asyncio.Event().wait()
    finally:
        server.stop()
