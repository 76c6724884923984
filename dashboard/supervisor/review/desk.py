"""What a supervisor page asks of the review, and the answers. Counting is done in a thread: no press waits for it.

| asked | answered |
|---|---|
| `view`: n, view | n, and the facts of that view; only the newest of a page is counted |
| `map` | the zones' outlines |
| `copy`: view | word: the view as an address |
| `export`: view | export: the same, for the addresses of files |
| `open`: word | view; or refused: `unreadable` |
| `operators`: n, view, reason | the figures by operator, once that was recorded; or refused |

Between, `{"progress": {...}}` says how far a count is that takes longer than a moment, and `{"changed": true}` that there is more
to count.
"""

import asyncio
import weakref
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import uuid4

import msgspec

from dashboard.components.reserved.past import table_for
from dashboard.documents.address import Unreadable, address, opened
from dashboard.services import Ground
from dashboard.shell.errands import LOOKS, aside
from dashboard.shell.ground import AnsweredPage
from dashboard.shell.requests import Answering, answers, text
from dashboard.supervisor.review import operators
from dashboard.supervisor.review.facts import facts, profile_facts
from dashboard.supervisor.review.outlines import outlines
from dashboard.supervisor.review.parts import Gone
from dashboard.supervisor.review.view import View, view
from incidents import events as ev
from incidents.audit import role_of, stream_for
from incidents.commands import Refused
from incidents.listeners import tell
from incidents.log import LogUnavailable
from incidents.reasons import MAX_REASON, is_reason
from incidents.roles import check
from incidents.shifts import shift_at
from maps.provinces import provinces_by_zone
from reports.measures.history import History

LOOK_S = 0.5  # how often a page is told how far the history is folded

_newest: weakref.WeakKeyDictionary[AnsweredPage, int] = weakref.WeakKeyDictionary()  # a page's newest question
_told: weakref.WeakSet[History] = weakref.WeakSet()  # the histories that tell the pages of what is new


class Unanswered(Exception):
    """The review has no answer: `code` is a word the page translates."""

    def __init__(self, code: Literal["no_history", "unreadable", "not_recorded"]) -> None:
        super().__init__(code)
        self.code = code


async def answer(consoles: Ground, session: AnsweredPage, asked: Mapping[str, object]) -> dict[str, Any] | None:
    """Answer a page that is open (`dashboard.supervisor.session`). What is no question is not answered."""
    what = text(asked, "what")
    work = Questions(consoles, session).answer(what, asked)
    try:
        return None if work is None else await work
    except (Refused, Unanswered) as refused:
        return {"refused": refused.code, "what": what}


class Questions(Answering[dict[str, Any] | None]):
    """What is asked of the review by a page: a handler each, by `what`."""

    def __init__(self, consoles: Ground, session: AnsweredPage) -> None:
        self._consoles, self._session = consoles, session

    @answers("view")
    async def _view(self, n: int | None = None, view: object = None, first: bool = False) -> dict[str, Any] | None:
        consoles, wanted = self._consoles, _wanted(view)
        if n is None:
            raise Refused("invalid")

        def count(*asked: Any, **about: Any) -> dict[str, Any]:
            """In the thread, of a history that was read."""
            return facts(*asked, profiles=consoles.services.profiles, gone=gone_from(consoles), **about)

        found = await self._counted(n, wanted, count)
        if found is None:
            return None
        profiles = {"profiles": profile_facts(consoles.services.profiles, self._session.translate)} if first else {}
        return {"n": n, "facts": found, **profiles}

    @answers("map")
    async def _map(self) -> dict[str, Any]:
        return {"map": await aside(LOOKS, outlines, self._consoles.services.zones.folder)}

    @answers("copy")
    async def _copy(self, view: object = None) -> dict[str, Any]:
        return {"word": address(_wanted(view), self._consoles.desk.seal_view)}

    @answers("export")
    async def _export(self, view: object = None) -> dict[str, Any]:
        check(self._session.user, "export report")
        return {"export": address(_wanted(view), self._consoles.desk.seal_view)}

    @answers("open")
    async def _open(self, word: str = "") -> dict[str, Any]:
        check(self._session.user, "page supervisor")
        try:
            return {"view": msgspec.to_builtins(opened(word, self._consoles.desk.open_view, View))}
        except Unreadable:
            raise Unanswered("unreadable") from None

    @answers("operators")
    async def _operators(self, n: int | None = None, view: object = None, reason: str = "") -> dict[str, Any] | None:
        """Whose figures are others' is asked for with a reason, and nothing is shown before the log has it."""
        consoles, user = self._consoles, self._session.user
        check(user, "operator figures")
        wanted = _wanted(view)
        if not is_reason(reason) or n is None:
            raise Refused("reason_missing")
        event = ev.OperatorFiguresOpened(role=role_of(user), why="other", reason=reason.strip()[:MAX_REASON])
        stream = stream_for(event, consoles.desk.clock.now())
        try:
            outcome, _ = await consoles.desk.record(stream, lambda: event, id=uuid4().hex, actor=user.actor)
        except LogUnavailable:
            raise Unanswered("not_recorded") from None
        if outcome != "recorded":
            raise Unanswered("not_recorded")
        figures = partial(operators.by_operator, name_of=consoles.desk.name_of, profiles=consoles.services.profiles)
        found = await self._counted(n, wanted, figures)
        return None if found is None else {"operators": found}

    async def _counted(self, n: int, wanted: View, count: Callable[..., dict[str, Any]]) -> msgspec.Raw | None:
        """Count in a thread, and make the JSON there too. None when the page has asked something else meanwhile."""
        consoles, session = self._consoles, self._session
        _newest[session] = n
        history = await self._ready(n)
        table = await table_for(history, consoles.desk, session.user)
        loop, now = asyncio.get_running_loop(), consoles.desk.clock.now()

        def tell(part: float) -> None:
            loop.call_soon_threadsafe(partial(session.reply, review={"progress": {"n": n, "part": part}}))

        def work() -> msgspec.Raw | None:
            if _newest.get(session) != n:
                return None
            shift, starts = shift_start(consoles, now), consoles.services.shift.starts
            made = count(table, wanted, now=now, shift_start=shift, starts=starts, tell=tell)
            return msgspec.Raw(msgspec.json.encode(made))

        made = await aside(LOOKS, work)
        return made if _newest.get(session) == n else None

    async def _ready(self, n: int) -> History:
        """The history once it was folded; until then the page is told how far it is. Raises Unanswered where none is kept."""
        history = self._consoles.services.history
        if history is None:
            raise Unanswered("no_history")
        if history not in _told:
            _told.add(history)
            history.listen(_changed, wanted=lambda: any(session.connected for session in _newest))
        while not history.ready:
            self._session.reply(review={"progress": {"n": n, "done": history.done, "total": history.total}})
            await asyncio.sleep(LOOK_S)
        return history


def _changed() -> None:
    tell((partial(session.reply, review={"changed": True}) for session in _newest), what="a review")


def shift_start(consoles: Ground, now: datetime) -> datetime | None:
    """When the present shift began; None without shifts."""
    shift = shift_at(consoles.services.shift, now)
    return shift.start if shift is not None else None


def gone_from(consoles: Ground) -> Gone:
    """The incidents that were erased, as far as they were read, and the province of each zone."""
    history = consoles.services.history
    return history.erased if history is not None else (), provinces_by_zone(consoles.services.zones)


def _wanted(asked: object) -> View:
    try:
        return view(asked)
    except msgspec.ValidationError:
        raise Refused("invalid") from None
