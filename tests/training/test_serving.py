"""The training room's server: who comes in, and headers on every answer."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from argon2 import PasswordHasher
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from centre.access import sign_in_service
from centre.settings import Settings, SettingsError
from dashboard.access.accounts import Accounts
from dashboard.access.settings import OidcSettings
from dashboard.access.signins import SignIns, page_token
from dashboard.exercise_join.page import COOKIE as EXERCISE_COOKIE
from dashboard.shell.session import PageSession
from incidents.clock import SystemClock
from incidents.roles import MAY
from tests.training.parts import exercise_of, scenario, zones
from tests.waiting import LONG_S
from training.isolation import RoomSettings, room_settings
from training.room import TrainingRoom
from training.serving import COOKIE, serve_room, sign_ins

PASSWORD = "fictief-wachtwoord"
PEOPLE = {  # by account, the only role each has
    "trainer": "trainer", "second-trainer": "trainer", "dispatcher": "dispatcher", "leerling": "dispatcher",
    "other-leerling": "dispatcher", "bystander": "dispatcher", "supervisor": "supervisor", "auditor": "auditor",
    "technician": "technician",
}  # fmt: skip


def accounts(path: Path) -> Accounts:
    made = Accounts(path, hasher=PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    for name, role in PEOPLE.items():
        made.add(name, [role], PASSWORD)  # type: ignore[list-item]
    return made


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[TrainingRoom]:
    settings = RoomSettings(folder=tmp_path / "training", log=tmp_path / "vigie.log", users=tmp_path / "u", port=0)
    made = await TrainingRoom.open(settings, zones=zones())
    yield made
    await made.close()


@pytest.fixture
async def base(room: TrainingRoom) -> AsyncIterator[str]:
    signins = SignIns(accounts(room.settings.users), clock=SystemClock(), kept=False)
    server = serve_room(room, signins)
    watching = asyncio.create_task(signins.run())
    yield f"http://localhost:{server.port}"
    watching.cancel()
    server.stop()
    signins.close_file()


async def ask(url: str, **options: object) -> HTTPResponse:
    request = HTTPRequest(url, follow_redirects=False, **options)  # type: ignore[arg-type]
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def test_a_trainer_signs_in_with_the_centres_account_and_a_cookie_of_the_rooms_own(base: str) -> None:
    assert (await ask(f"{base}/")).headers["Location"] == "/sign-in"
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


async def test_a_trainer_who_is_disabled_opens_nothing_of_the_room_any_more(room: TrainingRoom, base: str) -> None:
    cookie = await signed_in(base, "trainer")
    assert (await ask(f"{base}/trainer", headers={"Cookie": cookie})).code == 200
    Accounts(room.settings.users).set_disabled("trainer", True)
    async with asyncio.timeout(LONG_S):
        while (await ask(f"{base}/progress", headers={"Cookie": cookie})).code == 200:  # no page is made for it
            await asyncio.sleep(0.1)
    for path in ("/trainer", "/replay", "/debrief/aaaaaaaaaaaaaaaa", "/progress"):
        answer = await ask(f"{base}{path}", headers={"Cookie": cookie})
        assert answer.code in (302, 403, 404) and b"trainer fictief" not in answer.body, path


async def test_the_room_takes_in_one_recording_at_a_time(base: str) -> None:
    cookie = await signed_in(base, "trainer")
    given = {"Origin": base, "X-Vigie-Name": "from-elsewhere", "Cookie": cookie}

    async def code() -> str:
        answer = await ask(f"{base}/training/recordings", method="POST", body=b"no recording", headers=given)
        return str(msgspec.json.decode(answer.body)["code"])

    _, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
    head = {**given, "Host": base.removeprefix("http://"), "Content-Length": "1000"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    writer.write(f"POST /training/recordings HTTP/1.1\r\n{lines}\r\nit begins".encode())
    async with asyncio.timeout(LONG_S):
        while await code() != "taking_another":
            await asyncio.sleep(0.02)
        writer.close()
        while await code() != "recording_invalid":
            await asyncio.sleep(0.02)


async def test_a_recording_is_taken_in_from_a_trainers_own_page_alone(base: str) -> None:
    async def sent(who: str = "trainer", name: str = "from-elsewhere", **headers: str) -> tuple[int, str]:
        given = {"Origin": base, "X-Vigie-Name": name, "Cookie": await signed_in(base, who) if who else ""} | headers
        answer = await ask(f"{base}/training/recordings", method="POST", body=b"no recording", headers=given)
        return answer.code, msgspec.json.decode(answer.body)["code"]

    assert await sent(who="") == (403, "locked")
    assert await sent(who="dispatcher") == (403, "locked")
    assert await sent(Origin="https://elsewhere.example") == (403, "another_origin")
    assert await sent(name="../room") == (400, "name_invalid")


async def test_every_answer_has_strict_headers(base: str) -> None:
    for path in ("/live", "/sign-in", "/assets/shell/page.css", "/nothing"):
        headers = (await ask(f"{base}{path}")).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "media-src 'self'" in policy
        assert headers["Cache-Control"] == ("no-cache" if "assets" in path else "no-store")


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


async def test_wrong_codes_wait_and_whoever_types_the_right_one_does_not(room: TrainingRoom, base: str) -> None:
    async def post(code: str) -> int:
        body = f"code={quote(code)}&name=Leerling"
        return (await ask(f"{base}/join", method="POST", body=body, headers={"Origin": base})).code

    exercise = await exercise_of(room, scenario())
    assert [await post(code) for code in ("É", "\U00010400")] == [401] * 2
    guesses = [asyncio.create_task(post("AAAAAA")) for _ in range(14)]
    async with asyncio.timeout(LONG_S):
        while sum(guess.done() for guess in guesses) < 8:  # ten cost nothing
            await asyncio.sleep(0.02)
    assert await post(exercise.code) == 303
    assert not all(guess.done() for guess in guesses)  # the last waits 30 s
    for guess in guesses:
        guess.cancel()


async def test_an_exercises_own_address_leads_to_the_join_page_with_its_code(room: TrainingRoom, base: str) -> None:
    exercise = await exercise_of(room, scenario())
    typed = f"{exercise.code[:3]}-{exercise.code[3:]}".lower()
    answer = await ask(f"{base}/exercise/{typed}")
    assert (answer.code, answer.headers["Location"]) == (302, f"/join?code={exercise.code}")
    page = (await ask(f"{base}{answer.headers['Location']}")).body.decode()
    assert f'name="code" class="code" value="{exercise.code}"' in page
    assert re.search(r'<input id="name" name="name" value=""[^>]* autofocus>', page)
    nobodys = "".join(sorted(exercise.code, reverse=True))  # told apart from a real one by nothing
    assert (await ask(f"{base}/exercise/{nobodys}")).headers["Location"] == f"/join?code={nobodys}"


async def test_who_took_part_in_what_is_no_more_is_told_so(room: TrainingRoom, base: str) -> None:
    exercise = await exercise_of(room, scenario())
    cookie = {"Cookie": f"{EXERCISE_COOKIE}={room.join(exercise.code, 'Leerling Een')}"}
    await exercise.end()
    for headers, told in ((cookie, True), ({}, False)):
        led = (await ask(f"{base}/exercise", headers=headers)).headers["Location"]
        page = (await ask(f"{base}/{led.lstrip('./')}", headers=headers)).body.decode()
        assert ("started anew" in page) is told


async def test_what_has_not_the_form_of_a_code_leads_to_the_plain_join_page(base: str) -> None:
    for wrong in ("ABC", "ABCDEFG", "ABCDE0", "%3Cb%3E", "index.html"):
        assert (await ask(f"{base}/exercise/{wrong}")).headers["Location"] == "/join"
        assert 'class="code" value=""' in (await ask(f"{base}/join?code={wrong}")).body.decode()


async def test_who_has_a_place_goes_on_to_that_exercise_and_to_no_other(room: TrainingRoom, base: str) -> None:
    theirs, other = await exercise_of(room, scenario()), await exercise_of(room, scenario())
    cookie = {"Cookie": f"{EXERCISE_COOKIE}={room.join(theirs.code, 'Leerling Een')}"}
    assert (await ask(f"{base}/exercise/{theirs.code}", headers=cookie)).headers["Location"] == "/exercise"
    assert (await ask(f"{base}/exercise", headers=cookie)).code == 200
    answer = await ask(f"{base}/exercise/{other.code}", headers=cookie)
    assert answer.headers["Location"] == f"/join?code={other.code}"
    assert "Back to your exercise" in (await ask(base + answer.headers["Location"], headers=cookie)).body.decode()


async def test_each_role_gets_the_trainer_page_as_the_table_says(base: str) -> None:
    for role in ("trainer", "dispatcher"):
        entered = await ask(
            f"{base}/sign-in", method="POST", body=f"username={role}&password={PASSWORD}", headers={"Origin": base}
        )
        cookie = entered.headers["Set-Cookie"].partition(";")[0]
        page = (await ask(f"{base}/trainer", headers={"Cookie": cookie})).body.decode()
        allowed = role in MAY["page trainer"]
        assert ("needs one of these roles: trainer." in page) is not allowed
        assert ("pages/trainer.js" in page) is allowed
        if not allowed:  # no page of the live desk is here
            leads = re.findall(r'<a class="do" href="/?([a-z-]+)"', page)
            assert leads == ["join", "progress"]
            assert [(await ask(f"{base}/{name}", headers={"Cookie": cookie})).code for name in leads] == [200, 200]


async def test_its_sign_in_page_says_what_it_is_and_speaks_of_no_alarm(base: str) -> None:
    page = (await ask(f"{base}/sign-in")).body.decode()
    assert "The training room" in page and "/join" in page and "showing alarms" not in page


def test_a_centre_with_a_sign_in_service_of_its_own_needs_no_local_trainer(tmp_path: Path) -> None:
    service = OidcSettings(
        issuer="https://sign-in.example", authorize_url="https://sign-in.example/a", client_id="vigie",
        token_url="https://sign-in.example/t", jwks_url="https://sign-in.example/k", roles_map={"t": "trainer"},
    )  # fmt: skip
    settings = room_settings(Settings(log=tmp_path / "vigie.log", oidc=service))
    signins = sign_ins(settings)
    assert signins.service and sign_in_service(settings.oidc) is not None
    signins.close_file()


async def test_a_replay_that_was_closed_says_so_and_no_page_shows_an_error(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = {"Cookie": await signed_in(base, "trainer")}
    answer = (await ask(f"{base}/replay?id=nope", headers=cookie)).body.decode()
    assert "This replay was closed." in answer

    def fails() -> None:
        raise RuntimeError("/a/path/of/the/server")

    monkeypatch.setattr("training.serving.trainer_page", lambda house: fails())
    page = (await ask(f"{base}/trainer", headers=cookie)).body.decode()
    assert "This page could not be made. Load it again." in page
    assert "/a/path" not in page


async def test_a_replays_page_belongs_to_the_rooms_sign_in_though_the_browser_is_at_the_live_desk_too(
    base: str, room: TrainingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay = await room.open_replay(room.recordings("en")[0].name)
    cookie = await signed_in(base, "trainer")
    made: list[str] = []

    def begun(self: PageSession[Any], consoles: Any, page: Any, token: str, make: Any = PageSession.__init__) -> None:
        made.append(token)
        make(self, consoles, page, token)

    monkeypatch.setattr(PageSession, "__init__", begun)
    both = f"{cookie}; vigie_session={'a' * 64}"
    assert (await ask(f"{base}/replay?id={replay.id}", headers={"Cookie": both})).code == 200
    assert made == [page_token(cookie.partition("=")[2])]
