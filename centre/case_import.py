"""Importing cases beside a desk that serves, or without one: a file of them, or one case that a keeper enters."""

import asyncio
import logging
from collections.abc import Callable

from centre.changes import Effect, State, effect, imported
from centre.settings import Settings, SettingsError, users_file
from dashboard.access.accounts import Accounts
from dashboard.access.rules import Account, AccountError
from incidents import events as ev
from incidents.case import Case, digest
from incidents.cases import ImportReport, KnownCases, import_cases
from incidents.cases.life import NotPossible
from incidents.cases.rows import CaseFile, Row
from incidents.exclusion import doubts
from incidents.log.sqlite import SqliteLog
from incidents.open_incidents import board_of_open
from maps.zones import Zones

First = Callable[[ImportReport, KnownCases], object]

_logger = logging.getLogger(__name__)


async def import_new_case(settings: Settings, case: Case) -> ev.CasesImported:
    """Import one case, which there is not yet, as a file of it alone. Raises NotPossible, CasesLocked, SettingsError, DataError.

    What would take two people is not done here: nobody is asked for a second password on a page.
    """
    file = CaseFile(rows=(Row(line=1, place=1, case=case),), sha256=digest(case))
    told: list[ev.CasesImported] = []

    def first(report: ImportReport, register: KnownCases) -> None:
        told.append(imported(file, report, register))

    try:
        report = await import_cases_beside(file, settings, partial=False, agreed={}, first=first)
    except Widens:
        raise NotPossible("two_people") from None
    if report.problems:
        raise NotPossible("malformed", report.problems[0].reason.partition(":")[0])
    return told[0]


class Widens(Exception):
    """An import lets see more than was agreed: `more`. Nothing is written."""

    def __init__(self, more: Effect) -> None:
        super().__init__("the import lets somebody see more")
        self.more = more


async def import_cases_beside(
    file: CaseFile, settings: Settings, *, partial: bool, agreed: Effect, first: First
) -> ImportReport:
    """Merge cases into the register, whether or not a desk serves it, where that has the effect that was agreed and no other.

    `first` is called just before it is kept, with the report and the register as it will be. No case with an open incident
    leaves: if the file withdraws any, the log is asked. Raises Widens, SettingsError, CasesLocked, DataError; then also
    LogUnavailable and KeyMismatch.
    """
    if settings.cases is None:
        raise SettingsError("cases: say which register, with --cases or in the settings")
    withdraws = bool(file.withdrawn)
    if withdraws and not settings.log.exists():
        raise SettingsError(
            "log: there is none to see whether an incident of a withdrawn case is open; name it with --log"
        )
    zones = await asyncio.to_thread(Zones.load, settings.zones_dir)
    accounts = await asyncio.to_thread(_accounts, settings)
    roles = {account.name: frozenset() if account.disabled else account.roles for account in accounts}
    service = bool(settings.oidc.issuer)
    loop = asyncio.get_running_loop()

    def ask() -> set[str]:
        return asyncio.run_coroutine_threadsafe(_open_cases(settings), loop).result()

    def allow(before: KnownCases, after: KnownCases, report: ImportReport) -> None:
        more = effect(State(accounts=accounts, cases=before), State(accounts=accounts, cases=after))
        if more != agreed:
            raise Widens(more)
        first(report, after)

    return await asyncio.to_thread(
        import_cases,
        file,
        settings.cases,
        key_file=settings.key_file,
        partial=partial,
        open_incident_cases=ask if withdraws else tuple,
        known_zone=zones.known,
        doubts=lambda case: doubts(case, roles, service=service),
        allow=allow,
    )


def _accounts(settings: Settings) -> tuple[Account, ...]:
    path = users_file(settings)
    try:
        return Accounts(path, key_file=settings.key_file).all() if path.exists() else ()
    except AccountError as error:
        _logger.error("%s: which accounts there are is not known", error)
        return ()


async def _open_cases(settings: Settings) -> set[str]:
    """The numbers of the cases with an incident that is not closed, by the log as it is now."""
    log = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
    try:
        board = await board_of_open(log)
        return {incident.case for incident in board.incidents.values() if incident.open and incident.case}
    finally:
        await log.close()
