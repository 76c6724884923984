"""`/evidence/ID.pdf` and `.json`: the evidence file of one incident. Its address holds the opaque id, and names nobody.

The PDF is in the language of who asks, or in that of who receives it: `?language=nl`. The JSON is codes.
"""

from dashboard.access.guard import SIGN_IN
from dashboard.documents.page import DocumentGround, DocumentPage, File, NoDocument
from dashboard.shell.language import known, speak
from incidents.events import EvidenceForm
from incidents.roles import Role
from incidents.timeline import NoSuchIncident
from reports.signing import SigningError

ADDRESS = r"/evidence/([a-z2-7]{8,64})\.(pdf|json)"


class EvidencePage(DocumentPage[DocumentGround]):
    """The file, for a signed-in supervisor or auditor; where nobody signs in, for this machine only."""

    page = "export evidence"
    sign_in = f"..{SIGN_IN}"
    discloses = "evidence"
    asks = True

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> File:
        incident, ending = self.asked
        form: EvidenceForm = "pdf" if ending == "pdf" else "json"
        maker = consoles.services.evidence
        try:
            if maker is None:
                raise NoSuchIncident
            content, self.event = await maker.make(
                incident, form, self.by(consoles), self.user(), speak(self._receivers)
            )
        except SigningError:
            raise NoDocument(
                503, self.translate("The centre's certificate can't sign the file: none was made.")
            ) from None
        except NoSuchIncident:
            raise NoDocument(404, self.translate("There is no such incident.")) from None
        return File(f"vigie-evidence-{incident[:8]}.{form}", content)

    @property
    def _receivers(self) -> str:
        """The language that the address asks for (`?language=nl`), else that of who asks."""
        return known(self.get_query_argument("language", "")) or self.language
