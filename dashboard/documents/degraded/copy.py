"""`/degraded`: the degraded-mode file for a supervisor to carry to another machine, sealed as it is."""

import hashlib

from dashboard.documents.page import DocumentGround, DocumentPage, File, NoDocument
from incidents.events import DegradedFileTaken
from incidents.roles import Role

NAME = "vigie-degraded.html"


class DegradedPage(DocumentPage[DocumentGround]):
    """The file, for a signed-in supervisor; where nobody signs in, for this machine only."""

    page = "page degraded"
    discloses = "degraded"
    need = "duty"  # for when all else fails: nothing may hold it up

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> File:
        content = await consoles.services.degraded.copy()
        if content is None:
            raise NoDocument(200, self.translate("There is no degraded-mode file."))
        self.event = DegradedFileTaken(sha256=hashlib.sha256(content).hexdigest())
        # Saved, not shown: the policy of our own pages would keep its script from opening it.
        return File(NAME, content)
