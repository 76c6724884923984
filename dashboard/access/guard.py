"""What stands before every page and file: who may open a page, and headers that keep other origins out.

Pages are for browsers whose sign-in is known, be it idle or expired: those get a locked alarm screen, never the sign-in page. A
browser whose account was disabled, removed or given another password is led there as a stranger is.
"""

import ipaddress
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bokeh.server.auth_provider import AuthProvider
from bokeh.server.tornado import BokehTornado
from bokeh.server.util import check_allowlist
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import Application, OutputTransform, RequestHandler

from dashboard.access.known import KNOWN
from dashboard.access.signins import COOKIE, SignIns, page_token

SIGN_IN = "/sign-in"
NOBODY = "nobody signs in"  # the browser of every page where nobody does
_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?")
# Whoever passes a request on leaves one of these, or speaks HTTP/1.0 as nginx does unless it is told otherwise.
_PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-Scheme")
# The same for everybody: scripts and styles, Vigie's and Panel's. All else may be about a person.
_FILES = ("/assets/", "/static/", "/components/", "/favicon.ico")
# A whole element, so that the word inside a script's text is no tag.
_SCRIPT = re.compile(rb"<script\b([^>]*>.*?</script>)", re.S)


class Guard(AuthProvider):
    """Bokeh asks it before each page and each websocket: whose browser it is. `signins` answers None where nobody signs in."""

    def __init__(self, signins: Callable[[], SignIns | None], cookie: str = COOKIE) -> None:
        self._signins = signins
        self._cookie = cookie
        super().__init__()

    @property
    def login_url(self) -> str:
        return SIGN_IN

    @property
    def get_user(self) -> Callable[[RequestHandler], str | None]:  # type: ignore[override]  # Bokeh gives the handler
        return self._user

    def person(self, browser: str) -> str:
        """Who is counted for what this browser asks: its account, which may be signed in at many; else the browser itself."""
        signins = self._signins()
        return (signins.account_of(browser) if signins is not None else "") or browser

    def asks(self, request: HTTPServerRequest) -> str:
        """The account of the browser that sends a request, whatever its state; "" when it is not known."""
        signins, cookie = self._signins(), request.cookies.get(self._cookie)
        return "" if signins is None or cookie is None else signins.account_of(cookie.value)

    def _user(self, handler: RequestHandler) -> str | None:
        signins = self._signins()
        if signins is None:
            return NOBODY if from_this_machine(handler.request) else None
        cookie = handler.request.cookies.get(self._cookie)
        if cookie is None or not signins.opens(cookie.value):
            return None
        # What a page is made with, and knows its browser by, is no cookie.
        browser = page_token(cookie.value)
        cookie.set(self._cookie, browser, browser)
        handler.request.cookies.pop(KNOWN, None)
        return browser


def from_this_machine(request: HTTPServerRequest) -> bool:
    """Whether it was asked here, by this machine's own name, and passed on by nobody: behind a proxy everybody looks local.

    Another page's name may be made to lead here (DNS rebinding): its scripts would read what only this machine may.
    """
    try:
        local = ipaddress.ip_address(request.remote_ip or "").is_loopback
    except ValueError:
        return False
    if request.host_name.lower() not in _OWN_NAMES:
        return False
    passed_on = request.version == "HTTP/1.0" or any(name in request.headers for name in _PASSED_ON)
    return local and not passed_on


def from_our_pages(handler: RequestHandler) -> bool:
    """Whether a form or a script of ours asks: only those may change anything (CSRF)."""
    return is_ours(handler.application, handler.request)


