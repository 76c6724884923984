"""One supervisor page: a session as the operator page has it, without map and case, and with the rooms beside the floor.

It counts as a console that saw and heard an alarm when somebody is before it who may take one: it paints every open alarm and
sounds as the operator page does. An auditor's page does both and counts for nothing: nobody there may act.
"""

from collections.abc import Coroutine
from typing import Any, Protocol

import msgspec

from dashboard.access.standing import Standing
from dashboard.components.actions.part import person
from dashboard.components.queue.rows import opened
from dashboard.operator.ground import OperatorGround
from dashboard.operator.session import Session
from dashboard.shell.channel import BrowserPage
from dashboard.supervisor.review.desk import ReviewGround
from dashboard.supervisor.rooms import ROOMS, Room
from incidents.actions import SUPERVISOR, open_to
from incidents.board import Change

PAGE = "page supervisor"


class SupervisorGround(ReviewGround, OperatorGround[Session], Protocol):
    """The pages' common ground as a supervisor page sees it."""


class SupervisorSession(Session):
    """`consoles` and `token` as in `Session`."""

    kind = PAGE
    drilled = False

    def __init__(self, consoles: SupervisorGround, page: BrowserPage, token: str = "") -> None:
        super().__init__(consoles, page, None, token)
        self._rooms = consoles

    def changed(self, change: Change) -> None:
        super().changed(change)
        if change.kind == "drill" and not self.standing.locked:
            self.reply(drills={"news": True})

    def cases_changed(self) -> None:
        """Who is here may have another name too: whose each alarm is, so what may be done with it, is sent anew."""
        self._unsent.open_again()
        super().cases_changed()

    def _add_rows(self, message: dict[str, Any], now: Standing) -> None:
        """Each row says what may be done with it from here: all of them offer it, and none is chosen."""
        super()._add_rows(message, now)
        rows: dict[str, Any] = message.get("rows", {})
        incidents, user = self._consoles.desk.board.incidents, person(self)
        for key, row in rows.items():
            if isinstance(row, msgspec.Raw):  # neither gone, nor kept from who is here
                rows[key] = opened(row, open_to(SUPERVISOR, incidents[key], user))

    def _answer(self, asked: dict[str, Any]) -> Coroutine[Any, Any, None] | None:
        match asked["do"]:
            case "select" | "search" | "map":  # there is neither case nor map on this page
                return None
            case name if name in ROOMS:
                return self._room(name, ROOMS[name], asked)
        return super()._answer(asked)

    async def _room(self, name: str, room: Room, asked: dict[str, Any]) -> None:
        before = self.standing
        if before.locked:
            return
        answer = await room(self._rooms, self, asked)
        now = self.standing
        if answer is not None and not now.locked and now.who == before.who:
            # Made into JSON here: an answer that can't be would else keep every alarm from this page.
            self.reply(**{name: msgspec.Raw(msgspec.json.encode(answer))})
