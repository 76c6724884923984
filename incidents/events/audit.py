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
