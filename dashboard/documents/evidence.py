"""`/evidence/ID.pdf` and `.json`: the evidence file of one incident. Its address holds the opaque id, and names nobody."""

from typing import Any, Protocol

from dashboard.access.guard import SIGN_IN
from dashboard.documents.handover.page import SheetPage
from incidents.events import EvidenceForm
from incidents.log import LogUnavailable
from incidents.roles import Role, User
from incidents.timeline import NoSuchIncident

ADDRESS = r"/evidence/([a-z2-7]{8,64})\.(pdf|json)"
_TYPES = {"pdf": "application/pdf", "json": "application/json; charset=utf-8"}


class Maker(Protocol):
    """Makes the file and enters in the log that it was made; `user` is who asks, for what a case may keep from them."""

    async def make(self, incident: str, form: EvidenceForm, by: str, user: User | None) -> bytes: ...


class EvidencePage(SheetPage):
    """The file, for a signed-in supervisor or auditor; where nobody signs in, for this machine only."""

    page = "export evidence"
    sign_in = f"..{SIGN_IN}"

    async def get(self, incident: str, form: EvidenceForm) -> None:
        self._asked = (incident, form)
        await super().get()

    async def answer(self, consoles: Any, roles: frozenset[Role]) -> None:
        incident, form = self._asked
        maker: Maker | None = consoles.evidence
        try:
            if maker is None:
                raise NoSuchIncident
            by = self.name(consoles.signins) or str(consoles.translate("this machine"))
            content = await maker.make(incident, form, by, self.user())
        except NoSuchIncident:
            self.say(404, consoles.translate("There is no such incident."))
        except LogUnavailable:
            self.say(503, consoles.translate("The log can't be read or written now: no file was made."))
        else:
            self.set_header("Content-Type", _TYPES[form])
            self.set_header("Content-Disposition", f'attachment; filename="vigie-evidence-{incident[:8]}.{form}"')
            self.finish(content)
