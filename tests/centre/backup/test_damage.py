"""What was cut off, altered, exchanged or led elsewhere is no backup: it is refused by its name before anything is written."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centre.backup.making import Made
from centre.backup.manifest import KNOWN, BackupError
from centre.backup.restoring import checked, restore
from centre.settings import Settings
from tests.centre.backup import parts
from tests.centre.backup.parts import AT, backup, small_centre
from tests.incidents.log.parts import tamper

Damage = Callable[[Path, Path], None]  # of a file, with the same file of another backup


def cut_off(file: Path, _: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def emptied(file: Path, _: Path) -> None:
    os.truncate(file, 0)


def one_byte_changed(file: Path, _: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def missing(file: Path, _: Path) -> None:
    file.unlink()


def a_folder(file: Path, _: Path) -> None:
    file.unlink()
    file.mkdir()


def a_pipe(file: Path, _: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def a_link(file: Path, _: Path) -> None:
    moved = file.with_name("moved")
    file.rename(moved)
    file.symlink_to(moved)


def exchanged(file: Path, other: Path) -> None:
    assert other.read_bytes() != file.read_bytes()
    shutil.copyfile(other, file)


def grown(file: Path, _: Path) -> None:
    with file.open("ab") as more:
        more.write(b"\n")


DAMAGES: list[Damage] = [cut_off, emptied, one_byte_changed, missing, a_folder, a_pipe, a_link, exchanged, grown]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Another centre's backup, every file of it another."""
    folder = tmp_path_factory.mktemp("other")
    return backup(small_centre(folder / "desk"), folder, AT + timedelta(hours=1))


def refused(copied: tuple[Path, Path], to: Path, *, as_it_lies: bool = True) -> str:
    """Why, as it lies there or once it was copied; nothing of it stays."""
    if as_it_lies:
        with pytest.raises(BackupError):
            checked(*copied)
    with pytest.raises(BackupError) as why:
        restore(copied[0], to, keys=copied[1])
    assert not to.exists()
    return str(why.value)


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_file_of_a_backup_and_of_its_keys_counts(
    copied: tuple[Path, Path], made: Made, other: Made, tmp_path: Path, damage: Damage
) -> None:
    assert made.keys is not None and other.keys is not None
    for folder, whole, another in zip(copied, (made.path, made.keys), (other.path, other.keys), strict=True):
        for one in sorted(path for path in whole.rglob("*") if path.is_file()):
            place = one.relative_to(whole)
            if damage is exchanged and place.name in ("room.log", "bridge.yaml"):
                continue  # the same in both
            if damage is grown and (folder, place.name) == (copied[1], "manifest.json"):
                continue  # which says the same
            damage(folder / place, another / place)
            why = refused(copied, tmp_path / "to")
            assert place.name in why or "manifest" in str(place), (place, why)
            shutil.rmtree(folder)
            shutil.copytree(whole, folder)
    assert restore(copied[0], tmp_path / "to", keys=copied[1]).proof.cases == 1


@given(data=st.data())
@settings(max_examples=40)
def test_no_byte_of_a_backup_can_be_another(made: Made, data: st.DataObject) -> None:
    assert made.keys is not None
    file = data.draw(st.sampled_from(sorted(path for path in made.path.rglob("*") if path.is_file())))
    at = data.draw(st.integers(0, file.stat().st_size - 1))
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / made.path.name
        shutil.copytree(made.path, copied)
        changed = copied / file.relative_to(made.path)
        content = bytearray(changed.read_bytes())
        content[at] ^= data.draw(st.integers(1, 255))
        changed.write_bytes(content)
        refused((copied, made.keys), Path(folder) / "to")


