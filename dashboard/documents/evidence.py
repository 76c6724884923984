"""`/evidence/ID.pdf` and `.json`: the evidence file of one incident. Its address holds the opaque id, and names nobody.

The PDF is in the language of who asks, or in that of who receives it: `?language=nl`. The JSON is codes. Before it is made the
form says how much it will withhold, by kind, and offers the sealed annex, whose passphrase stands once on the page that answers.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dashboard.access.guard import SIGN_IN
from dashboard.documents.makers import EvidenceMaker
from dashboard.documents.page import DocumentGround, DocumentPage, File, NoDocument
from dashboard.shell.language import known, speak
from incidents.events import EvidenceForm
from incidents.roles import Role
from incidents.timeline import NoSuchIncident
from reports.evidence.words import Words
from reports.signing import SigningError

ADDRESS = r"/evidence/([a-z2-7]{8,64})\.(pdf|json)"


class EvidencePage(DocumentPage[DocumentGround]):
    """The file, for a signed-in supervisor or auditor; where nobody signs in, for this machine only."""

    page = "export evidence"
    sign_in = f"..{SIGN_IN}"
    discloses = "evidence"
    asks = True

    async def before(self, consoles: DocumentGround) -> Mapping[str, Any]:
        incident, form = self.asked
        with self._said():
            withheld = await self._maker(consoles).withholds(incident, self.by(consoles), self.user())
        words = Words(self.translate)
        said = words.withheld(withheld) if withheld.any else self.translate("Nothing will be withheld.")
        return {"beforehand": said, "annex": withheld.any and form == "pdf"}

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> File | str:
        incident, ending = self.asked
        form: EvidenceForm = "pdf" if ending == "pdf" else "json"
        with_annex = form == "pdf" and self.get_body_argument("annex", "") == "1"
        with self._said():
            content, self.event, annex = await self._maker(consoles).make(
                incident, form, self.by(consoles), self.user(), speak(self._receivers), with_annex=with_annex
            )
        name = f"vigie-evidence-{incident[:8]}"
        if annex is None:
            return File(f"{name}.{form}", content)
        files = [(f"{name}.pdf", content), (f"{name}-annex.pdf", annex.content)]
        title = self.translate("Sealed annex for the magistrate")
        saved = [(name, b64encode(content).decode()) for name, content in files]
        return self.filled(
            "documents/annex.html", consoles, root="../", title=title, passphrase=annex.passphrase, files=saved
        )

    def _maker(self, consoles: DocumentGround) -> EvidenceMaker:
        if consoles.services.evidence is None:
            raise NoSuchIncident
        return consoles.services.evidence

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Why there is none, in words. Raises NoDocument."""
        _ = self.translate
        try:
            yield
        except SigningError:
            raise NoDocument(503, _("The centre's certificate can't sign the file: none was made.")) from None
        except NoSuchIncident:
            raise NoDocument(404, _("There is no such incident.")) from None

    @property
    def _receivers(self) -> str:
        """The language that the address asks for (`?language=nl`), else that of who asks."""
        return known(self.get_query_argument("language", "")) or self.language
