"""Disclosures without an incident, on the streams `audit/PERIOD`. The actor is a pseudonym; who reads them asks why."""

from collections.abc import Iterable
from typing import Literal

from incidents.events.disclosure import Disclosure
from incidents.events.kinds import Event

NoticeState = Literal["seen", "explained", "handed_on"]


def shown_lines(numbers: Iterable[str]) -> str:
    """The `cases` of a record that so many were shown: their numbers, a line each."""
    return "".join(f"{number}\n" for number in numbers)


def shown_numbers(cases: str) -> list[str]:
    """The numbers in the `cases` of such a record; an older one has spaces between them, which stand in some numbers too."""
    return cases.splitlines() if cases.endswith("\n") else cases.split()


class CasesSearched(Disclosure, frozen=True, kw_only=True, tag="cases_searched"):
    """A person searched the case register `searches` times in a row, and was shown so many cases.

    Sealed: the terms (`text`, a line each, as typed) and the numbers of the `cases` shown (`shown_lines`).
    """

    SAYS = "was found by a search"
    DISCLOSES = "search"
    SEALED = frozenset({"text", "cases", "reason"})
    found: int
    searches: int = 1
    text: str = ""
    cases: str = ""


class IncidentsSearched(Disclosure, frozen=True, kw_only=True, tag="incidents_searched"):
    """A person searched incidents of any age: so many were `found` and so many of them `shown`, once this was recorded.

    Sealed: the words as typed (`text`) and the ids of the `incidents` shown.
    """

    DISCLOSES = "search"
    SEALED = frozenset({"text", "incidents", "reason"})
    found: int
    shown: int
    text: str = ""
    incidents: str = ""


class ReportExported(Disclosure, frozen=True, kw_only=True, tag="report_exported"):
    """A person took a report of response times: of `what`, in which form, how, of how many rows. `sha256` is the file's.

    Sealed: what was selected.
    """

    DISCLOSES = "report"
    SEALED = frozenset({"selection", "reason"})
    what: Literal["report", "own_figures"]
    form: str
    how: Literal["command", "page"]
    rows: int
    sha256: str
    selection: str = ""


class CaseStepTaken(Disclosure, frozen=True, kw_only=True, tag="case_step"):
    """A person took a step of a case's life: its `kind`, a word of `incidents.cases.life`. Sealed: the number of the `case`.

    What the step says stands in the case register alone, sealed under the key of the case.
    """

    SAYS = "a step of the life of the case"
    DISCLOSES = "life"
    SEALED = frozenset({"case", "reason"})
    kind: str
    case: str = ""


class CasesKept(Disclosure, frozen=True, kw_only=True, tag="cases_kept"):
    """A person was shown cases on the page of those who keep them: so many, of the `list` or one `case` with its life.

    Sealed: the numbers of the `cases` (`shown_lines`).
    """

    SAYS = "was shown by a keeper's page"
    DISCLOSES = "life"
    SEALED = frozenset({"cases", "reason"})
    how: Literal["list", "case"]
    shown: int
    cases: str = ""


class AuditListed(Disclosure, frozen=True, kw_only=True, tag="audit_listed"):
    """An auditor opened the list of disclosures of one person, case or device, or of a notice: `count` looks of others.

    Sealed: whose list it was (`person` is a pseudonym).
    """

    SAYS = "an auditor listed who looked"
    DISCLOSES = "audit"
    SEALED = frozenset({"person", "case", "device", "reason"})
    count: int
    person: str = ""
    case: str = ""
    device: str = ""


class AuditExported(Disclosure, frozen=True, kw_only=True, tag="audit_exported"):
    """An auditor took the list of disclosures as a file: its form, of how many `rows`. `sha256` is the file's.

    Sealed: what was selected.
    """

    DISCLOSES = "audit"
    SEALED = frozenset({"selection", "reason"})
    form: Literal["csv", "json"]
    rows: int
    sha256: str
    selection: str = ""


class ChainVerified(Disclosure, frozen=True, kw_only=True, tag="chain_verified"):
    """An auditor had the whole chain checked from their page: whether it is what was written, and of how many `records`."""

    DISCLOSES = "audit"
    ok: bool
    records: int


class PersonNamed(Disclosure, frozen=True, kw_only=True, tag="person_named"):
    """An auditor was told who a pseudonym is (`person`, sealed), once this was recorded, and said why."""

    DISCLOSES = "audit"
    SEALED = frozenset({"person", "reason"})
    person: str = ""


class NoticeRaised(Event, frozen=True, kw_only=True, tag="notice_raised"):
    """Something is unusual by a rule of docs/audit.md, with the look whose record has the id `of` (it happened then).

    `looks`: the ids of the records of the `count` that it counted, a line each: what is said of one later does not change them.
    Sealed: of which `person` (a pseudonym), and what it is `about`: a case, a device or an incident, where the rule is about one.
    """

    SEALED = frozenset({"person", "about"})
    rule: str
    count: int
    of: str
    looks: str = ""
    person: str = ""
    about: str = ""


class NoticeDealt(Event, frozen=True, kw_only=True, tag="notice_dealt"):
    """An auditor saw a notice (`notice` is its record's id), has it explained, or handed it on. Sealed: their `note`."""

    SEALED = frozenset({"note"})
    notice: str
    state: NoticeState
    note: str = ""
