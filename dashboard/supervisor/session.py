"""One supervisor page: a session as the operator page has it, without map and case, and with the rooms beside the floor.

It counts as a console that saw and heard an alarm when somebody is before it who may take one: it paints every open alarm and
sounds as the operator page does. An auditor's page does both and counts for nothing: nobody there may act.

A room plugs in with a handler here, and one line in `rooms.js`; what it answers to `{"do": "review", ...}` is
sent as `{"review": {...}}`, None as nothing. Only an open page is answered: not a locked one, nor one that was locked, or stood
before another person, before the answer came. A room does what is slow off the loop (`dashboard.shell.errands.aside`), says how
far it is with `session.reply(review={...})`, checks the role of `session.user` where it shows more than the page does, and keeps
what it knows of a page in a `WeakKeyDictionary` by session.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec

from dashboard.components.actions.part import person
from dashboard.components.devices.standing import standing
from dashboard.components.drills import panel as drills
from dashboard.components.queue.rows import opened
from dashboard.components.timeline import desk as timeline
from dashboard.operator.ground import OperatorGround
from dashboard.operator.session import Session
from dashboard.shell.ground import Standing
from dashboard.shell.outbox import Page
from dashboard.shell.requests import answers
from dashboard.shell.topics import Topic
from dashboard.supervisor.review import desk as review
from incidents.actions import SUPERVISOR, open_to
from incidents.board import Change
from incidents.case_keeping import CaseKeeping

PAGE = "page supervisor"


class SupervisorSession(Session, without=("select", "search", "map")):
    """`consoles` and `token` as in `Session`. There is neither case nor map on this page."""

    kind = PAGE
    drilled = False

    def __init__(self, consoles: OperatorGround[Session], page: Page, token: str = "") -> None:
        super().__init__(consoles, page, None, token)
        self._mailbox.tell(TOPICS, self, consoles)
        self._lapsed_of: object = None  # for whom, and of which cases, it was told how many lapsed

    def anew(self) -> None:
        self._lapsed_of = None
        super().anew()

    def changed(self, change: Change, cics: frozenset[str] | None = None) -> None:
        super().changed(change, cics)
        if change.kind == "drill" and not self.standing.locked:
            self.reply(drills={"news": True})

    def _add_rows(self, message: dict[str, Any], now: Standing) -> None:
        """Each row says what may be done with it from here: all of them offer it, and none is chosen."""
        super()._add_rows(message, now)
        rows: dict[str, Any] = message.get("rows", {})
        incidents, user = self._consoles.desk.board.incidents, person(self)
        for key, row in rows.items():
            if isinstance(row, msgspec.Raw):  # neither gone, nor kept from who is here
                rows[key] = opened(row, open_to(SUPERVISOR, incidents[key], user))

    def _each_second(self) -> Iterable[Callable[[], object]]:
        return (*super()._each_second(), self._look_at_cases)

    def _look_at_cases(self) -> None:
        """How many cases nobody kept in time: a day goes by without any change that would tell of it."""
        keeping, now = self._consoles.services.keeping, self.standing
        if keeping is None or now.locked or (of := (keeping.moment, now.who)) == self._lapsed_of:
            return
        self._lapsed_of = of
        self.keep(self._tell_lapsed(keeping))

    async def _tell_lapsed(self, keeping: CaseKeeping) -> None:
        found = await keeping.lapsed(self.reserved.who())
        if not self.standing.locked:
            self.reply(lapsed=found)

    def _speak(self) -> None:
        super()._speak()
        self.reply(credit=self._consoles.services.whereabouts.credit(self.translate))

    @answers("review", costs=True)
    async def _review(self, /, **asked: object) -> None:
        await self._room("review", lambda: review.answer(self._consoles, self, asked))

    @answers("timeline", costs=True)
    async def _timeline(self, incident: str = "", have: int | None = None) -> None:
        await self._room("timeline", lambda: timeline.answer(self._consoles, self, incident, have))

    @answers("drills", costs=True)
    async def _drills(self) -> None:
        await self._room("drills", lambda: drills.answer(self._consoles, self))

    async def _room(self, name: str, room: Callable[[], Awaitable[object]]) -> None:
        before = self.standing
        if before.locked:
            return
        answer = await room()
        now = self.standing
        if answer is not None and not now.locked and now.who == before.who:
            # Made into JSON here: an answer that can't be would else keep every alarm from this page.
            self.reply(**{name: msgspec.Raw(msgspec.json.encode(answer))})


TOPICS: tuple[Topic[SupervisorSession, OperatorGround[Session]], ...] = (
    # How many technical alarms stand, as every page and paper counts them.
    Topic(
        "technical",
        lambda page, services: standing(services.desk, page.reserved.who()),
        frozenset({"device", "cases"}),
        locked=True,
    ),
)
