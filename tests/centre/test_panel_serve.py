"""`panel serve app.py --plugins app` is the same desk, started as an administrator does: by Panel's own command."""

import asyncio
import os
import sys
from pathlib import Path

from incidents.log.sqlite import SqliteLog
from tests.centre.parts import ROOT, Running, own_feed


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
            for path in ("/", "/operator", "/app"):
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
