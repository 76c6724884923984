"""Sign-in through OpenID Connect, over HTTP, with a real provider: who gets in, as what, and who does not."""

import asyncio
import base64
import hashlib
import logging
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from oidc_provider_mock import User

from dashboard.access.accounts import Accounts
from dashboard.access.oidc import NotVerified, Oidc, Unreachable
from dashboard.access.rules import AccountError
from dashboard.access.settings import OidcSettings
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.server import serve
from maps.zones import Zones
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import _ask
from tests.dashboard.access.provider import FLOW, SESSION, Answer, Provider, ask, way_back
from tests.dashboard.conftest import House

# The provider's own affair: it runs in this process.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:(authlib|oidc_provider_mock)")
ANNA = "Anna Verzonnen"
SECRET = "geen echt geheim & meer"
GLASS = "Nacht Noodgeval"
PEOPLE = (
    User(sub="anna", claims={"preferred_username": ANNA, "roles": ["amr-desk", "amr-shift", "unknown"]}),
    User(sub="twin", claims={"preferred_username": "anna VERZONNEN", "roles": ["amr-shift"]}),
    User(sub="bart", claims={"preferred_username": "Bart Verzonnen", "roles": ["printers"]}),
    User(sub="none", claims={"preferred_username": "Nel Verzonnen"}),
    User(sub="mieke", claims={"preferred_username": "Mieke Voorbeeld", "roles": ["amr-shift"]}),
    User(sub="ghent", claims={"preferred_username": "Gust Verzonnen", "roles": ["amr-zone"], "zone": 5415}),
    User(sub="nowhere", claims={"preferred_username": "Niels Verzonnen", "roles": ["amr-zone"], "zone": "0"}),
    User(sub="strange", claims={"preferred_username": "<b>", "roles": ["amr-desk"]}),
)


class Site:
    """A server that trusts a provider, with an ordinary local account and one for break-glass."""

    def __init__(self, house: House, accounts: Accounts, zones: Zones, tmp_path: Path, issuer: str) -> None:
        (tmp_path / "secret").write_text(SECRET + "\n", encoding="utf-8")
        self.house, self.accounts = house, accounts
        self.settings = OidcSettings(
            issuer=issuer,
            client_id="vigie",
            client_secret_file=tmp_path / "secret",
            roles_map={"amr-desk": "dispatcher", "amr-shift": "supervisor", "amr-zone": "zone"},
            zone_claim="zone",
            label="Politie Fictief",
        )
        self.signins = SignIns(accounts, clock=house.clock)
        house.consoles.signins = self.signins
        door = Door(lambda: self.signins, lambda: house.desk, oidc=Oidc(self.settings), known_zone=zones.known)
        self.server = serve(house.consoles, door=door, port=0)
        self.base = f"http://127.0.0.1:{self.server.port}"

    async def come(self, sub: str, **facts: str) -> Answer:
        address, flow = await way_back(self.base, sub, **facts)
        return await ask(address, None, flow)

    async def local(self, name: str) -> Answer:
        return await ask(f"{self.base}/sign-in", {"username": name, "password": PASSWORD})

    async def events(self) -> list[tuple[str, dict[str, Any], str]]:
        records = await self.house.log.stream("desk/access")
        return [(r.type, dict(r.open), self.house.desk.name_of(r.actor)) for r in records]

    def stop(self) -> None:
        self.server.stop()
        self.signins.close_file()


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider(*PEOPLE)
    yield provider
    provider.stop()


Make = Callable[[str], Site]


@pytest.fixture
async def make(house: House, accounts: Accounts, zones: Zones, tmp_path: Path) -> AsyncIterator[Make]:
    accounts.add(GLASS, ["supervisor"], PASSWORD, break_glass=True)
    sites: list[Site] = []

    def make(issuer: str) -> Site:
        sites.append(Site(house, accounts, zones, tmp_path, issuer))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
async def site(make: Make, provider: Provider) -> Site:
    return make(provider.issuer)


@contextmanager
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    lines: list[str] = []
    with caplog.at_level(logging.DEBUG):
        yield lines
    lines += [record.getMessage() for record in caplog.records if not record.name.startswith("oidc_provider_mock")]


