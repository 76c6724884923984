"""`/report/WORD.csv`, `.json`, `.pdf`: the rows of a view, its report, its report on paper. WORD is the sealed view."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec
import pandas as pd

from dashboard.access.guard import SIGN_IN
from dashboard.components.reserved.past import table_for
from dashboard.documents.page import DocumentGround, DocumentPage, File, NoDocument, report_taken
from dashboard.shell.errands import LOOKS, aside
from dashboard.supervisor.review.desk import gone_from, shift_start
from dashboard.supervisor.review.facts import choose
from dashboard.supervisor.review.parts import NONE_GONE, Gone
from dashboard.supervisor.review.view import View
from incidents.events import BRUSSELS
from incidents.intervals import Profile
from incidents.roles import Role
from reports import render as writing
from reports import tables
from reports.catalogue import Translator
from reports.measures.coarse import shown_rows
from reports.measures.profiles import PROFILES
from reports.measures.report import report
from reports.own import paper, said

ADDRESS = r"/report/([A-Za-z0-9_-]{1,16384})\.(csv|json|pdf)"


class ExportPage(DocumentPage[DocumentGround]):
    """The file, for a signed-in supervisor or auditor; where nobody signs in, for this machine only."""

    page = "export report"
    sign_in = f"..{SIGN_IN}"
    discloses = "report"
    asks = True

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> File:
        word, form = self.asked
        _ = self.translate
        view = self.view(word, View)
        history = consoles.services.history
        if history is None or not history.ready:
            raise NoDocument(503, _("The log is still being read. Load the page again in a moment."))
        now = consoles.desk.clock.now()
        table = await table_for(history, consoles.desk, self.user())
        begun, names = shift_start(consoles, now), consoles.services.places.names
        numbers = await consoles.desk.cad_numbers() if form == "csv" else {}
        gone = gone_from(consoles)

        def work() -> tuple[bytes, int, str]:
            profile = consoles.services.profiles.get(view.profile) or PROFILES["amr"]
            return made(
                table, view, profile, form, now=now, begun=begun, names=names, translate=_, numbers=numbers, gone=gone
            )

        content, rows, selection = await aside(LOOKS, work)
        self.event = report_taken("report", form, content, rows, selection)
        return File(f"vigie-report-{now.astimezone(BRUSSELS):%Y%m%d-%H%M}.{form}", content)


def made(
    table: pd.DataFrame,
    view: View,
    profile: Profile,
    form: str,
    *,
    now: datetime,
    begun: datetime | None,
    names: dict[str, str],
    translate: Translator,
    numbers: Mapping[str, str] = MappingProxyType({}),
    gone: Gone = NONE_GONE,
) -> tuple[bytes, int, str]:
    """The file of a view, of how many rows it is, and what was selected. Who acknowledged is in none of them.

    What is read is in the translator's language; `numbers` are those in the centre's CAD by incident: they stand in the rows.
    """
    one = choose(table, view, profile.targets[0], now=now, shift_start=begun)
    rows = shown_rows(one.rows, one.selection, *gone)
    taken = len(one.rows if form == "json" else rows), said(one.selection)
    if form == "csv":
        rows = rows.drop(columns="operator").reset_index(drop=True)
        rows = tables.numbered(rows, numbers)
        return tables.framed(tables.in_belgium(rows)), *taken
    _ = translate
    found = report(
        table, one.selection, profile, title=_("Response times"), by=("as_class", "cic", "zone"), translate=_
    )
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n", *taken
    return writing.pdf(paper(found, rows, names, now, translate=_), now), *taken
