"""`panel serve app.py --plugins app` is the same desk, started as an administrator does: by Panel's own command."""

import asyncio
import os
import sys
from pathlib import Path

from dashboard.access.accounts import Accounts
from incidents.log.sqlite import SqliteLog
from tests.centre.parts import Running, own_feed
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import COOKIE, Browser, _asked
from tests.processes import ROOT


async def test_panel_serve_logs_a_press_before_any_page_and_leads_to_its_page(tmp_path: Path) -> None:
    served = Running(tmp_path, feeds=())
    async with own_feed() as feed:
        feed.press("AMR-1")
        environ = {**os.environ, "VIGIE_FEED": feed.url, "VIGIE_LOG": str(served.log), "VIGIE_NO_SIGN_IN": "1"}
        environ.pop("PYTHONPATH", None)
        # The script, not `python -m panel`: that one has the working directory on the path.
        command = (str(Path(sys.executable).parent / "panel"), "serve", "app.py", "--plugins", "app")
        process = await asyncio.create_subprocess_exec(
            *command,
            "--port",
            str(served.port),
            cwd=ROOT,
            env=environ,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(40):
                while not feed.durable:
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
            assert served.status("/live") == 200
            for path in ("/", "/operator", "/supervisor", "/bench", "/app"):
                assert await asyncio.to_thread(served.status, path) == 200, path
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 20)
    log = await SqliteLog.open(served.log, reading=True)
    try:
        assert len(await log.latest(["raised"])) == 1
    finally:
        await log.close()


async def test_panel_serve_lets_in_who_has_an_account_logs_no_name_and_refuses_to_start_without_one(
    tmp_path: Path,
) -> None:
    served = Running(tmp_path, feeds=())
    environ = {**os.environ, "VIGIE_LOG": str(served.log), "VIGIE_USERS": str(tmp_path / "people")}
    panel = (str(Path(sys.executable).parent / "panel"), "serve", "app.py", "--plugins", "app")
    command = (*panel, "--port", str(served.port))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environ, stderr=pipe)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert said.decode().splitlines()[-1].endswith(f"users add NAME --role supervisor --users {tmp_path / 'people'}")
    assert b"Traceback" not in said
    Accounts(tmp_path / "people", hasher=QUICK).add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    output = tmp_path / "output"
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environ, stdout=file, stderr=file)
    try:
        async with asyncio.timeout(60):
            while await asyncio.to_thread(served.status, "/sign-in") != 200:  # 503 while it starts
                assert process.returncode is None
                await asyncio.sleep(0.05)
        browser = Browser(f"http://localhost:{served.port}")
        assert (await browser.get("/app"))[0] == 302
        await browser.sign_in("Mieke Voorbeeld", PASSWORD)
        _, _, headers = await _asked(f"{browser.base}/app", None, {"Cookie": f"{COOKIE}={browser.cookie}"})
        assert headers["Cache-Control"] == "no-store"
        assert '"feeds"' not in (await _asked(f"{browser.base}/health", None, {"Via": "1.1 somebody"}))[1]
        line = await browser.open("/app")
        assert line.messages[0]["access"]["name"] == "Mieke Voorbeeld"
        await line.garble("A. Voorbeeld")
        assert "Voorbeeld" not in output.read_text()
        line = await browser.open("/app")
        Accounts(tmp_path / "people", hasher=QUICK).set_disabled("Mieke Voorbeeld", True)
        assert (await line.until(lambda message: message.get("access", {}).get("state") == "locked"))["access"]["dark"]
        await line.close()
        assert (await browser.get("/app"))[0] == 302
        assert "Voorbeeld" not in output.read_text()
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)