async def test_the_sign_in_page_leads_there_and_back_to_the_alarms_with_the_roles_of_the_claim(
    site: Site, provider: Provider
) -> None:
    page = await ask(f"{site.base}/sign-in")
    assert 'href="oidc?next="' in page.text
    assert "Sign in with Politie Fictief" in page.text
    answer = await site.come("anna")
    session = answer.cookie(SESSION)
    assert (answer.status, answer.cookie(FLOW)) == (200, "")
    # Another site began this: only a page of ours may lead to one that our strict cookie opens.
    assert 'content="0; url=operator"' in answer.text
    kept = next(text for text in answer.headers.get_all("Set-Cookie") or [] if text.startswith(SESSION))
    assert "HttpOnly" in kept and "SameSite=Strict" in kept
    assert 'aria-label="Alarm queue"' in (await ask(f"{site.base}/operator", None, session)).text
    known = site.signins.of(session.partition("=")[2])
    assert known is not None
    assert (known.name, set(known.roles), known.break_glass) == (ANNA, {"dispatcher", "supervisor"}, False)
    assert await site.events() == [("signed_in", {"roles": "dispatcher supervisor", "how": "oidc"}, ANNA)]
    SignIns(Accounts(site.accounts.path, hasher=QUICK), clock=site.house.clock).close_file()  # the file opens again


async def test_the_provider_is_asked_for_state_nonce_and_a_challenge_that_the_exchange_answers(
    site: Site, provider: Provider
) -> None:
    start = await ask(f"{site.base}/oidc")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(start.leads_to).query).items()}
    assert start.leads_to.startswith(f"{provider.issuer}/oauth2/authorize?")
    assert asked["redirect_uri"] == f"{site.base}/oidc-callback"
    assert min(len(asked["state"]), len(asked["nonce"])) >= 32
    back = await ask(start.leads_to, {"sub": "anna"})
    assert (await ask(back.leads_to, None, start.cookie(FLOW))).status == 200
    [sent] = provider.asked
    challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=")
    assert (asked["code_challenge"], asked["code_challenge_method"]) == (challenge.decode(), "S256")
    assert "client_secret" not in sent
    assert base64.b64decode(provider.authorized[0].removeprefix("Basic ")) == b"vigie:geen+echt+geheim+%26+meer"
    kept = start.headers["Set-Cookie"]
    assert all(word in kept for word in ("HttpOnly", "SameSite=Lax", "Path=/oidc-callback"))
    assert sent["code_verifier"] not in kept and asked["nonce"] not in kept


@pytest.mark.parametrize("sub", ["bart", "none", "nowhere"])
async def test_a_person_without_a_role_in_vigie_is_told_so_and_not_signed_in(site: Site, sub: str) -> None:
    answer = await site.come(sub)
    assert (answer.status, answer.cookie(SESSION)) == (403, "")
    assert "gives you no role in Vigie" in answer.text
    assert "<details>" in answer.text  # no reason to break the glass
    assert site.accounts.get("Bart Verzonnen") is None
    assert await site.events() == [("sign_in_refused", {"count": 1, "why": "no_role"}, "?")]


async def test_a_zone_comes_from_its_claim(site: Site) -> None:
    answer = await site.come("ghent")
    known = site.signins.of(answer.cookie(SESSION).partition("=")[2])
    assert known is not None
    assert (known.roles, known.zone) == ({"zone"}, "5415")


@pytest.mark.parametrize("sub", ["mieke", "strange"])
async def test_a_name_of_a_local_account_and_a_name_that_is_none_are_nobodys(site: Site, sub: str) -> None:
    before = site.accounts.all()
    answer = await site.come(sub)
    assert (answer.status, answer.cookie(SESSION), site.accounts.all()) == (403, "", before)
    assert "used in Vigie" in answer.text
    assert await site.events() == [("sign_in_refused", {"count": 1, "why": "name"}, "?")]


