"""Disclosures without an incident, on the streams `audit/PERIOD`. The actor is a pseudonym; who reads them asks why."""

from typing import Literal

from incidents.events.disclosure import Disclosure


class CasesSearched(Disclosure, frozen=True, kw_only=True, tag="cases_searched"):
    """A person searched the case register `searches` times in a row, and was shown so many cases.

    Sealed: the terms (`text`, a line each, as typed) and the numbers of the `cases` shown.
    """

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

    DISCLOSES = "life"
    SEALED = frozenset({"case", "reason"})
    kind: str
    case: str = ""


class CasesKept(Disclosure, frozen=True, kw_only=True, tag="cases_kept"):
    """A person was shown cases on the page of those who keep them: so many, of the `list` or one `case` with its life.

    Sealed: the numbers of the `cases`.
    """

    DISCLOSES = "life"
    SEALED = frozenset({"cases", "reason"})
    how: Literal["list", "case"]
    shown: int
    cases: str = ""