def rewritten(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    """A manifest somebody edited."""
    file = folder / "manifest.json"
    facts = msgspec.json.decode(file.read_bytes())
    change(facts)
    file.write_bytes(msgspec.json.encode(facts))


ELSEWHERE = [
    "../vigie.users", "/etc/passwd", "training/../../x", "training/./x", "training//x", "training/", "training\\..\\x",
    "training/a:b", "training/\x00", "training/x\n", "vigie.toml", "training/room.log.key", "VIGIE.LOG", "", ".", "manifest.json",
]  # fmt: skip


@pytest.mark.parametrize("role", ["accounts", "training", "key"])
@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_manifest_leads_to_no_other_place(copied: tuple[Path, Path], tmp_path: Path, place: str, role: str) -> None:
    victim = tmp_path / "vigie.users"
    victim.write_text("not part of a backup")

    def lead(facts: dict[str, object]) -> None:
        (one,) = (one for one in facts["files"] if one["path"] == "vigie.users")  # type: ignore[attr-defined]
        one["path"], one["role"] = place, role

    rewritten(copied[0], lead)
    assert "no place of a backup" in refused(copied, tmp_path / "to") or place == "VIGIE.LOG"
    assert victim.read_text() == "not part of a backup"


def test_a_file_stands_in_a_manifest_once(copied: tuple[Path, Path], tmp_path: Path) -> None:
    rewritten(copied[0], lambda facts: facts["files"].append(facts["files"][0]))  # type: ignore[attr-defined]
    assert "twice" in refused(copied, tmp_path / "to")


def test_a_folder_in_it_that_is_a_link_is_refused(copied: tuple[Path, Path], tmp_path: Path) -> None:
    (copied[0] / "training").rename(tmp_path / "elsewhere")
    (copied[0] / "training").symlink_to(tmp_path / "elsewhere")
    assert "a link" in refused(copied, tmp_path / "to")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "manifest.json"),
        (b"{", "manifest.json"),
        (b"[]", "manifest.json"),
        (b"\xff\xfe", "manifest.json"),
        (b"[" * 100_000, "manifest.json"),
        (b" " * (16 << 20) + b"{}", "larger than 16 MiB"),
        (b'{"kind":"restic","format":1}', "another program's"),
        (b'{"kind":"vigie-keys","format":1}', "manifest.json"),
        (b'{"kind":"vigie-backup","format":2,"colour":"blue"}', "newer Vigie"),
        (b'{"kind":"vigie-backup","format":1,"name":"vigie-20261127T020000Z","files":[]}', "manifest.json"),
    ],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(
    copied: tuple[Path, Path], tmp_path: Path, content: bytes, why: str
) -> None:
    (copied[0] / "manifest.json").write_bytes(content)
    assert why in refused(copied, tmp_path / "to")


def test_what_is_no_folder_of_a_backup_is_said(copied: tuple[Path, Path], tmp_path: Path) -> None:
    assert "cut off half-way" in refused((tmp_path / "nowhere", copied[1]), tmp_path / "to")
    assert "no folder of keys" in refused((copied[0], tmp_path / "nowhere"), tmp_path / "to")
    assert "manifest.json" in refused((copied[0], copied[0]), tmp_path / "to")
    assert "manifest.json" in refused((copied[1], copied[1]), tmp_path / "to")


@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_a_file_of_a_newer_format_is_refused_before_anything_is_written(
    copied: tuple[Path, Path], made: Made, tmp_path: Path, kind: int
) -> None:
    """Whole, with a manifest that says so: only the format is one that nobody knows here."""
    (place,) = {one.path for one in made.manifest.files if one.application == kind}
    file = copied[0] / place
    content = bytearray(file.read_bytes())
    content[60:64] = (KNOWN[kind] + 1).to_bytes(4, "big")
    file.write_bytes(content)

    def newer(facts: dict[str, object]) -> None:
        (one,) = (one for one in facts["files"] if one["path"] == place)  # type: ignore[attr-defined]
        one["sha256"], one["format"] = hashlib.sha256(content).hexdigest(), KNOWN[kind] + 1

    rewritten(copied[0], newer)
    assert "newer Vigie" in refused(copied, tmp_path / "to")


def test_a_backup_whose_bytes_are_whole_and_whose_log_is_not_is_refused(settings: Settings, tmp_path: Path) -> None:
    """Who wrote the log anew before it was saved is found by the walk over its records."""
    shutil.copytree(settings.log.parent, tmp_path / "desk")
    own = parts.settings_of(tmp_path / "desk")
    tamper(own.log, "UPDATE records SET actor = 'somebody' WHERE seq = 2")
    made = backup(own, tmp_path)
    assert made.keys is not None
    assert "rewritten" in refused((made.path, made.keys), tmp_path / "to", as_it_lies=False)


HURT = {
    "vigie.log": ("UPDATE records SET open = '{'", "not a record"),
    "vigie.log.private": ("UPDATE secrets SET sealed = x'00'", "vigie.log.private|private store"),
    "cases.db": ("UPDATE versions SET sealed = x'00'", "damaged cases"),
    "vigie.users": ("DROP TABLE accounts", "vigie.users"),
    "vigie.buttons": ("DROP TABLE buttons", "buttons"),
}


@pytest.mark.parametrize("name", HURT)
def test_a_file_that_was_damaged_before_it_was_saved_is_found(settings: Settings, tmp_path: Path, name: str) -> None:
    """Its SHA-256 is right: what is in it is not."""
    shutil.copytree(settings.log.parent, tmp_path / "desk")
    statement, why = HURT[name]
    tamper(tmp_path / "desk" / name, statement)
    made = backup(parts.settings_of(tmp_path / "desk"), tmp_path)
    assert made.keys is not None
    assert re.search(why, refused((made.path, made.keys), tmp_path / "to", as_it_lies=False))
