"""Accounts at the command line, and when `serve` starts: as an administrator meets both."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import app
from centre.serving import sign_ins
from centre.settings import Settings, SettingsError
from dashboard.access.accounts import Accounts
from dashboard.ports import free_port
from incidents.clock import SystemClock
from tests.dashboard.access.parts import Browser
from tests.processes import Command, vigie

PASSWORD = "geen echt wachtwoord"


async def test_without_an_account_serve_prints_the_line_that_makes_one(tmp_path: Path) -> None:
    users = tmp_path / "vigie.users"
    status, output = await vigie("serve", "--log", str(tmp_path / "vigie.log"), "--port", str(free_port()))
    assert status == 1
    assert output.splitlines()[-1].endswith(f"python app.py users add NAME --role supervisor --users {users}")
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []


async def test_an_account_is_made_and_then_signs_in_and_is_changed_while_the_desk_serves(tmp_path: Path) -> None:
    users, log = ("--users", str(tmp_path / "people")), {"VIGIE_LOG": str(tmp_path / "vigie.log")}
    made = ("users", "add", "Mieke Voorbeeld", "--role", "dispatcher", "--role", "trainer")
    status, output = await vigie(*made, "--password-stdin", *users, **log, typed=PASSWORD + "\n")
    assert (status, PASSWORD in output) == (0, False)
    port = free_port()
    where = ("--log", log["VIGIE_LOG"], "--port", str(port))
    server = Command("serve", *where, *users, output=tmp_path / "output")
    try:
        await asyncio.to_thread(server.serves, port)
        browser = Browser(f"http://127.0.0.1:{port}")
        assert (await browser.get("/operator"))[0] == 302
        await browser.sign_in("mieke voorbeeld", PASSWORD)
        assert (await browser.get("/operator"))[0] == 200
        status, output = await vigie("users", "role", "Mieke Voorbeeld", "--role", "dispatcher", *users, **log)
        assert (status, output) == (
            0,
            "Mieke Voorbeeld may now sign in as dispatcher; it holds at once where they are signed in\n",
        )
        status, output = await vigie("users", "disable", "Mieke Voorbeeld", *users, **log)
        assert (status, "IT WAS THE LAST CONSOLE" in output) == (0, True)
        async with asyncio.timeout(3):
            while (await browser.get("/operator"))[0] != 302:
                await asyncio.sleep(0.1)
        assert await browser.post("/sign-in", username="mieke voorbeeld", password=PASSWORD) == 401
        assert (await vigie("users", "enable", "Mieke Voorbeeld", *users, **log))[0] == 0
        again = "een ander wachtwoord"
        assert (await vigie("users", "passwd", "Mieke Voorbeeld", "--password-stdin", *users, **log, typed=again))[
            0
        ] == 0
        assert await browser.post("/sign-in", username="mieke voorbeeld", password=PASSWORD) == 401
        await browser.sign_in("mieke voorbeeld", again)
        made = ("users", "add", "Sofie Proef", "--role", "supervisor", "--password-stdin", *users)
        assert (await vigie(*made, **log, typed=PASSWORD))[0] == 0
        await Browser(browser.base).sign_in("Sofie Proef", PASSWORD)
        status, output = await vigie("users", "remove", "Sofie Proef", *users, **log)
        assert (status, "still signed in who may take an alarm: Mieke Voorbeeld;" in output) == (0, True)
    finally:
        await asyncio.to_thread(server.stop)
    _, output = await vigie("users", "list", *users, **log)
    assert output == "Mieke Voorbeeld: dispatcher\n"


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (("add", "Jan Fictief"), PASSWORD, "give at least one --role"),
        (("add", "Jan Fictief", "--role", "boss"), PASSWORD, "boss is no role"),
        (("add", "Jan Fictief", "--role", "zone"), PASSWORD, "--zone"),
        (("add", "Jan Fictief", "--role", "zone", "--zone", "9"), PASSWORD, "no zone of the map"),
        (("add", "Jan Fictief", "--role", "dispatcher"), "short", "at least 10 characters"),
        (("add", "Jan Fictief", "--role", "dispatcher"), "vigie-demo", "the demo's password"),
        (("add", "Jan Fictief", "--role", "administrator"), PASSWORD, "administrator is no role"),
        (("passwd", "Nobody"), PASSWORD, "there are no accounts at"),
    ],
)
def test_what_can_be_no_account_is_one_line(tmp_path: Path, words: tuple[str, ...], typed: str, says: str) -> None:
    command = ["users", *words, "--password-stdin", "--users", str(tmp_path / "people")]
    result = CliRunner().invoke(app.app, command, input=typed + "\n")
    status, output = result.exit_code, result.output
    assert status == 1
    assert says in output
    assert len(output.splitlines()) == 1


def test_a_password_is_never_taken_from_the_command_line(tmp_path: Path) -> None:
    words = ["users", "add", "Jan Fictief", "--role", "dispatcher", "--users", str(tmp_path / "people")]
    assert CliRunner().invoke(app.app, [*words, "--password", PASSWORD]).exit_code == 2
    result = CliRunner().invoke(app.app, words)
    assert (result.exit_code, "--password-stdin" in result.output) == (1, True)


def test_a_code_secret_is_shown_to_its_maker_once(tmp_path: Path) -> None:
    users = ["--users", str(tmp_path / "people")]
    made = ["users", "add", "Jan Fictief", "--role", "supervisor", "--totp", "--break-glass", "--password-stdin"]
    output = CliRunner().invoke(app.app, [*made, *users], input=PASSWORD).output
    assert "otpauth://totp/Vigie:Jan%20Fictief?secret=" in output
    secret = output.split("secret=")[1].split("&")[0]
    listed = CliRunner().invoke(app.app, ["users", "list", *users]).output
    assert listed == "Jan Fictief: supervisor; code; break-glass\n"
    assert secret not in listed


def test_what_cannot_be_used_is_told_in_the_list(tmp_path: Path) -> None:
    path = tmp_path / "people"
    users = ["--users", str(path)]
    for name, more in (("Jan Fictief", ["--totp"]), ("Piet Fictief", [])):
        made = ["users", "add", name, "--role", "dispatcher", *more, "--password-stdin", *users]
        assert CliRunner().invoke(app.app, made, input=PASSWORD).exit_code == 0
    path.with_name("people.key").unlink()
    with Accounts(path).database() as db:
        db.execute("UPDATE accounts SET roles = 'administrator' WHERE key = 'piet fictief'")
    listed = CliRunner().invoke(app.app, ["users", "list", *users]).output.splitlines()
    assert "Jan Fictief: dispatcher; code, CAN'T SIGN IN: the master key cannot be read" in listed[-2]
    assert listed[-1] == "Piet Fictief: administrator (no longer a role)"


@pytest.mark.parametrize(
    "reach",
    [{"address": "0.0.0.0"}, {"address": "192.0.2.1"}, {"origins": ("vigie.example",)}, {"behind_proxy": True}],
)
def test_no_sign_in_is_refused_where_others_could_reach_it(reach: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="only for this machine"):
        sign_ins(Settings(no_sign_in=True, **reach), SystemClock())
    assert sign_ins(Settings(no_sign_in=True, origins=("localhost:8080",)), SystemClock()) is None
