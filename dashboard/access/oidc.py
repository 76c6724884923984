"""OpenID Connect: what a centre sets, and one conversation with its provider (code flow with PKCE, state and nonce).

Only what stands in an id token whose signature, issuer, audience, time and nonce were verified is believed; the user info of the
provider may add to it (`docs/decisions/0009-oidc-beside-panel.md`). Everything is asked anew at each sign-in, so that a key that
was changed is known at once; no answer is waited for longer than `ANSWER_S`. No token, code or name goes into an error or a log.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from dashboard.access.settings import OidcSettings
from incidents.log.regular_files import read_regular, regular
from incidents.roles import ROLES, Role

CONNECT_S = 2.0
ANSWER_S = 4.0
LARGEST = 1 << 20  # bytes of an answer
KNOWN_S = 5.0  # so long the provider's addresses are not asked for again
SKEW_S = 30  # its clock and ours
SIDE_BY_SIDE = 4  # conversations of one address; more wait for these, `ANSWER_S` at most
# Signed with a private key: never "none", never a secret that we know too.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class OidcError(Exception):
    """The settings can't be used: which, and why."""


class Unreachable(Exception):
    """The provider does not answer, or not as one."""


class NotVerified(Exception):
    """What came back proves nothing; why, in a word or two that quote nobody."""


