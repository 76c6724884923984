"""The check as a whole: every point in its order, for `check`; and what of it needs no network, for a desk that starts."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from centre.checks import files
from centre.checks.certificates import certificates
from centre.checks.clock import clock
from centre.checks.finding import Finding, Point, Subject
from centre.checks.keys import backup, erased, keys
from centre.checks.log import log
from centre.checks.remote import cluster, feeds, ports, services
from centre.checks.storage import storage
from centre.settings import Settings, SettingsError, load_said, users_file
from dashboard.access.lost import ReadAccounts
from incidents.cases import CaseRegister
from incidents.log.repeating import answer_within
from maps.zones import Zones

POINTS: tuple[Point, ...] = (
    files.settings, keys, erased, backup, storage, clock, certificates, files.cases, files.accounts, files.files, files.training,
)  # fmt: skip
AWAITED: tuple[Callable[[Subject], AsyncIterator[Finding]], ...] = (log, cluster, ports, feeds, services)
# The others a desk says by itself as it opens what they are about.
AT_START: tuple[Point, ...] = (files.keys_of_the_map, keys, erased, backup, storage, clock, certificates, files.cases)

LOOKS_S = 10.0  # at a point, on whatever disk its files lie

_logger = logging.getLogger(__name__)


async def check(given: dict[str, Any]) -> list[Finding]:
    """Everything, with what the command line gives. Never raises: a point that stumbles is a finding."""
    try:
        settings, said = load_said(given)
    except SettingsError as error:
        return [Finding("error", "settings", str(error), "mend it; nothing else can be looked at before")]
    subject = await asyncio.to_thread(_opened, settings, said)
    found: list[Finding] = []
    for point in POINTS:
        found += await asyncio.to_thread(_of, point, subject)
    for ask in AWAITED:
        try:
            found += [finding async for finding in ask(subject)]
        except Exception as error:
            found.append(_stumbled(ask.__name__, error))
    return found


def say_at_start(subject: Subject) -> None:
    """What a desk that starts finds wrong without a network, as lines of its log. Never raises."""
    for point in AT_START:
        for finding in _of(point, subject):
            if finding.state != "ok":
                level = logging.ERROR if finding.state == "error" else logging.WARNING
                _logger.log(level, "CHECK %s: %s%s", finding.point, finding.text, finding.todo and f"; {finding.todo}")


def _of(point: Point, subject: Subject) -> list[Finding]:
    try:
        return answer_within(lambda: list(point(subject)), LOOKS_S)
    except Exception as error:  # a damaged file is damaged in as many ways as there are bytes
        return [_stumbled(point.__name__, error)]


def _stumbled(point: str, error: Exception) -> Finding:
    why = (error.strerror or "").lower() if isinstance(error, OSError) else ""
    return Finding("error", point, f"it could not be looked at: {why or type(error).__name__}")


def _opened(settings: Settings, said: dict[str, str]) -> Subject:
    """What the settings lead to, opened for reading."""
    subject, lost = Subject(settings=settings, said=said, now=datetime.now(UTC)), dict[str, str]()
    facts: dict[str, Any] = {}
    try:
        facts["zones"] = Zones.load(settings.zones_dir)
    except Exception as error:
        lost["zones"] = f"zones_dir: {settings.zones_dir or 'the shipped zones'}: {error}"
    path = users_file(settings)
    try:
        if not settings.no_sign_in:
            read = ReadAccounts(path, key_file=settings.key_file)
            facts["accounts"] = read.all()
            lost["codes"] = next((why for one in read.all() if (why := read.code_lost(one.name))), "")
    except Exception as error:
        why = str(error) if path.exists() else f"{path}: there are no accounts"
        lost["accounts"] = why if str(path) in why else f"{path}: it is damaged ({type(error).__name__})"
    register = CaseRegister.open(settings.cases, key_file=settings.key_file)
    facts["register"] = register.state, register.reason, len(register)
    return msgspec.structs.replace(subject, lost=lost, **facts)
