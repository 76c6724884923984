"""Disclosures without an incident, on the streams `audit/PERIOD`. The actor is a pseudonym; who reads them asks why."""

from typing import Literal

from incidents.events.kinds import Event, Why


class CasesSearched(Event, frozen=True, kw_only=True, tag="cases_searched"):
    """A person searched the case register `searches` times in a row, and was shown so many cases.

    `role`: the roles they had, space-separated. Sealed: the terms (`text`, a line each, as typed), the numbers of the `cases`
    shown, and a `reason`, empty until one is asked for.
    """

    SEALED = frozenset({"text", "cases", "reason"})
    role: str = ""
    found: int
    searches: int = 1
    text: str = ""
    cases: str = ""
    reason: str = ""


class IncidentsSearched(Event, frozen=True, kw_only=True, tag="incidents_searched"):
    """A person searched incidents of any age: so many were `found` and so many of them `shown`, once this was recorded.

    `role` as in a search of cases; `why`: the usual reason they gave. Sealed: the words as typed (`text`), the ids of the
    `incidents` shown, and the `reason` in their own words where it is none of the usual ones.
    """

    SEALED = frozenset({"text", "incidents", "reason"})
    role: str = ""
    found: int
    shown: int
    why: Why
    text: str = ""
    incidents: str = ""
    reason: str = ""


class ReportExported(Event, frozen=True, kw_only=True, tag="report_exported"):
    """A person took a report of response times: of `what`, in which form, how, of how many rows. `sha256` is the file's.

    `role` as in a search. Sealed: what was selected, and a `reason`, empty until one is asked for.
    """

    SEALED = frozenset({"selection", "reason"})
    what: Literal["report", "own_figures"]
    form: str
    how: Literal["command", "page"]
    rows: int
    sha256: str
    role: str = ""
    selection: str = ""
    reason: str = ""


class CaseStepTaken(Event, frozen=True, kw_only=True, tag="case_step"):
    """A person took a step of a case's life: its `kind`, a word of `incidents.cases.life`. Sealed: the number of the `case`.

    `role` as in a search of cases. What the step says stands in the case register alone, sealed under the key of the case.
    """

    SEALED = frozenset({"case"})
    role: str = ""
    kind: str
    case: str = ""


class CasesKept(Event, frozen=True, kw_only=True, tag="cases_kept"):
    """A person was shown cases on the page of those who keep them: so many, of the `list` or one `case` with its life.

    `role` as in a search of cases. Sealed: the numbers of the `cases`.
    """

    SEALED = frozenset({"cases"})
    role: str = ""
    how: Literal["list", "case"]
    shown: int
    cases: str = ""
