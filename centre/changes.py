"""What a centre changed of who may know, as the log is told it: an import of cases, the settings that let people in."""

import asyncio
import getpass
import hashlib
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from centre.access import is_this_machine
from centre.settings import Settings
from incidents import events as ev
from incidents.audit import stream_of
from incidents.case import Case
from incidents.cases import CaseRegister, ImportReport
from incidents.cases.damage import undamaged
from incidents.cases.rows import CaseFile, as_read
from incidents.cases.sealed import SealedCases, holds_register
from incidents.desk.desk import Desk
from incidents.events.changes import OTHERS
from incidents.log import Log
from incidents.log.record import SEALED_LIMIT_BYTES
from incidents.two_people import lifted

_LISTED_BYTES = SEALED_LIMIT_BYTES // 2

State = Mapping[str, frozenset[str]]  # by setting whom it lets in, in words; of a limit (`_min`) the minutes


def exclusions_lifted(file: Path | CaseFile, settings: Settings) -> dict[str, frozenset[str]]:
    """Of each case that would exclude somebody less after this import, whom.

    Raises CaseFileError, and CasesLocked where whom a case excluded can't be read: then nobody knows whether it takes two.
    """
    cases = [row.case for row in as_read(file).rows if not row.problems]
    if settings.cases is None or not holds_register(settings.cases):
        return {}
    with SealedCases.open(settings.cases, settings.key_file) as kept, undamaged():
        found = {case.number: lifted(_last(kept, case.number), case) for case in cases}
    return {number: whom for number, whom in found.items() if whom}


def _last(kept: SealedCases, number: str) -> Case | None:
    """A case as it was last: a withdrawn one excludes as before. Raises Damaged."""
    tag = kept.tag(number)
    versions = (kept.read(tag, version) for version in reversed(kept.versions(tag)))
    return next((case for case in versions if case is not None), None)


def imported(
    file: Path | CaseFile, report: ImportReport, settings: Settings, *, lifted: int = 0, **two: Any
) -> ev.CasesImported:
    """That cases were imported, with the version of each that the register keeps now. `two`: who proposed and confirmed."""
    register = CaseRegister.open(settings.cases, key_file=settings.key_file)
    lines = []
    for what in ("withdrawn", "changed", "added"):  # of too many the last are left out
        for number in getattr(report, what):
            case = register.by_number(number)
            content = hashlib.sha256(msgspec.json.encode(case)).hexdigest() if case is not None else ""
            lines.append(f"{what} {number} {case.version if case is not None else ''} {content}".rstrip())
    return ev.CasesImported(
        added=len(report.added),
        changed=len(report.changed),
        withdrawn=len(report.withdrawn),
        refused=report.refused,
        sha256=hashlib.sha256(file.read_bytes() if isinstance(file, Path) else msgspec.json.encode(file)).hexdigest(),
        cases=_listed(lines),
        lifted=lifted,
        **two,
    )


def _listed(lines: list[str]) -> str:
    """As many lines as a record holds; then a line that says how many others there were, and their SHA-256."""
    ends = accumulate(len(line.encode()) + 2 for line in lines)  # a line break is two bytes of JSON
    fits = sum(end <= _LISTED_BYTES for end in ends)
    if fits == len(lines):
        return "\n".join(lines)
    others = hashlib.sha256("\n".join(lines[fits:]).encode()).hexdigest()
    return "\n".join((*lines[:fits], f"{OTHERS} {len(lines) - fits} {others}"))


def lets_in(settings: Settings) -> dict[str, frozenset[str]]:
    """Whom each setting lets in."""
    here = is_this_machine(settings.address)
    return {
        "no_sign_in": frozenset({"anyone"} if settings.no_sign_in else ()),
        "address": frozenset(() if here else {"beyond this machine"}),
        "origins": frozenset(settings.origins),
        "behind_proxy": frozenset({"proxy"} if settings.behind_proxy else ()),
        "oidc.issuer": frozenset({settings.oidc.issuer} - {""}),
        "oidc.roles_map": frozenset(f"{value}={role}" for value, role in settings.oidc.roles_map.items()),
        "access.idle_min": frozenset({str(settings.access.idle_min)}),
        "access.shift_min": frozenset({str(settings.access.shift_min)}),
    }


def widened(before: State, now: State) -> tuple[str, ...]:
    """The settings that let in what they did not before."""
    return tuple(name for name, words in now.items() if _wider(name, before.get(name, frozenset()), words))


def _wider(name: str, before: frozenset[str], now: frozenset[str]) -> bool:
    if name.endswith("_min"):
        return max(map(float, now), default=0.0) > max(map(float, before), default=0.0)
    return bool(now - before)


async def say_settings(settings: Settings, desk: Desk, log: Log) -> None:
    """Record who may reach this desk, where that is not as it was in force last. Raises LogUnavailable."""
    now = lets_in(settings)
    before, known = lets_in(Settings()), False
    found = await log.latest(["access_settings"])  # by stream, a month each
    record = found[max(found)] if found else None
    if record is not None and (sealed := await asyncio.to_thread(log.unseal, record)):
        kept = msgspec.json.decode(sealed, type=dict[str, str])
        before, known = msgspec.json.decode(kept["settings"], type=dict[str, frozenset[str]]), True
    if known and before == now:
        return
    told = msgspec.json.encode({name: sorted(words) for name, words in now.items()}).decode()
    event = ev.AccessSettings(widened=" ".join(widened(before, now)), settings=told)
    actor = desk.pseudonym(getpass.getuser())
    await desk.note(stream_of(desk.clock.now()), event, id=f"settings-{uuid4().hex}", actor=actor)
