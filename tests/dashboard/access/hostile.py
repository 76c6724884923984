"""A provider that its enemy runs: a real HTTP server, whose every answer a test may put in place of the right one."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KID = "one"
# What answers a request in place of the right answer: bytes, or (status, headers, parts of a body that come as they are made).
Answered = bytes | tuple[int, dict[str, str], Iterator[bytes]]


class HostileProvider:
    """A provider that signs in whoever `claims` says. `instead` holds, by path, what it answers in the right answer's place.

    `said` is added to the claims; `sign` makes the token of all claims. `asked` are the paths it was asked.
    """

    def __init__(self) -> None:
        self.instead: dict[str, Callable[[], Answered]] = {}
        self.said: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.asked: list[str] = []
        self.queries: list[dict[str, str]] = []
        self.nonce = ""
        self._right = {
            "/.well-known/openid-configuration": self.itself,
            "/keys": self._keys,
            "/token": self._token,
            "/user": self._user,
        }
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._answer(self)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("localhost", 0), Handler)
        self._server.daemon_threads = True
        self.issuer = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def claims(self) -> dict[str, Any]:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": "vigie", "sub": "anna", "nonce": self.nonce, "iat": now, "exp": now + 300}
        return {k: v for k, v in (said | PERSON | self.said).items() if v is not ...}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": KID})

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path).path
        self.asked.append(path)
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        if path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
            self.queries.append(query)
            self.nonce = query["nonce"]
            handler.send_response(302)
            back = urlencode({"state": query["state"], "code": "a-code"})
            handler.send_header("Location", f"{query['redirect_uri']}?{back}")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        answer = self.instead.get(path, self._right.get(path, lambda: b"{}"))()
        status, headers, parts = answer if isinstance(answer, tuple) else (200, {}, iter([answer]))
        if isinstance(answer, bytes):
            headers = {"Content-Length": str(len(answer))}
        try:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            for part in parts:
                handler.wfile.write(part)
        except OSError:
            pass  # nobody listens any more

    def itself(self) -> bytes:
        places = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/user",
        }
        return json.dumps(places).encode()

    def _keys(self) -> bytes:
        return json.dumps({"keys": [own_key()]}).encode()

    def _user(self) -> bytes:
        return json.dumps({"sub": self.claims().get("sub")}).encode()

    def _token(self) -> bytes:
        return json.dumps(
            {"id_token": self.sign(self.claims()), "access_token": "an-access", "token_type": "Bearer"}
        ).encode()


PERSON = {"preferred_username": "Anna Verzonnen", "roles": ["amr-desk"]}


def own_key(**more: Any) -> dict[str, Any]:
    return jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": KID, "use": "sig"} | more
