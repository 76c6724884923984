"""The server is gone: its degraded-mode file opens, and the log has who opened it once the server is back."""

import asyncio
import json
import urllib.request
from pathlib import Path

import pytest

from demo.cases import demo_cases, write_cases
from incidents.cases import import_cases
from incidents.cases.register import brussels_today
from incidents.log.transfer import export
from tests.centre.documents.degraded.test_file import PASSPHRASE
from tests.centre.parts import Running
from tests.processes import vigie
from tests.waiting import until

pytestmark = pytest.mark.timeout(180)


def copy_of(server: Running) -> bytes:
    """What a supervisor is given to carry away."""
    with urllib.request.urlopen(f"{server.url}/degraded", timeout=5) as copy:
        return bytes(copy.read())


async def test_the_file_of_a_killed_server_opens_and_its_opening_is_logged_at_the_next_start(tmp_path: Path) -> None:
    cases = demo_cases(brussels_today(), 1)
    write_cases(tmp_path / "cases.json", cases)
    assert not import_cases(tmp_path / "cases.json", tmp_path / "cases.db").problems
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    server = Running(tmp_path, feeds=[], VIGIE_DEGRADED_PASSPHRASE_FILE=str(tmp_path / "passphrase"))
    file = tmp_path / "vigie-degraded.html"
    await server.start(cases=True)
    try:
        await until(lambda: server.health()["degraded"] == "ok")
        assert await asyncio.to_thread(copy_of, server) == file.read_bytes()
        await server.kill()
        words = ("degraded", "open", str(file), "--password-stdin", "--by", "supervisor")
        code, said = await vigie(*words, typed=PASSPHRASE + "\n")
        assert code == 0 and any(case.victim.name in said for case in cases), said
        assert len(list(tmp_path.glob("*.opened-*"))) == 1
        await server.start(cases=True)
        await until(lambda: not list(tmp_path.glob("*.opened-*")))
    finally:
        await server.stop()
    await asyncio.to_thread(export, server.log, tmp_path / "log.jsonl")
    records = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    (found,) = [record for record in records if record.get("type") == "degraded_file_opened"]
    assert (found["stream"].startswith("audit/"), found["open"]["how"], found["open"]["need"]) == (
        True,
        "command",
        "duty",
    )
