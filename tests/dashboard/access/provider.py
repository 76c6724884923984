"""A real OpenID Connect provider on this machine, and a browser that goes the whole way through it."""

import io
import re
import threading
from collections.abc import Iterable
from http.client import HTTPMessage
from typing import Any
from urllib.parse import parse_qs

import oidc_provider_mock
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.dashboard.access.parts import _asked

FLOW, SESSION = "vigie_oidc", "vigie_session"


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


class Provider:
    """Signs in whoever it is told. `asked` are the token requests it was sent;."""

    def __init__(self, *people: oidc_provider_mock.User, **options: Any) -> None:
        self._app = oidc_provider_mock.app(user_claims=people, require_nonce=True, **options)
        self._server = make_server("localhost", 0, self._serve, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.issuer = f"http://localhost:{self._server.server_port}"
        self.asked: list[dict[str, str]] = []
        self.authorized: list[str] = []

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            self.asked.append({name: values[0] for name, values in parse_qs(body.decode()).items()})
            self.authorized.append(environ.get("HTTP_AUTHORIZATION", ""))
            environ["wsgi.input"] = io.BytesIO(body)
        answer: Iterable[bytes] = self._app(environ, start)
        return answer


class Answer:
    """What a server said."""

    def __init__(self, facts: tuple[int, str, HTTPMessage]) -> None:
        self.status, self.text, self.headers = facts

    @property
    def leads_to(self) -> str:
        return str(self.headers["Location"])

    def cookie(self, name: str) -> str:
        """As the browser keeps it; "" when it was cleared or never set."""
        set_ = [re.match(rf'{name}="?([^;"]*)', text) for text in self.headers.get_all("Set-Cookie") or []]
        values = [match.group(1) for match in set_ if match]
        return f"{name}={values[-1]}" if values and values[-1] else ""


async def ask(url: str, facts: dict[str, str] | None = None, *cookies: str) -> Answer:
    headers = {"Cookie": "; ".join(cookies)} if any(cookies) else {}
    return Answer(await _asked(url, facts, headers))


async def way_back(base: str, sub: str, *, next: str = "/operator", session: str = "") -> tuple[str, str]:
    """Go to the provider and be known there: the address it sends the browser back to, and the browser's cookie."""
    start = await ask(f"{base}/oidc?next={next}", None, session)
    assert start.status == 302, start.text
    back = await ask(start.leads_to, {"sub": sub})
    assert back.status == 302, back.text
    return back.leads_to, start.cookie(FLOW)