def is_ours(application: Application, request: HTTPServerRequest) -> bool:
    """Whether a page under one of this server's own names asks, or what is no page."""
    origin = request.headers.get("Origin", "")
    if origin and origin != "null":
        try:
            asks = urlsplit(origin)
        except ValueError:
            return False
        # Nothing in the clear asks what is asked by TLS: whoever stands between could have written that page.
        return asks.scheme in ("https", request.protocol) and is_under_our_name(application, asks.netloc.lower())
    # Pages that send no referrer send the origin "null". What is no browser sends neither.
    site = request.headers.get("Sec-Fetch-Site", "" if origin else "same-origin")
    return site == "same-origin"


def is_under_our_name(application: Application, host: str) -> bool:
    """Whether browsers reach this server under `host` (name and port)."""
    assert isinstance(application, BokehTornado)
    return bool(check_allowlist(host, list(application.websocket_origins)))


def set_cookie(handler: RequestHandler, name: str, value: str, *, path: str = "/", **more: Any) -> None:
    """Set a cookie that no script reads and, unless `more` says otherwise, no other site's link sends."""
    given: dict[str, Any] = {
        "httponly": True,
        "samesite": "Strict",
        "secure": handler.request.protocol == "https",
    } | more
    handler.set_cookie(name, value, path=path, **given)


def strict_headers(image_origins: tuple[str, ...] = (), *, sounds: bool = False) -> type[OutputTransform]:
    """A transform that gives every answer its headers. `image_origins`: where a centre's own base map comes from.

    `sounds`: our own sound files may be played.
    """
    images = " ".join(("'self'", "data:", "blob:", *image_origins))
    media = ("media-src 'self'",) if sounds else ()

    class StrictHeaders(OutputTransform):
        def __init__(self, request: HTTPServerRequest) -> None:
            self._request = request

        def transform_first_chunk(
            self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
        ) -> tuple[int, HTTPHeaders, bytes]:
            nonce = ""
            shown = "Content-Disposition" not in headers  # what is saved stays as it was made
            own = headers.get("Content-Security-Policy")  # of a page that is whole in itself: stricter than ours
            if shown and not own and headers.get("Content-Type", "").startswith("text/html") and b"<script" in chunk:
                nonce = secrets.token_urlsafe(16)
                chunk = _SCRIPT.sub(rb'<script nonce="%s"\1' % nonce.encode(), chunk)
                if "Content-Length" in headers:
                    headers["Content-Length"] = str(len(chunk))
            headers["Content-Security-Policy"] = own or _policy(self._request, images, nonce, media)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["X-Frame-Options"] = "DENY"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Permissions-Policy"] = _PERMISSIONS
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            if "Cache-Control" not in headers and not self._request.path.startswith(_FILES):
                headers["Cache-Control"] = "no-store"
            headers.pop("Server", None)
            if self._request.protocol == "https":
                headers["Strict-Transport-Security"] = "max-age=31536000"
            return status_code, headers, chunk

    return StrictHeaders


def map_origin(basemap_url: str | None) -> tuple[str, ...]:
    """The origin of a base map, for `strict_headers`."""
    parts = urlsplit(basemap_url or "")
    return (f"{parts.scheme}://{parts.netloc}",) if parts.scheme in ("http", "https") and parts.netloc else ()


_PERMISSIONS = ", ".join(
    f"{what}=()"
    for what in ("camera", "microphone", "geolocation", "usb", "serial", "payment", "display-capture", "midi")
)


def _policy(request: HTTPServerRequest, images: str, nonce: str, media: tuple[str, ...]) -> str:
    # BokehJS styles its shadow roots ('unsafe-inline' for styles); Panel's components
    # are loaded from blob: addresses. An inline script runs only where the server wrote it, by the answer's nonce.
    host = request.host if _HOST.fullmatch(request.host or "") else ""
    lines = f" ws://{host} wss://{host}" if host else ""
    scripts = f" 'nonce-{nonce}'" if nonce else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob:{scripts}",
            "style-src 'self' 'unsafe-inline'",
            f"img-src {images}",
            "font-src 'self' data:",
            f"connect-src 'self' blob:{lines}",
            "manifest-src 'self'",
            *media,
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
