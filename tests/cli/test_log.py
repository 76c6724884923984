"""`log ...` reads the log that the settings name, and one that is named without a look at them."""

from pathlib import Path

from incidents.log.sqlite import SqliteLog
from tests.incidents.log.parts import write
from tests.processes import vigie


async def test_the_log_of_the_settings_is_meant_unless_another_is_named(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    log = await SqliteLog.open(tmp_path / "disk" / "own.log")
    await write(log, "incident/a", 3)
    await log.close()
    (tmp_path / "vigie.toml").write_text('log = "disk/own.log"\n', encoding="utf-8")
    code, said = await vigie("log", "verify", folder=tmp_path)
    assert code == 0 and said.startswith("verified: 3 records"), said
    (tmp_path / "vigie.toml").write_text("broken", encoding="utf-8")
    code, said = await vigie("log", "head", "--log", "disk/own.log", folder=tmp_path)
    assert code == 0 and said.startswith("3-1-"), said
    code, said = await vigie("log", "head", "--log", "lost.log", folder=tmp_path)
    assert (code, said) == (1, "vigie: the log: no such file or directory\n")
