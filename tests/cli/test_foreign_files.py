"""What a command is given for a file: a pipe that nobody writes to holds nothing up, a device without end fills no memory."""

import asyncio
import inspect
import os
import re
import resource
import signal
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from typer.models import OptionInfo, ParameterInfo
from typer.testing import CliRunner

import app
from cli.terminal import until_told
from dashboard.access.accounts import Accounts
from tests.cli.test_disclosures import WRITTEN
from tests.cli.test_disclosures import made as made
from tests.cli.test_disclosures import past as past
from tests.cli.test_progress import COMMANDS
from tests.dashboard.access.conftest import QUICK
from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import open_floor as open_floor
from tests.processes import _forks

WITHIN_S = 60
MOST_KIB = 200 << 10  # of memory that a command takes more than all before it
# Files that are no paths: a pattern may stand there, a name, or an address.
ALSO = {("report", "file"), ("report", "profile"), ("log copy", "source")}
# What else a command is given, so that it comes as far as to read the file: what it must have, and what of these it may have.
GIVEN = {
    "log": "vigie.log",
    "cases": "cases.db",
    "users": "vigie.users",
    "reason": "asked for by the magistrate",
    "url": "wss://127.0.0.1:9/feed",
    "why": "complaint",
    "out": "out.json",
    "incidents": "1",
    "backup": ".",
    "keys": ".",
    "by": "Zed",
    "role": "dispatcher",
    "folder": ".",
    "key": "0" * 32,
    "port": "0",
    "feed_port": "0",
    "seconds": "15",
    "columns": "columns.toml",
    "profile": "nena",
    "source": "vigie.log",
    "target": "nats://127.0.0.1:9/X",
}
MAY = {"reason", "passphrase_stdin", "cases", "port", "feed_port"}
BESIDE = {
    **{("report", one): {"file", "columns"} for one in ("file", "columns", "profile")},
    **{("report", one): {"log", "reason"} for one in ("log", "cases", "key_file")},
    ("cluster run", "folder"): set(),
}


def asked(incident: str) -> Iterator[tuple[str, list[str]]]:
    """Each parameter of a command that takes a file to read, and the command's words; FILE stands where the file does."""
    for name, command in COMMANDS.items():
        hints, parameters = get_type_hints(command, include_extras=True), inspect.signature(command).parameters
        paths = {one for one in parameters if "pathlib" in str(hints[one]) and name not in WRITTEN.get(one, ())}
        given = GIVEN | {
            "incident": incident,
            "file": {"cases import": "cases.json", "report": "table.csv"}.get(name, "1"),
        }
        for taken in (one for one in parameters if one in paths or (name, one) in ALSO):
            words = name.split()
            for one, parameter in parameters.items():
                needed = parameter.default is inspect.Parameter.empty or one in BESIDE.get((name, taken), MAY)
                if needed or one == taken:
                    kind = next(part for part in get_args(hints[one]) if isinstance(part, ParameterInfo))
                    if isinstance(kind, OptionInfo):
                        words.append((kind.param_decls or (f"--{one.replace('_', '-')}",))[-1])
                    if hints[one] is not bool and bool not in get_args(hints[one]):
                        words.append("FILE" if one == taken else given.get(one, "1"))
            yield f"{name}, {taken}", words


def run_all(folder: Path, incident: str, file: str, told: Path) -> None:
    """In a process that a pipe may hold up, one command after the other: what each came to is a line of `told`."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    until_told.__defaults__ = (1.0,)  # what serves ends by itself
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with chdir(folder), told.open("w", buffering=1) as lines:
        for what, words in asked(incident):
            lines.write(f"{what}: ")
            signal.alarm(WITHIN_S)
            result = CliRunner().invoke(app.app, [word.replace("FILE", file) for word in words], input="x" * 20 + "\n")
            signal.alarm(0)
            used, before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, used
            much = f"{used - before} KiB" if used - before > MOST_KIB else ""
            failed = "" if isinstance(result.exception, SystemExit) else repr(result.exception or "")[1:-1]
            lines.write(f"{result.exit_code} {failed}{much}\t{result.output[-160:]!r}\n")
        lines.write("all\n")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("file", ["pipe", "/dev/zero"])
async def test_no_command_waits_for_a_pipe_or_reads_a_device_without_end(
    past: dict[str, Any], tmp_path: Path, file: str
) -> None:
    (tmp_path / "table.csv").write_text("received,answered\n2026-01-01 10:00:00,2026-01-01 10:00:09\n")
    (tmp_path / "columns.toml").write_text('columns = {received = "received", acknowledged = "answered"}\n')
    Accounts(tmp_path / "vigie.users", hasher=QUICK).add("Tia", ["trainer"], "a long sentence for Tia")
    os.mkfifo(tmp_path / "pipe")
    told = tmp_path / "told"
    child = _forks.Process(target=run_all, args=(tmp_path, past["id"], file, told), daemon=True)
    child.start()
    await asyncio.to_thread(child.join, 250)
    *lines, last = told.read_text().splitlines()
    assert last == "all", f"{last}it did not end"
    assert len(lines) > 110
    assert [line for line in lines if not re.match(r"[a-z_ -]+, [a-z_]+: [012] \t", line)] == []
