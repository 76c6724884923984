"""`/figures`: a person's own response times of the last twelve months, to read and to print. It shows nobody else's."""

from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd

from dashboard.components.reserved.past import table_for
from dashboard.documents.page import DocumentGround, DocumentPage, report_taken
from dashboard.shell.clock import BRUSSELS, dated
from dashboard.supervisor.review.figures import MANY, Figure, count_of, counted, share_of
from dashboard.supervisor.review.operators import answered, figures_of
from dashboard.supervisor.review.view import year_before
from incidents import events as ev
from incidents.audit import OfNobody
from incidents.roles import Role
from reports.catalogue import Translator
from reports.locale_formats import Formats, formats
from reports.measures.local import belgian
from reports.measures.profiles import PROFILES
from reports.measures.select import select
from reports.measures.shape import DURATION_SUFFIX, Selection

SLOWEST = 5


class FiguresPage(DocumentPage[DocumentGround]):
    """The figures of who is signed in. Where nobody signs in there is nobody whose they could be, and it says so."""

    page = "page figures"
    discloses: ev.Disclosed | OfNobody = "report"
    need = "duty"

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> str:
        name = self.name(consoles)
        actor = consoles.desk.pseudonym(name) if name else ""
        f = formats(self.translate)
        made, history = None, consoles.services.history
        if actor and history is not None and history.ready:
            made = own(
                await table_for(history, consoles.desk, self.user()),
                actor,
                name,
                consoles.desk.clock.now(),
                self.translate,
            )
        shown = {"name": name, "made": made, "many": MANY, "lasted": f.lasted, "share_said": partial(share_said, f)}
        text = self.filled("supervisor/review/own.html", consoles, **shown)
        if made is not None:
            days = f"{made['since']} to {made['until']}"
            self.event = report_taken("own_figures", "html", text.encode(), made["incidents"], days)
        else:
            self.discloses = OfNobody("there are no figures to be shown")
        return text


def own(table: pd.DataFrame, actor: str, name: str, now: datetime, translate: Translator) -> dict[str, Any]:
    """The last twelve months of whom this pseudonym is: their figures, month by month, and the slowest."""
    today = now.astimezone(BRUSSELS).date()
    since, target = year_before(today), answered(PROFILES["cic"])
    rows, _ = select(table, Selection(since=since, until=today, operators=(actor,)))
    column = rows[target.interval + DURATION_SUFFIX]
    month = belgian(rows["received"]).dt.strftime("%Y-%m")
    f, months = formats(translate), []
    for key, times in column.groupby(month):
        took = times[times >= 0].to_numpy()
        months.append({"month": key, "within": count_of(took, target), "share": share_of(took, target)})
    slow = rows[column >= 0].sort_values(target.interval + DURATION_SUFFIX, ascending=False).head(SLOWEST)
    return {
        **figures_of(rows, name, target),
        "incidents": len(rows),
        "since": f.day(since),
        "until": f.day(today),
        "limit": f.limit(target.limit_s),
        "negative": counted(rows, target.interval).negative,
        "months": months,
        "slowest": [
            (dated(at, translate), f.lasted(s))
            for at, s in zip(slow["received"], slow[target.interval + DURATION_SUFFIX], strict=True)
        ],
    }


def share_said(f: Formats, figure: Figure) -> str:
    """A share with its interval: 82.6 % (78.6 – 86.0)."""
    return f"{f.percent(figure.value)} ({f.tenths((figure.low or 0.0) * 100)} – {f.tenths((figure.high or 0.0) * 100)})"
