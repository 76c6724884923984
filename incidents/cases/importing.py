"""Importing cases: merge by number, keep what was, say what is wrong by line, and never half of it unless asked.

A case leaves only by being named in `withdrawn`, and not while an incident of it is open.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from incidents.case import Case
from incidents.cases.bindings import Bindings, ended_by, given_elsewhere, overlaid
from incidents.cases.damage import undamaged
from incidents.cases.rows import CaseFile, Row, read_case_file
from incidents.cases.sealed import SealedCases, holds_register, make_register


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that could not be taken. `line` and `place` (from 1) are of the case in the file; 0 for a withdrawal."""

    reason: str
    line: int = 0
    place: int = 0

    def __str__(self) -> str:
        return f"line {self.line}, case {self.place}: {self.reason}" if self.line else self.reason


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, by case numbers; with `loaded` false: what it would have done, had there been no problems."""

    loaded: bool
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()  # taken all the same

    @property
    def refused(self) -> int:
        """How many cases and withdrawals could not be taken."""
        return len({problem.place or problem.reason for problem in self.problems})


class KnownCases(msgspec.Struct, frozen=True):
    """What decides whom cases are kept from: the `current` ones with the devices they have, and the `withdrawn` as they
    were last: of those the ones that another state has as current.
    """

    current: Mapping[str, Case] = {}
    withdrawn: Mapping[str, Case] = {}


def import_cases(
    file: Path | CaseFile,
    register: Path,
    *,
    key_file: Path | None = None,
    partial: bool = False,
    open_incident_cases: Callable[[], Collection[str]] = tuple,
    known_zone: Callable[[str], bool] | None = None,
    doubts: Callable[[Case], Iterable[str]] = lambda case: (),
    allow: Callable[[KnownCases, KnownCases, ImportReport], object] = lambda before, after, report: None,
) -> ImportReport:
    """Merge a file into the register, which is made at the first import. All of it, or nothing; `partial`: all that is good.

    `open_incident_cases` gives the numbers of the cases with an open incident; it is asked while no other import can run.
    `known_zone` refuses zones that don't exist: an exclusion of a mistyped zone would exclude none. `doubts` says what of a
    case is taken and looks wrong (`incidents.exclusion.doubts`). `allow` is asked just before anything is kept, with the
    register as it was, as it will be, and the report: what it raises leaves all as it was.
    Raises `CaseFileError` when the file as a whole is not understood and `CasesLocked` when the register can't be opened.
    """
    read = file if isinstance(file, CaseFile) else read_case_file(file)
    if not holds_register(register):
        report = _plan(read, {}, {}, lambda number: False, open_incident_cases(), known_zone, partial)
        report = _doubted(report, read, doubts)
        if not report.loaded:
            return report
        make_register(register, key_file)
    with SealedCases.open(register, key_file, writing=True) as sealed, sealed.transaction():
        with undamaged():
            current, bindings = sealed.current(), sealed.bindings()
        report = _plan(read, current, bindings, sealed.knows, open_incident_cases(), known_zone, partial)
        report = _doubted(report, read, doubts)
        if report.loaded:
            refused = {problem.place for problem in report.problems}
            cases = {r.case.number: r.case for r in read.rows if r.place not in refused}
            new = {number: cases[number] for number in (*report.added, *report.changed)}
            ended = ended_by(new.values(), current, bindings)
            with undamaged():
                back = {number: case for number in report.added if (case := sealed.last(number)) is not None}
            before = KnownCases(overlaid(current, bindings), back)
            gone = {number: current[number] for number in report.withdrawn}
            for number, case in new.items():
                sealed.write(number, case)
            for number in report.withdrawn:
                sealed.write(number, None)
            for device in ended:
                sealed.unbind(device)
            with undamaged():
                after = KnownCases(overlaid(sealed.current(), sealed.bindings()), gone)
            allow(before, after, report)
    return report


def _plan(
    file: CaseFile,
    current: dict[str, Case],
    bindings: Bindings,
    known: Callable[[str], bool],
    open_cases: Collection[str],
    known_zone: Callable[[str], bool] | None,
    partial: bool,
) -> ImportReport:
    problems: list[Problem] = []
    leaving = _leaving(file, current, known, open_cases, problems)
    rows, places, reasons = dict[str, Row](), dict[str, int](), dict[int, list[str]]()
    for row in file.rows:
        number, found = row.case.number, list(row.problems)
        if number and (first := places.setdefault(number, row.place)) != row.place:
            found.append(f"number: the same as that of case {first}")
        if number in leaving:
            found.append("number: it is also withdrawn by this file")
        found += (*_unknown_zones(row.case, known_zone), *given_elsewhere(row.case, current.get(number), bindings))
        reasons[row.place] = found
        if not found:
            rows[number] = row
    kept = {number: case for number, case in current.items() if number not in leaving}
    refused = [row for row in file.rows if reasons[row.place]]
    while (clash := _clash(kept, rows)) is not None:
        row, reasons[row.place] = clash
        rows = {number: other for number, other in rows.items() if other is not row}
    holders = _Holders(kept | {number: row.case for number, row in rows.items()})
    for row in refused:  # what else is wrong with it
        reasons[row.place] += holders.clashes(row.case)
        holders.add(row.case)
    problems += [Problem(line=r.line, place=r.place, reason=why) for r in file.rows for why in reasons[r.place]]
    new = {number: row.case for number, row in rows.items()}
    same = {n for n, case in new.items() if n in current and case == msgspec.structs.replace(current[n], version=1)}
    return ImportReport(
        loaded=partial or not problems,
        added=tuple(number for number in new if number not in current),
        changed=tuple(number for number in new if number in current and number not in same),
        unchanged=tuple(number for number in new if number in same),
        withdrawn=tuple(leaving),
        problems=tuple(sorted(problems, key=lambda problem: problem.place)),
    )


def _doubted(report: ImportReport, file: CaseFile, doubts: Callable[[Case], Iterable[str]]) -> ImportReport:
    refused = {problem.place for problem in report.problems}
    said = (
        Problem(line=row.line, place=row.place, reason=reason)
        for row in file.rows
        if row.place not in refused
        for reason in doubts(row.case)
    )
    return msgspec.structs.replace(report, doubts=tuple(said))


def _leaving(
    file: CaseFile,
    current: dict[str, Case],
    known: Callable[[str], bool],
    open_cases: Collection[str],
    problems: list[Problem],
) -> dict[str, None]:
    """The numbers to withdraw, in order. One that is gone already is no problem: the same file may be imported twice."""
    leaving: dict[str, None] = {}
    for place, number in enumerate(file.withdrawn):
        if number in open_cases:
            problems.append(Problem(reason=f"withdrawn[{place}]: an incident of the case is open"))
        elif number in current:
            leaving[number] = None
        elif not known(number):
            problems.append(Problem(reason=f"withdrawn[{place}]: no such case"))
    return leaving


def _unknown_zones(case: Case, known_zone: Callable[[str], bool] | None) -> Iterator[str]:
    named = [("home_zone", case.home_zone), ("managing_zone", case.managing_zone)]
    named += [(f"exclusions[{i}].zone", exclusion.zone) for i, exclusion in enumerate(case.exclusions)]
    yield from (f"{field}: no such zone" for field, zone in named if zone and known_zone and not known_zone(zone))


class _Holders:
    """Which cases have a device."""

    def __init__(self, cases: Mapping[str, Case]) -> None:
        self._cases: dict[str, list[Case]] = {}
        for case in cases.values():
            self.add(case)

    def add(self, case: Case) -> None:
        for device in case.devices:
            self._cases.setdefault(device, []).append(case)

    def clashes(self, case: Case) -> list[str]:
        """Which devices of a case others have for days that both are valid."""
        return [
            f"devices[{i}]: also in case {other.number}, valid on the same days"
            for i, device in enumerate(case.devices)
            for other in self._cases.get(device, ())
            if case.valid_from <= other.valid_until and other.valid_from <= case.valid_until
            if other.number != case.number
        ]


def _clash(kept: dict[str, Case], rows: dict[str, Row]) -> tuple[Row, list[str]] | None:
    """The first row that may not have a device, and why. Of two rows it is the later one."""
    holders = _Holders({number: case for number, case in kept.items() if number not in rows})
    for row in rows.values():
        if found := holders.clashes(row.case):
            return row, found
        holders.add(row.case)
    return None
