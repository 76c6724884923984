"""What a live desk and a training room are both served with: TLS, the sign-in service, what is said when nobody could sign in."""

import asyncio
import ssl
from pathlib import Path

from bokeh.server.server import Server

from centre.settings import SettingsError
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
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"tls_cert, tls_key: {error}") from None
    return context


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
