"""One supervisor page: a session as the operator page has it, without map and case, and with the rooms beside the floor.

It counts as a console that saw and heard an alarm when somebody is before it who may take one: it paints every open alarm and
sounds as the operator page does. An auditor's page does both and counts for nothing: nobody there may act.
"""

from collections.abc import Coroutine
from typing import Any

import msgspec

from dashboard.operator.session import Session
from dashboard.shell.channel import BrowserPage
from dashboard.supervisor.rooms import ROOMS, Room
from incidents.board import Change

PAGE = "page supervisor"


class FloorSession(Session):
    """`consoles` and `token` as in `Session`."""

    kind = PAGE
    drilled = False

    def __init__(self, consoles: Any, page: BrowserPage, token: str = "") -> None:
        super().__init__(consoles, page, None, token)

    def changed(self, change: Change) -> None:
        super().changed(change)
        if change.kind == "drill" and not self.standing.locked:
            self.reply(drills={"news": True})

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
        answer = await room(self._consoles, self, asked)
        now = self.standing
        if answer is not None and not now.locked and now.who == before.who:
            # Made into JSON here: an answer that can't be would else keep every alarm from this page.
            self.reply(**{name: msgspec.Raw(msgspec.json.encode(answer))})
