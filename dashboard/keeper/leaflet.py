"""`/leaflet`: what the zone hands over with the device, on one sheet, in the language of who receives it (`?language=nl`).

It names nobody: who it is for, the device and whom to ask are written on it by hand. Nothing is sent to anybody's phone.
"""

from functools import cached_property

from dashboard.access.guard import SIGN_IN
from dashboard.documents.page import DocumentGround, DocumentPage
from dashboard.shell.language import NAMES, known
from incidents.audit import OfNobody
from incidents.roles import Role
from reports.catalogue import LANGUAGES, named

ADDRESS = r"/leaflet"
PARTS = ("how", "press", "care", "kept", "ask")  # its headings, each with its sentences below


class LeafletPage(DocumentPage[DocumentGround]):
    """The sheet, for a signed-in keeper or zone."""

    page = "page cases"
    discloses = OfNobody("how the button works, to hand over: no person is in it")
    sign_in = f".{SIGN_IN}"

    @cached_property
    def language(self) -> str:
        """The language that the address asks for, else that of who asks."""
        return known(self.get_query_argument("language", "")) or super().language

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> str:
        return self.kept("keeper/leaflet.html", consoles, self._facts)

    def _facts(self) -> dict[str, object]:
        said = named(self.translate, "dashboard/keeper", "leaflet")
        parts = [
            (said[part], [text for name, text in sorted(said.items()) if name.startswith(f"{part}.")]) for part in PARTS
        ]
        return {"t": said, "parts": parts, "languages": [(code, NAMES[code]) for code in LANGUAGES]}
