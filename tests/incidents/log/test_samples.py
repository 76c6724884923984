"""A log written by any version opens for ever: here one of each format."""

import shutil
from pathlib import Path

import msgspec
import pytest

from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export, import_log
from incidents.log.verify import head, verify
from tests.incidents.log.parts import draft, everything

SAMPLES = Path(__file__).parent / "samples"
DIGESTS = {"v1": "9-2-fee726c7444e1845d3205a6d-2-71e703e6"}


@pytest.fixture(params=DIGESTS)
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    for file in SAMPLES.glob(f"{request.param}.*"):
        shutil.copyfile(file, tmp_path / file.name)
    return tmp_path / f"{request.param}.log"


def test_every_format_has_its_sample() -> None:
    assert {file.stem for file in SAMPLES.glob("*.jsonl")} == set(DIGESTS)


def test_a_sample_verifies_against_the_digest_of_the_day_it_was_written(sample: Path) -> None:
    report = verify(sample, DIGESTS[sample.stem])
    assert report.ok, report.findings
    assert head(sample) == DIGESTS[sample.stem]


async def test_a_sample_is_read_unsealed_and_written_on(sample: Path) -> None:
    log = await SqliteLog.open(sample)
    kept, erased = [f"incident/{log.vault.incident_id('AMR-00412', n)}" for n in (1, 2)]
    raised, acknowledged, closed = await log.stream(kept)
    assert [record.type for record in (raised, acknowledged, closed)] == ["raised", "acknowledged", "closed"]
    sealed = log.unseal(raised)
    assert sealed is not None
    assert msgspec.json.decode(sealed)["device"] == "AMR-00412"
    assert log.unseal((await log.stream(erased))[0]) is None
    assert log.vault.name_of(raised.actor) == "A. Voorbeeld"
    assert await log.cursors("112-app") == {"2026-11-01": 18231}
    assert (await log.append(kept, 3, draft("next", sealed=b"x"))).prev == closed.hash
    await log.close()
    assert verify(sample, DIGESTS[sample.stem]).ok


async def test_a_samples_export_is_imported_and_exported_alike(sample: Path, tmp_path: Path) -> None:
    file = sample.with_suffix(".jsonl")
    import_log(tmp_path / "new.log", file)
    assert head(tmp_path / "new.log") == DIGESTS[sample.stem]
    export(tmp_path / "new.log", tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == file.read_bytes()
    log = await SqliteLog.open(tmp_path / "new.log")
    assert len(await everything(log)) == 9
    await log.close()