class Crowded(Exception):
    """Too many conversations of one address are under way."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed in, as the provider says. `subject` is a digest of issuer and `sub`: it names the person for ever."""

    subject: str
    name: str
    roles: frozenset[Role]
    zone: str = ""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What one sign-in under way must come back with. The browser keeps it, sealed (`oidc_pages.py`)."""

    state: str
    nonce: str
    verifier: str
    redirect: str
    next: str
    began: float
    before: str = ""  # the cookie of the sign-in that this one replaces


class _Places(msgspec.Struct, frozen=True, kw_only=True):
    """What an issuer says of itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Oidc:
    """One provider. Its methods run on the loop and wait for nothing but the network."""

    def __init__(self, settings: OidcSettings) -> None:
        """Raises OidcError when it can't be used as it is set."""
        _check(settings)
        self.settings = settings
        self._secret = _read_secret(settings.client_secret_file)
        self._tls = _tls(settings.ca_file)
        self._known: tuple[float, _Places] | None = None
        self._under_way: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @contextlib.asynccontextmanager
    async def share(self, address: str) -> AsyncIterator[None]:
        """The address's share of conversations: a flood from one host keeps nobody elsewhere out. Raises Crowded."""
        places, waiting = self._under_way.get(address, (asyncio.Semaphore(SIDE_BY_SIDE), 0))
        self._under_way[address] = places, waiting + 1
        try:
            try:
                async with asyncio.timeout(ANSWER_S):
                    await places.acquire()
            except TimeoutError:
                raise Crowded from None
            try:
                yield
            finally:
                places.release()
        finally:
            waiting = self._under_way[address][1] - 1
            self._under_way[address] = places, waiting
            if not waiting:
                del self._under_way[address]

    async def begin(self, *, redirect: str, next: str, before: str = "") -> tuple[str, Flow]:
        """The provider's address to send the browser to, and what must come back. Raises Unreachable."""
        places = await self._places()
        if self.settings.explicit:  # nothing was asked yet: nobody is sent to where nobody answers
            await self._json(HTTPRequest(places.jwks_uri))
        flow = Flow(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            redirect=redirect,
            next=next,
            began=time.time(),
            before=before,
        )
        challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect,
            "scope": self.settings.scope,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            # A console is many persons': the session that the last one left at the provider opens nothing here.
            "prompt": "login",
            "max_age": 0,
        }
        where = places.authorization_endpoint
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}", flow

    async def finish(self, flow: Flow, *, state: str, code: str, issuer: str = "") -> Person:
        """Who came back. `issuer` is the parameter `iss` of RFC 9207, if there was one. Raises Unreachable, NotVerified."""
        if not hmac.compare_digest(state.encode(), flow.state.encode()):
            raise NotVerified("state")
        places = await self._places()
        if issuer and issuer != places.issuer:
            raise NotVerified("issuer")
        tokens = await self._exchange(places, flow, code)
        id_token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            raise NotVerified("no id token")
        keys = await self._json(HTTPRequest(places.jwks_uri))
        # In a thread: a thousand keys, or a large one, hold up no alarm.
        claims = await asyncio.to_thread(
            verified, id_token, keys, issuer=places.issuer, client_id=self.settings.client_id, nonce=flow.nonce
        )
        if (signed := claims.get("auth_time")) is not None and not _since(signed, flow.began):
            raise NotVerified("an earlier sign-in")
        wanted = (self.settings.roles_claim, self.settings.name_claim, self.settings.zone_claim)
        lacking = any(found(claims, name) is None for name in wanted if name)
        if lacking and places.userinfo_endpoint and isinstance(access, str):
            said = await self._json(
                HTTPRequest(places.userinfo_endpoint, headers={"Authorization": f"Bearer {access}"})
            )
            if said.get("sub") != claims["sub"]:
                raise NotVerified("user info of another person")
            claims = said | claims
        return person(claims, self.settings)

    async def _places(self) -> _Places:
        settings = self.settings
        if settings.explicit:
            return _Places(
                issuer=settings.issuer,
                authorization_endpoint=settings.authorize_url,
                token_endpoint=settings.token_url,
                jwks_uri=settings.jwks_url,
                userinfo_endpoint=settings.user_url,
            )
        if self._known is not None and time.monotonic() - self._known[0] < KNOWN_S:
            return self._known[1]
        said = await self._json(HTTPRequest(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration"))
        try:
            places = msgspec.convert(said, _Places)
        except msgspec.ValidationError:
            raise Unreachable("not a provider") from None
        # A browser is sent to the issuer itself or to where the settings say, and nowhere else.
        if places.issuer.rstrip("/") != settings.issuer.rstrip("/"):
            raise Unreachable("another issuer")
        places = msgspec.structs.replace(
            places,
            authorization_endpoint=settings.authorize_url or places.authorization_endpoint,
            token_endpoint=settings.token_url or places.token_endpoint,
            jwks_uri=settings.jwks_url or places.jwks_uri,
            userinfo_endpoint=settings.user_url or places.userinfo_endpoint,
        )
        if not settings.authorize_url and origin(places.authorization_endpoint) != origin(settings.issuer):
            raise Unreachable("leads to another origin")
        # And nobody elsewhere names a service of this machine.
        here = not settings.issuer.startswith("https:")
        told = (places.authorization_endpoint, places.token_endpoint, places.jwks_uri, places.userinfo_endpoint)
        if not all(_safe(url, here=here) for url in told if url):
            raise Unreachable("an address without TLS")
        self._known = time.monotonic(), places
        return places

    async def _exchange(self, places: _Places, flow: Flow, code: str) -> dict[str, Any]:
        facts = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": flow.redirect,
            "code_verifier": flow.verifier,
            "client_id": self.settings.client_id,
        }
        how: dict[str, Any] = {}
        if self._secret and "client_secret_basic" not in places.token_endpoint_auth_methods_supported:
            facts["client_secret"] = self._secret
        elif self._secret:
            # RFC 6749, 2.3.1: both are form-encoded before they are joined.
            name, secret = (urlencode({"": part})[1:] for part in (self.settings.client_id, self._secret))
            how = {"auth_username": name, "auth_password": secret, "auth_mode": "basic"}
        return await self._json(HTTPRequest(places.token_endpoint, method="POST", body=urlencode(facts), **how))

    async def _json(self, request: HTTPRequest) -> dict[str, Any]:
        request.connect_timeout, request.request_timeout = CONNECT_S, ANSWER_S
        request.follow_redirects = False
        request.ssl_options = self._tls
        request.headers["Accept"] = "application/json"
        client = AsyncHTTPClient(force_instance=True, max_body_size=LARGEST)
        try:
            answer: HTTPResponse = await client.fetch(request)
            said = msgspec.json.decode(answer.body)
        except HTTPClientError as error:
            # 400 and 401 are the provider's "no" to this code or token; anything else is trouble of its own.
            raise (NotVerified("refused") if error.code in (400, 401, 403) else Unreachable(str(error.code))) from None
        except Exception as error:  # whatever an answer is made of, it is the provider's trouble
            raise Unreachable(type(error).__name__) from None
        finally:
            client.close()
        if not isinstance(said, dict):
            raise Unreachable("not a provider")
        return said


def verified(token: str, keys: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """The claims of an id token, checked as OpenID Connect Core 1.0, 3.1.3.7 says. Raises NotVerified."""
    with _reading():
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(token, keys),
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=issuer,
            leeway=SKEW_S,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
        if not isinstance(claims["nonce"], str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
            raise NotVerified("nonce")
        party = claims.get("azp", client_id if isinstance(claims["aud"], str) or len(claims["aud"]) == 1 else None)
        if party != client_id:
            raise NotVerified("authorized party")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise NotVerified("subject")
    return claims


def person(claims: Mapping[str, Any], settings: OidcSettings) -> Person:
    """Who that is, in Vigie's words; a claim that is not as expected gives no role. Raises NotVerified without a name."""
    name, zone = found(claims, settings.name_claim), found(claims, settings.zone_claim)
    if not isinstance(name, str) or not name:
        raise NotVerified("no name")
    said = found(claims, settings.roles_claim)
    values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    held = {settings.roles_map[value] for value in values if isinstance(value, str) and value in settings.roles_map}
    with _reading():
        subject = hashlib.sha256(f"{settings.issuer}\0{claims['sub']}".encode()).hexdigest()
    return Person(
        subject=subject,
        name=name,
        roles=frozenset(role for role in ROLES if role in held),
        zone=str(zone) if isinstance(zone, str | int) else "",
    )


def found(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by its path through others; None when there is none."""
    if not name or name in claims:
        return claims.get(name)
    inside: Any = claims
    for part in name.split("."):
        inside = inside.get(part) if isinstance(inside, dict) else None
    return inside


def origin(url: str) -> tuple[str, str]:
    """The scheme and the host with its port."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _key(token: str, keys: Mapping[str, Any]) -> jwt.PyJWK:
    """The key the token names; without a name, the only one there is."""
    named = jwt.get_unverified_header(token).get("kid")
    usable = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.public_key_use in (None, "sig")]
    fitting = [key for key in usable if named is None or key.key_id == named]
    if len(fitting) != 1:
        raise NotVerified("unknown key")
    return fitting[0]


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Whatever a provider wrote that can't be read proves nothing."""
    try:
        yield
    except NotVerified:
        raise
    except Exception as error:
        raise NotVerified(type(error).__name__) from None


def _since(signed: object, began: float) -> bool:
    """Whether a time of the token is not before the sign-in began here (OpenID Connect Core 1.0, 3.1.2.1: `max_age`)."""
    return isinstance(signed, int | float) and signed >= began - SKEW_S


def _safe(url: str, *, here: bool = True) -> bool:
    """TLS, or (`here`) without it on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme == "https" or (here and parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1"))


def _check(settings: OidcSettings) -> None:
    for name in ("issuer", "authorize_url", "token_url", "user_url", "jwks_url"):
        if (url := getattr(settings, name)) and not _safe(url):
            raise OidcError(f"oidc.{name}: https:// only (http:// for this machine)")
    for name in ("issuer", "client_id", "roles_map", "roles_claim", "name_claim"):
        if not getattr(settings, name):
            raise OidcError(f"oidc.{name}: say which")
    if "openid" not in settings.scope.split():
        raise OidcError("oidc.scope: openid must be in it")
    if "zone" in settings.roles_map.values() and not settings.zone_claim:
        raise OidcError("oidc.zone_claim: say which; the role zone needs it")


def _read_secret(file: Path | None) -> str:
    try:
        secret = read_regular(file).decode().strip() if file is not None else ""
    except (OSError, UnicodeDecodeError) as error:
        raise OidcError(f"oidc.client_secret_file: {type(error).__name__}") from None
    if file is not None and not secret:
        raise OidcError("oidc.client_secret_file: it is empty")
    return secret


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=regular(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise OidcError(f"oidc.ca_file: {type(error).__name__}") from None