async def test_what_the_id_token_lacks_is_taken_from_the_user_info_of_that_person_alone(
    site: Site, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Oidc._json

    def answering(sub: str) -> None:
        async def answer(oidc: Oidc, request: Any) -> dict[str, Any]:
            said = await answered(oidc, request)
            return {"sub": sub, "iss": "x", "roles": ["amr-shift"]} if request.url.endswith("userinfo") else said

        monkeypatch.setattr(Oidc, "_json", answer)

    answering("anna")
    assert (await site.come("none")).status == 401
    answering("none")
    known = site.signins.of((await site.come("none")).cookie(SESSION).partition("=")[2])
    assert known is not None
    assert (known.name, known.roles) == ("Nel Verzonnen", {"supervisor"})


async def test_a_name_is_one_persons_for_ever_and_has_no_password_here(site: Site) -> None:
    assert (await site.come("anna")).status == 200
    assert (await site.come("twin")).status == 403
    account = site.accounts.get(ANNA)
    assert account is not None and account.roles == {"dispatcher", "supervisor"}
    with pytest.raises(AccountError):
        site.accounts.set_password(ANNA, PASSWORD)
    with pytest.raises(AccountError):
        site.accounts.add(ANNA, ["supervisor"], PASSWORD, break_glass=True)
    assert site.accounts.verify(ANNA, "") is None


async def test_a_disabled_person_is_locked_at_once_and_does_not_come_back(site: Site) -> None:
    session = (await site.come("anna")).cookie(SESSION).partition("=")[2]
    site.accounts.set_disabled(ANNA, True)
    assert site.signins.state(session) == "out"
    assert (await site.come("anna")).status == 403


async def test_who_signs_in_takes_the_place_of_who_was_signed_in_at_that_browser(site: Site) -> None:
    first = (await site.come("anna")).cookie(SESSION)
    # On the way back the browser does not send the strict cookie: the flow remembers whom it replaces.
    second = await site.come("ghent", session=first)
    assert second.status == 200
    assert [s.name for s in site.signins.all()] == ["Gust Verzonnen"]
    assert ("signed_out", {"why": "replaced"}, ANNA) in await site.events()


async def test_a_way_back_that_this_browser_did_not_begin_signs_nobody_in(site: Site, provider: Provider) -> None:
    address, flow = await way_back(site.base, "anna")
    _, other = await way_back(site.base, "bart")
    tampered = address.replace("state=", "state=x")
    for url, cookie in (
        (address, ""),
        (address, other),
        (tampered, flow),
        (address, flow[:40] + ("A" if flow[40] != "A" else "B") + flow[41:]),
        (address, f"{FLOW}=x"),
    ):
        answer = await ask(url, None, cookie)
        assert (answer.status, answer.cookie(SESSION)) == (401, "")
    assert provider.asked == []
    assert site.signins.all() == ()


async def test_a_code_is_good_once(site: Site) -> None:
    address, flow = await way_back(site.base, "anna")
    assert (await ask(address, None, flow)).status == 200
    again = await ask(address, None, flow)
    assert (again.status, again.cookie(SESSION)) == (401, "")


async def test_an_expired_token_signs_nobody_in(make: Make) -> None:
    provider = Provider(*PEOPLE, access_token_max_age=timedelta(minutes=-2))
    try:
        answer = await make(provider.issuer).come("anna")
    finally:
        provider.stop()
    assert (answer.status, answer.cookie(SESSION)) == (401, "")


async def test_a_window_beside_a_page_that_stays_open_tells_it_and_leads_nowhere(site: Site) -> None:
    answer = await site.come("anna", next="in-place")
    assert answer.status == 200
    assert "assets/access/signed_in.js" in answer.text and "http-equiv" not in answer.text
    assert "BroadcastChannel" in (await ask(f"{site.base}/assets/access/signed_in.js")).text
    refused = await site.come("bart", next="in-place")
    assert 'href="oidc?next=in-place"' in refused.text  # a second try is one of that window, too


async def test_a_person_who_declines_at_the_provider_sees_the_sign_in_page_and_nothing_of_the_address(
    site: Site,
) -> None:
    start = await ask(f"{site.base}/oidc")
    back = await ask(start.leads_to, {"action": "deny"})
    answer = await ask(back.leads_to + "&error_description=<script>x", None, start.cookie(FLOW))
    assert answer.status == 401
    assert "<script>x" not in answer.text and "access_denied" not in answer.text
    assert "did not succeed" in answer.text


async def test_without_the_provider_the_page_says_so_and_only_break_glass_gets_in_as_an_event(
    site: Site, provider: Provider
) -> None:
    provider.stop()
    answer = await ask(f"{site.base}/oidc")
    assert answer.status == 503
    assert "The sign-in service (Politie Fictief) can&#39;t be reached" in answer.text
    assert "<details open>" in answer.text
    assert (await site.local("Mieke Voorbeeld")).status == 401
    entered = await site.local(GLASS)
    assert entered.status == 303
    assert (await ask(f"{site.base}/operator", None, entered.cookie(SESSION))).status == 200
    assert site.signins.glass == (GLASS,)
    assert await site.events() == [("signed_in", {"roles": "supervisor", "break_glass": True}, GLASS)]


async def test_a_provider_that_hangs_is_not_waited_for_long_and_holds_nothing_up(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.access.oidc.ANSWER_S", 1.0)
    with socket.create_server(("localhost", 0)) as silent:
        site = make(f"http://localhost:{silent.getsockname()[1]}")
        waiting = asyncio.create_task(ask(f"{site.base}/oidc"))
        connection, _ = await asyncio.to_thread(silent.accept)
        with connection:
            assert (await ask(f"{site.base}/live")).status == 200
            assert not waiting.done()
            assert (await waiting).status == 503


async def test_a_public_client_names_itself_and_has_no_secret(site: Site, provider: Provider) -> None:
    oidc = Oidc(msgspec.structs.replace(site.settings, client_secret_file=None))
    _, flow = await oidc.begin(redirect=f"{site.base}/oidc-callback", next="/operator")
    with pytest.raises(NotVerified):  # the code is none
        await oidc.finish(flow, state=flow.state, code="a code")
    assert (provider.asked[0]["client_id"], provider.authorized) == ("vigie", [""])
    assert "client_secret" not in provider.asked[0]


async def test_addresses_that_are_set_are_used_without_asking_the_issuer(site: Site, provider: Provider) -> None:
    places = {
        "authorize_url": f"{provider.issuer}/oauth2/authorize",
        "token_url": f"{provider.issuer}/oauth2/token",
        "jwks_url": f"{provider.issuer}/jwks",
    }
    oidc = Oidc(msgspec.structs.replace(site.settings, **places))
    url, flow = await oidc.begin(redirect=f"{site.base}/oidc-callback", next="/operator")
    back = parse_qs(urlsplit((await ask(url, {"sub": "anna"})).leads_to).query)
    found = await oidc.finish(flow, state=back["state"][0], code=back["code"][0])
    assert (found.name, found.roles) == (ANNA, {"dispatcher", "supervisor"})
    provider.stop()
    with pytest.raises(Unreachable):
        await oidc.begin(redirect=f"{site.base}/oidc-callback", next="/operator")


def test_a_file_of_accounts_from_before_opens_and_keeps_its_accounts(accounts: Accounts) -> None:
    with accounts.database() as db:
        db.execute("ALTER TABLE accounts DROP COLUMN subject")
    again = Accounts(accounts.path, hasher=QUICK)
    assert again.verify("Mieke Voorbeeld", PASSWORD) is not None
    assert again.known_by("a subject", ANNA, ["dispatcher"]).name == ANNA
    assert len(Accounts(accounts.path, hasher=QUICK).all()) == 2


async def test_a_provider_that_goes_away_between_is_said_on_the_way_back(site: Site, provider: Provider) -> None:
    address, flow = await way_back(site.base, "anna")
    provider.stop()
    answer = await ask(address, None, flow)
    assert (answer.status, answer.cookie(SESSION)) == (503, "")


async def test_with_the_provider_there_an_ordinary_local_account_is_refused_as_a_wrong_password_is(site: Site) -> None:
    refused = await site.local("Mieke Voorbeeld")
    wrong = await ask(f"{site.base}/sign-in", {"username": "Mieke Voorbeeld", "password": "a wrong password"})
    told = [re.sub(r'nonce="[^"]+"', "", answer.text) for answer in (refused, wrong)]
    assert (refused.status, wrong.status, told[0]) == (401, 401, told[1])


async def test_no_log_line_holds_a_code_a_token_a_secret_or_a_name(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with logged(caplog) as lines:
        address, flow = await way_back(site.base, "anna")
        assert (await ask(address, None, flow)).status == 200
        assert (await ask(address, None, flow)).status == 401
        assert (await site.come("mieke")).status == 403
    code = parse_qs(urlsplit(address).query)["code"][0]
    assert any("was not verified: refused" in line for line in lines)
    ours = [line for line in lines if "/oauth2/" not in line]
    assert not [line for line in ours if any(word in line for word in (code, SECRET, "Verzonnen", "Mieke", flow))]


async def test_a_host_that_is_none_of_ours_is_not_made_the_way_back(site: Site) -> None:
    status, _, _ = await asyncio.to_thread(_ask, f"{site.base}/oidc", None, {"Host": "evil.example"})
    assert status == 403


async def test_a_disk_that_fails_keeps_nobody_of_the_sign_in_service_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> Any:
        raise AccountError("disk full")

    monkeypatch.setattr(site.accounts, "database", full)
    session = (await site.come("anna")).cookie(SESSION).partition("=")[2]
    assert site.accounts.reload() is False
    assert site.signins.state(session) == "active"
    monkeypatch.undo()
    site.accounts.reload()
    assert site.signins.state(session) == "active"
    assert (await site.come("anna")).status == 200
    assert Accounts(site.accounts.path, hasher=QUICK).get(ANNA) is not None
