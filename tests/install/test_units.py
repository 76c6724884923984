"""The units are what `systemd-analyze` calls hardly exposed, start commands that there are, and are the ones the pages mean."""

import contextlib
import inspect
import os
import re
import shlex
import shutil
import socket
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import app
from tests.processes import ROOT, run

UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))
UNDER = 3.0  # of 10, as `systemd-analyze security` counts; what it calls OK
each = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)


def exposure(unit: Path) -> float:
    """How exposed a service is, from 0 to 10."""
    assert shutil.which("systemd-analyze"), "no systemd-analyze on this machine: `make test` says how to install it"
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", ran.stdout)
    assert found, ran.stdout + ran.stderr
    return float(found.group(1))


@each
def test_a_unit_is_hardly_exposed(unit: Path) -> None:
    assert exposure(unit) < UNDER


def test_a_bare_unit_would_be_found(tmp_path: Path) -> None:
    bare = tmp_path / "bare.service"
    bare.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    assert exposure(bare) > UNDER


@each
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    command = tmp_path / "vigie"
    command.write_text("#!/bin/sh\n", encoding="utf-8")
    command.chmod(0o755)
    here = tmp_path / unit.name
    here.write_text(unit.read_text("utf-8").replace("/opt/vigie/current/bin/vigie", str(command)), encoding="utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    here.write_text(here.read_text("utf-8").replace("ProtectSystem", "ProtectsSystem"), encoding="utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True)
    assert "ProtectsSystem" in ran.stderr


STANDS = """
import asyncio, time
from cli.terminal import until_told
async def stands():
    await asyncio.sleep(0.4)
    time.sleep(30)
asyncio.run(until_told(stands()))
"""


@pytest.mark.parametrize("at", ["{folder}/notify", "@vigie-{pid}", ""], ids=["systemd", "abstract", "container"])
def test_a_loop_is_told_of_while_it_turns_and_where_it_stands_the_process_ends_and_says_where(
    tmp_path: Path, at: str
) -> None:
    at, environ = at.format(folder=tmp_path, pid=os.getpid()), {"WATCHDOG_USEC": "500000"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        if at:
            line.bind(at.replace("@", "\0"))
        line.setblocking(False)
        code, said = run(code=STANDS, **environ | ({"NOTIFY_SOCKET": at} if at else {}))
        assert code == 1 and "in stands" in said
        told = []
        with contextlib.suppress(BlockingIOError):
            while True:
                told.append(line.recv(100))
    assert set(told) == ({b"WATCHDOG=1"} if at else set()) and len(told) < 20 and (len(told) > 3 or not at)


@each
def test_a_unit_waits_for_a_command_that_tells_of_its_loop(unit: Path) -> None:
    service = _service(unit)
    assert (service["WatchdogSec"], service["WatchdogSignal"], service["NotifyAccess"]) == ("60", "SIGKILL", "main")
    command: Any = get_command(app.app)
    for word in shlex.split(service["ExecStart"])[1:]:
        command = command.commands[word] if hasattr(command, "commands") else command
    assert "until_told(" in inspect.getsource(command.callback)


@each
def test_a_unit_starts_a_command_that_there_is(unit: Path) -> None:
    program, *words = shlex.split(_service(unit)["ExecStart"])
    assert program == "/opt/vigie/current/bin/vigie"  # where docs/bundle/install.sh puts it
    command = get_command(app.app)
    while words and not words[0].startswith("--"):
        command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
    assert set(words[::2]) <= {name for option in command.params for name in option.opts}


def test_units_differ_in_what_they_start_and_in_nothing_that_guards_them() -> None:
    assert len(UNITS) > 1
    guards = [{k: v for k, v in _service(unit).items() if k not in OWN} for unit in UNITS]
    assert all(guard == guards[0] for guard in guards)


def test_the_pages_show_no_other_unit() -> None:
    pages = {page.name: page.read_text("utf-8") for page in (ROOT / "docs").rglob("*.md")}
    assert not [name for name, text in pages.items() if "ExecStart=" in text and "[Unit]" in text]
    named = {name for text in pages.values() for name in re.findall(r"docs/systemd/([\w.-]+)", text)}
    assert {unit.name for unit in UNITS} <= named


OWN = {"ExecStart", "Environment", "ReadWritePaths", "TimeoutStopSec", "LimitNOFILE", "Restart", "RestartSec"}


class _Lines(dict[str, str]):
    """A section of a unit: a line that stands twice adds to the first."""

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name, f"{self[name]}\n{value}" if name in self else value)


def _service(unit: Path) -> dict[str, str]:
    parser = RawConfigParser(strict=False, dict_type=dict)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read(unit, encoding="utf-8")
    return dict(parser["Service"])
