"""What is kept beside the log and ends by its own times: withdrawn cases, old versions of cases, evidence files on this disk."""

import asyncio
import contextlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from incidents.cases.sealed import CasesLocked, SealedCases, Tag
from incidents.log import LogUnavailable
from incidents.log.copying import sha256_of
from incidents.log.snapshot import Snapshot
from incidents.log.vault import Vault
from incidents.retention.reading import PREFIX
from incidents.retention.rule import cases_over
from incidents.retention.times import Times

FORMS = (".pdf", ".json")
TRIES = 3  # a second each, while another process reads the register
LARGEST = 256 << 20  # bytes of a file that may be an evidence file


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that is over: of which kind, its name, by which rule, since when. A name identifies nobody.

    Of what is not in the log: `tag` and `version` of a case (None: all of it), or the `path` of a file.
    """

    kind: str  # incident, looks, case, version, evidence
    name: str
    rule: str
    ended: datetime
    tag: Tag = b""
    version: int | None = None
    path: Path | None = None


class _Named(msgspec.Struct):
    case: str | None = None
    case_version: int | None = None


def used_cases(log: Snapshot, vault: Vault, erased: Collection[str]) -> dict[str, set[int]]:
    """The cases, and their versions, that incidents not `erased` name. Raises LogUnavailable where one can't be opened."""
    found: dict[str, set[int]] = {}
    for kind in ("raised", "case_changed"):
        for record in log.of_type(kind):
            if record.stream in erased or not record.stream.startswith(PREFIX):
                continue
            sealed = vault.unseal(record)
            if sealed is None:
                raise LogUnavailable("the log: an incident's sealed facts cannot be opened")
            named = msgspec.json.decode(sealed, type=_Named) if sealed else _Named()
            if named.case:
                found.setdefault(named.case, set()).add(named.case_version or 0)
    return found


def over_in_register(
    path: Path | None, key_file: Path | None, used: dict[str, set[int]], times: Times, now: datetime
) -> list[Ending]:
    """What is over in the case register. Nothing of one that can't be opened."""
    if path is None:
        return []
    found = []
    with contextlib.suppress(CasesLocked, ValueError), SealedCases.open(path, key_file) as file:
        versions_of = {file.tag(number): versions for number, versions in used.items()}
        for tag, versions in file.kept().items():
            for old in cases_over(versions, versions_of.get(tag), times, now):
                kind, number = ("case", "") if old.version is None else ("version", f"/{old.version}")
                name = f"{tag.hex()[:12]}{number}"
                found.append(Ending(kind=kind, name=name, rule=kind, ended=old.ended, tag=tag, version=old.version))
    return found


def evidence_over(log: Snapshot, folder: Path, erased: Collection[str], times: Times, now: datetime) -> list[Ending]:
    """The evidence files in the data folder, known by their SHA-256, that are over; at the latest with their incident."""
    ends: dict[str, datetime] = {}
    for record in log.of_type("evidence_made"):
        gone = f"{PREFIX}{record.open.get('incident')}" in erased
        ended = datetime.fromisoformat(record.at) + timedelta(days=0 if gone else times.evidence)
        ends |= {str(record.open[name]): ended for name in ("sha256", "annex_sha256") if record.open.get(name)}
    if not ends:
        return []
    digests = ((path, _digest(path)) for path in _files(folder))
    known = ((path, digest, ends[digest]) for path, digest in digests if digest in ends)
    return [
        Ending(kind="evidence", name=digest[:12], rule="evidence", ended=ended, path=path)
        for path, digest, ended in known
        if ended <= now
    ]


async def end(one: Ending, register: Path | None, key_file: Path | None, provinces: Mapping[str, str]) -> bool:
    """Whether it is gone now. `provinces` of zones: what is counted of a case knows no zone."""

    def gone() -> bool:
        try:
            if one.path is not None:
                one.path.unlink(missing_ok=True)
            elif register is not None:
                with SealedCases.open(register, key_file, writing=True) as file:
                    with file.transaction():
                        file.forget(one.tag, one.version, place=lambda zone: provinces.get(zone, ""))
                    return any(file.settle() for _ in range(TRIES))
        except (CasesLocked, OSError):
            return False
        return True

    return await asyncio.to_thread(gone)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(OSError):
            if path.suffix.lower() in FORMS and path.is_file() and path.stat().st_size <= LARGEST:
                yield path


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:
        return ""
