"""A new master key for the case register: its cases' keys, names in the file and bindings anew, in one transaction."""

from pathlib import Path

from cryptography.exceptions import InvalidTag

from incidents.cases.damage import undamaged
from incidents.cases.sealed import CHECK, NAME, Damaged, SealedCases, Tag, opens
from incidents.log.master import Box, KeyMismatch, Master, fresh
from incidents.log.private_file import truncate
from incidents.log.rotation import patiently, rewrapped
from incidents.log.store import Store


def fits(path: Path, master: Master) -> bool:
    """Whether the register was made with this key. Raises `LogUnavailable`."""
    with Store(path, NAME, writing=False) as store, store.use() as db:
        return opens(db, master)


def rotate(path: Path, old: Master, new: Master) -> None:
    """Seal under the new key what the old one opens; what is done already is left. Raises `KeyMismatch`, `LogUnavailable`.

    A case's name in the file follows from the master key: it changes too, so that nobody with the old key can ask the file
    whether a number is in it.
    """
    with Store(path, NAME, writing=True) as store:
        patiently(lambda: _rotate(store, path, old, new))

        def emptied() -> None:
            with store.use() as db:
                db.execute("VACUUM")  # an index that changes leaves copies of its rows behind
                truncate(db, NAME)

        patiently(emptied)


def _rotate(store: Store, path: Path, old: Master, new: Master) -> None:
    with store.use() as db:
        db.execute("BEGIN IMMEDIATE")
        if opens(db, new):
            db.execute("ROLLBACK")
            return
        if not opens(db, old):
            raise KeyMismatch("neither key in the file is the one the case register was made with")
        was, now = (SealedCases(db, master, fresh) for master in (old, new))
        names: dict[Tag, Tag] = {}
        for tag, wrapped in db.execute("SELECT tag, wrapped FROM keys").fetchall():
            try:
                key = was.wrap.open(wrapped, tag.hex())
            except (InvalidTag, ValueError):  # damaged before
                continue
            anew = names[tag] = _tag(was, now, tag)
            db.execute(
                "UPDATE keys SET tag = ?, wrapped = ? WHERE tag = ?", (anew, now.wrap.seal(key, anew.hex()), tag)
            )
            box = Box(key, fresh)
            for version, sealed in db.execute("SELECT version, sealed FROM versions WHERE tag = ?", (tag,)).fetchall():
                moved = _moved(box, sealed, f"{tag.hex()} {version}", f"{anew.hex()} {version}")
                db.execute(
                    "UPDATE versions SET tag = ?, sealed = ? WHERE tag = ? AND version = ?", (anew, moved, tag, version)
                )
            for step, sealed in was.step_rows(tag):
                moved = _moved(box, sealed, f"{tag.hex()} step {step}", f"{anew.hex()} step {step}")
                db.execute("UPDATE steps SET tag = ?, sealed = ? WHERE tag = ? AND step = ?", (anew, moved, tag, step))
        for tag in was.counts.tags():
            was.counts.move(tag, names.get(tag, tag), now.counts)
        with undamaged("a binding"):
            bound = was.bindings()
        for binding in bound.values():
            was.unbind(binding.device)
            now.bind(binding)
        (check,) = db.execute("SELECT sealed FROM secrets WHERE name = ?", (CHECK,)).fetchone()
        sealed = rewrapped(old.box("case register"), new.box("case register"), check, CHECK)
        db.execute("UPDATE secrets SET sealed = ? WHERE name = ?", (sealed, CHECK))
        db.execute("COMMIT")


def _moved(box: Box, sealed: bytes, was: str, now: str) -> bytes:
    """Sealed for its new place; what was damaged before stays as it is."""
    try:
        return box.seal(box.open(sealed, was), now)
    except (InvalidTag, ValueError):
        return sealed


def _tag(was: SealedCases, now: SealedCases, tag: Tag) -> Tag:
    """What the case is called under the new key; as before where no version of it can be read."""
    for version in was.versions(tag):
        try:
            case = was.read(tag, version)
        except Damaged:
            continue
        if case is not None:
            return now.tag(case.number)
    return tag
