"""A training's log and a live one: neither is ever opened as the other, and only a training's may be made of a seed."""

import inspect
from pathlib import Path

import pytest

from incidents.log import NO_HASH, LogUnavailable
from incidents.log.filling import filling
from incidents.log.master import seeded
from incidents.log.record import encode
from incidents.log.sqlite import LogFile, SqliteLog
from incidents.log.training import TrainingLog, TrainingVault
from incidents.log.transfer import export
from incidents.log.vault import Vault
from incidents.log.verify import head
from tests.incidents.log.parts import draft, everything

SEED = b"a seed"


async def made(path: Path, names: tuple[str, ...] = ("An", "Bo")) -> bytes:
    log = await TrainingLog.open(path, random=seeded(SEED))
    for name in names:
        log.vault.pseudonym(name)
    for n, stream in enumerate(["incident/a", "incident/b", "incident/a"]):
        version = await log.version(stream)
        made = draft(f"one-{n}", sealed=b'{"text":"what was said"}', who=log.vault.pseudonym("An"))
        record = await log.append(stream, version, made)
        assert log.unseal(record) == b'{"text":"what was said"}'
    records = await everything(log)
    await log.close()
    assert records[0].prev == NO_HASH and records[2].prev == records[0].hash
    return b"\n".join(encode(record) for record in records)


async def test_one_seed_gives_the_same_bytes_whoever_was_named_before(tmp_path: Path) -> None:
    first = await made(tmp_path / "1")
    assert await made(tmp_path / "2", names=("Bo", "Cy", "An")) == first


async def test_without_a_seed_two_trainings_have_nothing_in_common(tmp_path: Path) -> None:
    logs = [await TrainingLog.open(tmp_path / name) for name in "12"]
    assert logs[0].vault.incident_id("AMR-1", 1) != logs[1].vault.incident_id("AMR-1", 1)
    for log in logs:
        await log.close()


async def test_a_training_is_never_opened_as_a_live_log(tmp_path: Path) -> None:
    path = tmp_path / "training.log"
    await made(path)
    before = path.read_bytes()
    for how in ({}, {"reading": True}, {"keyless": True}):
        with pytest.raises(LogUnavailable, match="a log of the training room, no live one"):
            await SqliteLog.open(path, **how)
    with pytest.raises(LogUnavailable, match="training room"):
        head(path)
    with pytest.raises(LogUnavailable, match="training room"):
        export(path, tmp_path / "out")
    with pytest.raises(LogUnavailable, match="training room"), filling(path):
        pass
    assert path.read_bytes() == before


async def test_a_live_log_is_never_opened_by_a_training(tmp_path: Path) -> None:
    path = tmp_path / "vigie.log"
    log = await SqliteLog.open(path)
    await log.append("incident/a", 0, draft("one-1"))
    await log.close()
    before = path.read_bytes()
    for reading in (False, True):
        with pytest.raises(LogUnavailable, match="a live log, none of the training room"):
            await TrainingLog.open(path, random=seeded(SEED), reading=reading)
    assert path.read_bytes() == before
    with pytest.raises(LogUnavailable, match="not made by Vigie"):
        TrainingVault.open(path)


async def test_a_live_log_takes_no_seed() -> None:
    for opens in (SqliteLog.open, SqliteLog.__init__, Vault.open, filling):
        assert "random" not in inspect.signature(opens).parameters
    assert not issubclass(TrainingLog, SqliteLog) and not issubclass(TrainingVault, Vault)
    assert issubclass(SqliteLog, LogFile) and issubclass(TrainingLog, LogFile)


async def test_a_training_opened_for_reading_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "training.log"
    await made(path)
    log = await TrainingLog.open(path, reading=True)
    assert len(await everything(log)) == 3
    with pytest.raises(LogUnavailable, match="for reading"):
        await log.append("incident/a", 2, draft("one-9"))
    await log.close()
