"""What a provider that an enemy runs, a person who chooses their name there, and a flood of browsers can do. Real sockets."""

import asyncio
import base64
import gzip
import hmac
import http.client
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator

import jwt
import pytest

from dashboard.access.accounts import AccountError, Accounts
from dashboard.access.oidc import SIDE_BY_SIDE
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.hostile import KEY, Answered, HostileProvider, own_key
from tests.dashboard.access.provider import FLOW, SESSION, Answer, ask
from tests.dashboard.access.test_oidc import GLASS, Make, Site
from tests.dashboard.access.test_oidc import make as make  # the fixture

HEAD = {"alg": "RS256", "kid": "one"}
SECRET = b"everybody reads this secret, everybody reads it"
CODE = "a-code"  # what the hostile provider gives


@pytest.fixture
def provider() -> Iterator[HostileProvider]:
    provider = HostileProvider()
    yield provider
    provider.stop()


@pytest.fixture
async def site(make: Make, provider: HostileProvider) -> Site:
    return make(provider.issuer)


async def come(site: Site) -> Answer:
    """A browser goes the whole way; the answer where it ends."""
    start = await ask(f"{site.base}/oidc")
    if start.status != 302:
        return start
    back = await ask(start.leads_to)
    return await ask(back.leads_to, None, start.cookie(FLOW))


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(body: bytes, head: bytes | dict[str, object] = HEAD, secret: bytes = b"") -> str:
    """Signed with the provider's key, or `secret`, whatever is in it."""
    signed = f"{b64(head if isinstance(head, bytes) else json.dumps(head).encode())}.{b64(body)}".encode()
    right = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    mark = hmac.digest(secret, signed, "sha256") if secret else right.sign(signed, KEY)
    return f"{signed.decode()}.{b64(mark)}"


def deep(n: int) -> bytes:
    return b"[" * n + b"]" * n


def keys(*more: dict[str, object]) -> bytes:
    return json.dumps({"keys": [own_key(), *more]}).encode()


def endless() -> Iterator[bytes]:
    while True:
        yield b" " * 65536


# By name: what the token is made into, of its claims as JSON.
TOKENS: dict[str, Callable[[bytes], str]] = {
    "claims that are deep": lambda body: token(body[:-1] + b',"x":' + deep(100_000) + b"}"),
    "claims that are a list": lambda body: token(b"[]"),
    "a nonce that is no text": lambda body: token(b'{"nonce":"\\ud800",' + body[1:].replace(b'"nonce"', b'"n"')),
    "a subject that is no text": lambda body: token(body.replace(b'"sub": "anna"', b'"sub": "\\ud800"')),
    "a time without end": lambda body: token(body[:-1] + b',"exp":Infinity}'),
    "a number of 9,000 digits": lambda body: token(body[:-1] + b',"exp":' + b"9" * 9000 + b"}"),
    "a head that is deep": lambda body: token(body, b'{"alg":"RS256","kid":"one","x":' + deep(50_000) + b"}"),
    "a head that is a list": lambda body: token(body, b"[]"),
    "a key's name that is a list": lambda body: token(body, {"alg": "RS256", "kid": ["one"]}),
    "a key at an address": lambda body: token(body, {"alg": "RS256", "kid": "x", "jku": "http://localhost/keys"}),
    "a key in the token": lambda body: token(body, {"alg": "RS256", "kid": "x", "jwk": own_key()}),
    "an extension nobody knows": lambda body: token(body, HEAD | {"crit": ["b64"], "b64": False}),
    "a secret that is published": lambda body: token(body, {"alg": "RS256", "kid": "two"}, SECRET),
    "a million dots": lambda body: "." * 900_000,
    "no text": lambda body: "\ud800",
}

