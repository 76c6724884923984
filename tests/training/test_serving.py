"""The training room's server: who comes in, and headers on every answer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from dashboard.access.accounts import Accounts
from dashboard.access.oidc import OidcSettings
from dashboard.access.signins import SignIns
from incidents.clock import SystemClock
from incidents.roles import MAY
from settings import Settings, SettingsError
from training.room import TrainingRoom
from training.serving import COOKIE, serve_room, sign_in_service, sign_ins
from training.wall import RoomSettings, room_settings

PASSWORD = "fictief-wachtwoord"


def accounts(path: Path) -> Accounts:
    made = Accounts(path, hasher=PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    for role in ("trainer", "dispatcher"):
        made.add(role, [role], PASSWORD)
    return made


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[str]:
    settings = RoomSettings(folder=tmp_path / "training", log=tmp_path / "vigie.log", users=tmp_path / "u", port=0)
    signins = SignIns(accounts(tmp_path / "u"), clock=SystemClock(), kept=False)
    room = await TrainingRoom.open(settings)
    server = serve_room(room, signins)
    yield f"http://localhost:{server.port}"
    server.stop()
    signins.close_file()
    await room.close()


async def ask(url: str, **options: object) -> HTTPResponse:
    request = HTTPRequest(url, follow_redirects=False, **options)  # type: ignore[arg-type]
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def test_a_trainer_signs_in_with_the_centres_account_and_a_cookie_of_the_rooms_own(base: str) -> None:
    assert (await ask(f"{base}/")).headers["Location"] == "/trainer"
    answer = await ask(
        f"{base}/sign-in", method="POST", body=f"username=trainer&password={PASSWORD}", headers={"Origin": base}
    )
    assert answer.code == 303
    assert answer.headers["Location"] == "/trainer"
    assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=") and "HttpOnly" in answer.headers["Set-Cookie"]
    assert COOKIE != "vigie_session"


async def signed_in(base: str, who: str) -> str:
    """The cookie of a browser that signed in."""
    body = f"username={who}&password={PASSWORD}"
    answer = await ask(f"{base}/sign-in", method="POST", body=body, headers={"Origin": base})
    return answer.headers["Set-Cookie"].partition(";")[0]


async def test_a_recording_is_taken_in_from_a_trainers_own_page_alone(base: str) -> None:
    async def sent(who: str = "trainer", name: str = "from-elsewhere", **headers: str) -> tuple[int, str]:
        given = {"Origin": base, "X-Vigie-Name": name, "Cookie": await signed_in(base, who) if who else ""} | headers
        answer = await ask(f"{base}/training/recordings", method="POST", body=b"no recording", headers=given)
        return answer.code, msgspec.json.decode(answer.body)["code"]

    assert await sent(who="") == (403, "locked")
    assert await sent(who="dispatcher") == (403, "locked")
    assert await sent(Origin="https://elsewhere.example") == (403, "locked")
    assert await sent(name="../room") == (400, "name_invalid")


async def test_every_answer_has_strict_headers(base: str) -> None:
    for path in ("/live", "/sign-in", "/assets/page/page.css", "/nothing"):
        policy = (await ask(f"{base}{path}")).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "media-src 'self'" in policy


async def test_without_a_trainers_account_the_room_says_how_to_make_one(tmp_path: Path) -> None:
    settings = room_settings(Settings(log=tmp_path / "vigie.log"))
    with pytest.raises(SettingsError, match="users add NAME --role trainer"):
        await asyncio.to_thread(sign_ins, settings)


async def test_joining_is_asked_from_our_own_page_and_says_what_is_wrong(base: str) -> None:
    async def post(body: str, origin: str = base) -> HTTPResponse:
        return await ask(f"{base}/join", method="POST", body=body, headers={"Origin": origin})

    assert (await post("code=AAAAAA&name=Leerling", "https://elsewhere.example")).code == 403
    wrong = await post("code=%3Cb%3EAAA&name=%3Cb%3E")
    assert wrong.code == 401 and b"No exercise has this code now" in wrong.body and b"<b>" not in wrong.body
    assert (await ask(f"{base}/exercise")).headers["Location"].startswith("./join")


async def test_each_role_gets_the_trainer_page_as_the_table_says(base: str) -> None:
    for role in ("trainer", "dispatcher"):
        entered = await ask(
            f"{base}/sign-in", method="POST", body=f"username={role}&password={PASSWORD}", headers={"Origin": base}
        )
        cookie = entered.headers["Set-Cookie"].partition(";")[0]
        page = (await ask(f"{base}/trainer", headers={"Cookie": cookie})).body.decode()
        allowed = role in MAY["page trainer"]
        assert ("needs one of these roles: trainer." in page) is not allowed
        assert ("training/trainer.js" in page) is allowed


def test_a_centre_with_a_sign_in_service_of_its_own_needs_no_local_trainer(tmp_path: Path) -> None:
    service = OidcSettings(
        issuer="https://sign-in.example", authorize_url="https://sign-in.example/a", client_id="vigie",
        token_url="https://sign-in.example/t", jwks_url="https://sign-in.example/k", roles_map={"t": "trainer"},
    )  # fmt: skip
    settings = room_settings(Settings(log=tmp_path / "vigie.log", oidc=service))
    signins = sign_ins(settings)
    assert signins.service and sign_in_service(settings) is not None
    signins.close_file()
