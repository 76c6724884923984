"""`/aggregate`: the Institute's export, as a zip file. `?since=2026-01&until=2026-12` chooses months; it names nobody."""

from typing import Protocol

from dashboard.documents.page import DocumentGround, DocumentPage
from incidents.log import LogUnavailable
from incidents.roles import Role
from reports.aggregate.period import PeriodError
from reports.aggregate.register import PublishedBefore

ADDRESS = r"/aggregate"


class Maker(Protocol):
    """Makes the export and enters that it was made."""

    async def make(self, since: str, until: str, by: str) -> tuple[str, bytes]: ...


class AggregateGround(DocumentGround, Protocol):
    """The pages' common ground as this page sees it."""

    @property
    def aggregates(self) -> Maker | None: ...


class AggregatePage(DocumentPage[AggregateGround]):
    """The export, for a signed-in supervisor or auditor; where nobody signs in, for this machine only."""

    page = "export aggregate"

    async def answer(self, consoles: AggregateGround, roles: frozenset[Role]) -> None:
        maker = consoles.aggregates
        t = consoles.translate
        try:
            if maker is None:
                raise LogUnavailable("no table is folded here")
            since, until = (self.get_query_argument(name, "") for name in ("since", "until"))
            name, content = await maker.make(since, until, self.by(consoles))
        except PeriodError:
            self.say(400, t("An export is of whole months that are over, as ?since=2026-01&until=2026-12."))
        except PublishedBefore:
            self.say(
                409, t("Some of these months were exported before, with other figures: the two could be subtracted.")
            )
        except (LogUnavailable, OSError):
            self.say(503, t("The log can't be read or written now: no file was made."))
        else:
            self.set_header("Content-Type", "application/zip")
            self.set_header("Content-Disposition", f'attachment; filename="{name}"')
            self.finish(content)
