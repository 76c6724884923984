"""The sealed block: opened by the passphrase and by OpenSSL, and by nothing that was changed."""

import contextlib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.degraded import seal as sealing
from incidents.degraded.seal import SealError, open_sealed, seal, written_at

PASSPHRASE = "drie kleine vossen"
WRITTEN = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
CONTENT = "<p>A. Voorbeeld ééén</p>".encode() * 40


@pytest.fixture(scope="module")
def block() -> str:
    return seal(CONTENT, PASSPHRASE, WRITTEN)


def test_what_was_sealed_comes_back_with_its_time(block: str) -> None:
    found = open_sealed(f"<html>\n{block}\n</html>".encode(), PASSPHRASE + "\n")
    assert (found.content, found.written) == (CONTENT, WRITTEN)
    assert written_at(block.encode()) == WRITTEN
    assert "Voorbeeld" not in block


def test_windows_line_ends_do_no_harm(block: str) -> None:
    assert open_sealed(block.replace("\n", "\r\n").encode(), PASSPHRASE).content == CONTENT


def test_a_wrong_passphrase_is_told_from_a_changed_file(block: str) -> None:
    with pytest.raises(SealError, match="the passphrase is wrong"):
        open_sealed(block.encode(), "drie kleine vosser")


@pytest.mark.parametrize("passphrase", ["", "short", "elf tekens.\n"])
def test_a_passphrase_that_keeps_nothing_is_refused(passphrase: str) -> None:
    with pytest.raises(SealError, match="fewer than 12 characters"):
        seal(CONTENT, passphrase, WRITTEN)


@pytest.mark.parametrize("passphrase", ["aaaaaaaaaaaa", "121212121212", "AaAaAaBbBbBb"])
def test_a_passphrase_of_few_different_characters_is_refused(passphrase: str) -> None:
    with pytest.raises(SealError, match="fewer than 5 different"):
        seal(CONTENT, passphrase, WRITTEN)


def test_openssl_alone_opens_it_as_the_document_says(block: str, tmp_path: Path) -> None:
    document = (Path(__file__).parents[3] / "docs" / "degraded.md").read_text(encoding="utf-8")
    (command,) = [line for line in document.splitlines() if line.startswith("sed -n")]
    (tmp_path / "vigie-degraded.html").write_text(f"<html>\n{block}\n</html>\n", encoding="utf-8")
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", f"{command} -pass file:passphrase"], cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert (tmp_path / "opened.html").read_bytes() == CONTENT, done.stderr


@pytest.mark.parametrize("part", ["written: 2026-11-24T20", "mac: ", "-----BEGIN SEALED-----\n"])
def test_a_changed_time_seal_or_text_is_named_so(block: str, part: str) -> None:
    at = block.index(part) + len(part) + (40 if "BEGIN" in part else 3)
    other = "9" if block[at] != "9" else "8"
    with pytest.raises(SealError, match="changed since it was written"):
        open_sealed((block[:at] + other + block[at + 1 :]).encode(), PASSPHRASE)


@pytest.fixture(scope="module")
def quick() -> Iterator[bytes]:
    """A block whose passphrase is hardly stretched, so that many changes can be tried."""
    before, sealing.ITERATIONS = sealing.ITERATIONS, 10
    yield seal(CONTENT, PASSPHRASE, WRITTEN).encode()
    sealing.ITERATIONS = before


@given(at=st.floats(0, 1, exclude_max=True), to=st.binary(min_size=1, max_size=3))
def test_nothing_that_was_changed_or_cut_opens_as_something_else(quick: bytes, at: float, to: bytes) -> None:
    place = int(at * len(quick))
    for file in (quick[:place] + to + quick[place + len(to) :], quick[:place]):
        with contextlib.suppress(SealError):
            assert open_sealed(file, PASSPHRASE) == open_sealed(quick, PASSPHRASE)
