"""`/audit/WORD.csv` and `.json`: an auditor's list as a file, recorded before it is given. WORD is the sealed list."""

import hashlib
from datetime import UTC, datetime

import msgspec
import pandas as pd

from dashboard.access.guard import SIGN_IN
from dashboard.auditor.view import View
from dashboard.documents.page import DocumentGround, DocumentPage, File, NoDocument
from dashboard.shell.errands import LOOKS, aside
from incidents import events as ev
from incidents.auditing.auditing import Auditing
from incidents.auditing.look import Look
from incidents.auditing.query import Asked
from incidents.events import BRUSSELS
from incidents.roles import Role, User
from reports import tables

ADDRESS = r"/audit/([A-Za-z0-9_-]{1,16384})\.(csv|json)"
MOST = 100_000  # rows of a file: a spreadsheet opens few more


class AuditFile(DocumentPage[DocumentGround]):
    """The file, for a signed-in auditor: without their own looks."""

    page = "export audit"
    sign_in = f"..{SIGN_IN}"
    discloses = "audit"
    asks = True

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> File:
        word, form = self.asked
        _ = self.translate
        view = self.view(word, View)
        auditing, name = consoles.services.auditing, self.name(consoles)
        if auditing is None or not auditing.ready or not name:
            raise NoDocument(503, _("The log is still being read. Load the page again in a moment."))
        user = User(actor=consoles.desk.pseudonym(name), roles=roles, name=name)
        asked = view.asked(auditing.asked_by(user))
        if view.notice:
            notice = auditing.notice(view.notice, user)
            if notice is None:
                raise NoDocument(404, _("There is no such notice."))
            asked = auditing.counted(notice, asked)
        if (await aside(LOOKS, auditing.lists.find, asked, shown=0)).count > MOST:
            raise NoDocument(413, _("These are more than 100 000 rows: choose a shorter period."))
        content, rows = await aside(LOOKS, _made, auditing, asked, form)
        self.event = ev.AuditExported(
            form="json" if form == "json" else "csv",
            rows=rows,
            sha256=hashlib.sha256(content).hexdigest(),
            selection=msgspec.json.encode(view).decode(),
        )
        return File(f"vigie-audit-{consoles.desk.clock.now().astimezone(BRUSSELS):%Y%m%d-%H%M}.{form}", content)


def _made(auditing: Auditing, asked: Asked, form: str) -> tuple[bytes, int]:
    looks = auditing.lists.all(asked)
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(looks), indent=1) + b"\n", len(looks)
    rows = [{"at": _time(look)} | msgspec.structs.asdict(look) for look in looks]
    names = ["at", *(name for name in Look.__struct_fields__ if name != "at_ms")]
    return tables.framed(pd.DataFrame(rows, columns=names)), len(looks)


def _time(look: Look) -> str:
    return datetime.fromtimestamp(look.at_ms / 1000, UTC).astimezone(BRUSSELS).isoformat(timespec="milliseconds")
