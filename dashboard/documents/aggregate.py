"""`/aggregate`: the Institute's export, as a zip file. `?since=2026-01&until=2026-12` chooses months; it names nobody."""

from dashboard.documents.page import DocumentGround, DocumentPage, File, NoDocument
from incidents.log import LogUnavailable
from incidents.roles import Role
from reports.aggregate.period import PeriodError
from reports.aggregate.register import PublishedBefore

ADDRESS = r"/aggregate"


class AggregatePage(DocumentPage[DocumentGround]):
    """The export, for a signed-in supervisor or auditor; where nobody signs in, for this machine only."""

    page = "export aggregate"
    discloses = "aggregate"
    need = "duty"  # it is of nobody: small counts are hidden

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> File:
        maker = consoles.services.aggregates
        _ = self.translate
        try:
            if maker is None:
                raise LogUnavailable("no table is folded here")
            since, until = (self.get_query_argument(name, "") for name in ("since", "until"))
            name, content, self.event = await maker.make(since, until)
            return File(name, content)
        except PeriodError:
            why = _("An export is of whole months that are over, as ?since=2026-01&until=2026-12.")
            raise NoDocument(400, why) from None
        except PublishedBefore:
            why = _("Some of these months were exported before, with other figures: the two could be subtracted.")
            raise NoDocument(409, why) from None
        except OSError as error:
            raise LogUnavailable("the register can't be written") from error
