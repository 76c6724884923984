"""The commands of docs/operations.md lead from an empty folder to a page one signs in to, exactly as they are pasted."""

import asyncio
import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from dashboard.ports import free_port
from feeds.gateway import Gateway
from tests.dashboard.access.parts import Browser
from tests.processes import ROOT
from tests.waiting import until

SECTION = re.compile(r"^## From an empty folder to a page\n(.*?)^## ", re.M | re.S)
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.M | re.S)


def commands() -> str:
    """Every fenced block of the section, in order, without the indentation of its list."""
    (section,) = SECTION.findall((ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))
    assert section.count("```") == 2 * len(BLOCK.findall(section)), "a block that the test would not run"
    return "".join(textwrap.dedent(block) for block in BLOCK.findall(section))


def installed(folder: Path) -> None:
    """The program in `app/`, with the Python that runs these tests as its environment."""
    (folder / "app" / ".venv" / "bin").mkdir(parents=True)
    for name in ("app.py", "docs"):
        (folder / "app" / name).symlink_to(ROOT / name)
    python = folder / "app" / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)


@pytest.mark.timeout(300)
async def test_the_page_leads_from_an_empty_folder_to_a_page_one_signs_in_to(tmp_path: Path) -> None:
    folder, output, port = tmp_path / "vigie", tmp_path / "output", free_port()
    installed(folder)
    assert commands().rstrip().endswith("vigie serve")
    gateway = Gateway("112-app", heartbeat_s=0.5)  # what stands at the address that the feed's operator would have said
    await gateway.start()
    environ = {**os.environ, "FOLDER": str(folder), "VIGIE_FEED": gateway.url, "VIGIE_PORT": str(port)}
    try:
        with output.open("wb") as said:
            shell = await asyncio.to_thread(
                subprocess.Popen,
                ["bash", "-e", "-c", commands()],
                cwd=tmp_path,
                env=environ,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        try:
            deadline = time.monotonic() + 240
            browser = Browser(f"http://localhost:{port}")
            while not await answers(browser):
                assert shell.poll() is None and time.monotonic() < deadline, output.read_text()
                await asyncio.sleep(0.2)
            password = (folder / "break-glass.password").read_text().strip()
            assert (await browser.get("/operator"))[0] == 302
            await browser.sign_in("Break Glass", password)
            assert (await browser.get("/operator"))[0] == 200
            await until(lambda: "CHECK backup: " in output.read_text(), 60)
        finally:
            if shell.poll() is None:
                os.killpg(shell.pid, signal.SIGTERM)
            await asyncio.to_thread(shell.wait, 60)
    finally:
        await gateway.stop()
    text = output.read_text()
    assert f"Vigie serves http://localhost:{port}/operator" in text
    assert "takes a subscription" in text and "Traceback" not in text
    assert not [line for line in text.splitlines() if line.startswith("error")], text
    made = {path.name for path in folder.iterdir()}
    assert made >= {
        "vigie.toml",
        "settings.toml",
        "vigie.log",
        "vigie.log.key",
        "vigie.users",
        "cases.db",
        "cases.db.key",
    }


async def answers(browser: Browser) -> bool:
    try:
        return (await browser.get("/sign-in"))[0] == 200
    except OSError:
        return False