# By name: the path, and what it answers.
ANSWERS: dict[str, tuple[str, Callable[[], Answered]]] = {
    "keys that are deep": ("/keys", lambda: b'{"keys":' + deep(400_000) + b"}"),
    "keys that are null": ("/keys", lambda: b'{"keys":[null]}'),
    "a number as large as a book": (
        "/keys",
        lambda: json.dumps({"keys": [own_key(n=b64(b"\xff" * 600_000))]}).encode(),
    ),
    "a bomb": ("/keys", lambda: (200, {"Content-Encoding": "gzip"}, iter([gzip.compress(b" " * (64 << 20), 1)]))),
    "an answer without end": ("/keys", lambda: (200, {}, endless())),
    "heads without end": ("/keys", lambda: (200, {"X": "a" * 200_000, "Content-Length": "0"}, iter(()))),
    "another place": ("/keys", lambda: (302, {"Location": "/elsewhere", "Content-Length": "0"}, iter(()))),
    "a token that is a number": ("/token", lambda: b'{"id_token":7}'),
    "tokens that are deep": ("/token", lambda: deep(400_000)),
    "another person's user info": ("/user", lambda: b'{"sub":"bart","roles":["amr-shift"]}'),
}


@pytest.mark.parametrize("what", [*TOKENS, *ANSWERS])
async def test_whatever_a_provider_answers_is_a_refusal_and_its_code_in_no_log(
    site: Site, provider: HostileProvider, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    if what in TOKENS:
        provider.sign = lambda claims: TOKENS[what](json.dumps(claims).encode())
        secret = {"kty": "oct", "kid": "two", "k": b64(SECRET), "alg": "HS256"}
        provider.instead["/keys"] = lambda: keys(secret)
    else:
        path, answer = ANSWERS[what]
        provider.instead[path] = answer
    with caplog.at_level(logging.DEBUG):
        answered = await come(site)
    assert answered.status in (401, 503), answered.text
    assert answered.cookie(SESSION) == ""
    assert "/elsewhere" not in provider.asked
    assert not [line for line in caplog.messages if CODE in line or "Traceback" in line or "Uncaught" in line]
    assert "Sign in with" in answered.text  # and the person may try again


async def test_a_name_that_looks_like_anothers_is_nobodys(site: Site, provider: HostileProvider) -> None:
    before = site.accounts.all()
    alike = ("Mi\u0435ke Voorbeeld", "Mieke  Voorbeeld", "Mieke Voorbeeld\u3164", "\uff2dieke Voorbeeld")
    hidden = (
        "Mieke\u00a0Voorbeeld",
        "Mieke\u200b Voorbeeld",
        "Mieke Voorbeeld\u202e",
        " mIEKE voorbeeld ",
        GLASS.upper(),
    )
    for n, name in enumerate((*alike, *hidden)):
        provider.said = {"preferred_username": name, "sub": f"eve{n}"}
        answer = await come(site)
        assert (answer.status, answer.cookie(SESSION)) == (403, ""), name.encode("unicode_escape")
    assert site.accounts.all() == before
    provider.said = {"preferred_username": "Y\u0131ld\u0131z \u00c9lo\u00efse", "sub": "fictional"}
    assert (await come(site)).status == 200
    with pytest.raises(AccountError, match="one alphabet"):
        site.accounts.add("Mi\u0435ke Voorbeeld", ["dispatcher"], PASSWORD)


async def test_another_name_at_the_provider_is_no_way_round_what_stops_a_person(
    site: Site, provider: HostileProvider
) -> None:
    assert (await come(site)).status == 200
    provider.said = {"preferred_username": "Somebody Else"}
    session = (await come(site)).cookie(SESSION).partition("=")[2]
    known = site.signins.of(session)
    assert known is not None and known.name == "Anna Verzonnen"
    site.accounts.set_disabled("Anna Verzonnen", True)
    assert (await come(site)).status == 403
    assert site.accounts.get("Somebody Else") is None


async def test_a_file_that_holds_two_names_of_a_person_lets_neither_in_once_one_is_disabled(
    site: Site, provider: HostileProvider
) -> None:
    assert (await come(site)).status == 200
    with site.accounts.database() as db:  # as a version before made it
        db.execute(
            "INSERT INTO accounts SELECT 'other', 'Other', roles, zone, '', '', 0, 0, 1, 1, subject, '' "
            "FROM accounts WHERE subject <> ''"
        )
    assert (await come(site)).status == 403


async def test_who_lost_their_last_role_loses_it_on_the_pages_that_are_open(
    site: Site, provider: HostileProvider
) -> None:
    first = (await come(site)).cookie(SESSION).partition("=")[2]
    assert site.signins.state(first) == "active"
    provider.said = {"roles": []}
    assert (await come(site)).status == 403
    assert site.signins.state(first) == "out"
    provider.said = {}
    assert (await come(site)).status == 200
    assert site.signins.state(first) == "out"


async def test_the_session_that_somebody_left_at_the_provider_opens_no_locked_page(
    site: Site, provider: HostileProvider
) -> None:
    provider.said = {"auth_time": int(time.time())}
    assert (await come(site)).status == 200
    assert (provider.queries[-1]["prompt"], provider.queries[-1]["max_age"]) == ("login", "0")
    for earlier in (int(time.time()) - 3600, "x", float("-inf"), [1]):
        provider.said = {"auth_time": earlier}
        answer = await come(site)
        assert (answer.status, answer.cookie(SESSION)) == (401, "")


async def test_a_flood_from_one_address_keeps_nobody_elsewhere_out_and_asks_the_provider_little(
    make: Make, provider: HostileProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.access.oidc.ANSWER_S", 1.0)
    site, inside, most, go = make(provider.issuer), [0], [0], threading.Event()
    right = provider.itself

    def slow() -> bytes:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        go.wait(10)
        inside[0] -= 1
        return right()

    provider.instead["/.well-known/openid-configuration"] = slow
    flood = [asyncio.create_task(ask(f"{site.base}/oidc")) for _ in range(5 * SIDE_BY_SIDE)]
    while len([path for path in provider.asked if "well-known" in path]) < SIDE_BY_SIDE:
        await asyncio.sleep(0.01)
    go.set()
    elsewhere = await asyncio.to_thread(_from, "127.0.0.2", site.base)
    assert elsewhere == 302
    assert {answer.status for answer in await asyncio.gather(*flood)} <= {302, 429, 503}
    assert most[0] <= SIDE_BY_SIDE + 1


def _from(address: str, base: str) -> int:
    """The status of `/oidc` for a browser at another address."""
    line = http.client.HTTPConnection(base.removeprefix("http://"), timeout=20, source_address=(address, 0))
    line.request("GET", "/oidc")
    status = line.getresponse().status
    line.close()
    return status


async def test_a_person_without_a_disk_still_keeps_one_name(site: Site, provider: HostileProvider) -> None:
    """The name that a failing disk did not take is theirs all the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site.accounts, "database", _full)
        assert (await come(site)).status == 200
        provider.said = {"preferred_username": "Somebody Else"}
        assert (await come(site)).status == 200
    assert site.accounts.get("Somebody Else") is None


def _full() -> Accounts:
    raise AccountError("disk full")


async def test_whoever_tries_without_end_fills_neither_the_log_nor_its_lines(
    site: Site, provider: HostileProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.said = {"roles": ["nothing"]}
    for _ in range(9):
        assert (await come(site)).status == 403
    refused = [facts["count"] for kind, facts, _ in await site.events() if kind == "sign_in_refused"]
    assert refused == [1, 2, 4, 8]
    start = await ask(f"{site.base}/oidc")
    with caplog.at_level(logging.WARNING, "dashboard.access.oidc_pages"):
        for _ in range(33):
            forged = await ask(f"{site.base}/oidc-callback?state=x&code=x", None, start.cookie(FLOW))
            assert forged.status == 401
    lines = [record for record in caplog.records if record.name == "dashboard.access.oidc_pages"]
    assert len(lines) == 6
