"""One trainer page: it is sent what the training room has, and what it watches (a replay or an exercise), and asks by wishes.

Only what changed is sent. A page where nobody is signed in, or somebody who is no trainer, is sent nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from dashboard.components.map import MapView
from dashboard.components.map.marks import Sight
from dashboard.consoles import Consoles
from dashboard.shell.errands import LOOKS, aside
from dashboard.shell.ground import Standing
from dashboard.shell.outbox import Page
from dashboard.shell.requests import answers
from dashboard.shell.session import PageSession
from dashboard.shell.topics import Topic
from dashboard.trainer.context import PAGE, TrainerContext
from dashboard.trainer.requests import TrainerRequests
from incidents.exercises.room import TrainingError
from incidents.exercises.scenario import Scenario
from incidents.incident import Incident
from incidents.listeners import without_values
from reports.catalogue import Translator

LISTS_S = 2.0  # the room's files are listed anew at most so often

Watched = Literal["", "replay", "exercise"]

_logger = logging.getLogger(__name__)


class TrainerSession(PageSession[TrainerContext]):
    """`consoles` is the trainer pages' own, `view` the map of the page or None."""

    kind = PAGE
    longest = 1 << 20  # a whole scenario travels as one message

    def __init__(self, consoles: TrainerContext, page: Page, view: MapView | None, token: str) -> None:
        super().__init__(consoles, page, token)
        self._view = view
        self._lists: dict[str, Any] = {}
        self._listed_at = -LISTS_S
        self._listing = False
        self._watched: tuple[Watched, str] = ("", "")
        self._drawn: tuple[str, str, int] | None = None
        self._followed = ""  # the alarm of a replay that the map was brought to
        self._mailbox.tell(TOPICS, self, consoles)

    def _follow(self) -> Callable[[], object]:
        return self._consoles.room.listen(lambda: self._consoles.soon(self._changed))  # files are kept in threads

    def welcome(self) -> dict[str, Any]:
        zones = dict(sorted(self._consoles.places.names.items(), key=lambda zone: zone[1]))
        return super().welcome() | {"zones": zones}

    def _speak(self) -> None:
        self._mailbox.forget()
        self._listed_at = -LISTS_S  # its titles too are in words
        if (view := self._view) is not None:

            async def wish() -> None:
                view.speak(self.translate)
                self._drawn = None
                self._draw(view)

            self._page.soon(wish)
        self._changed()

    @answers("hello")
    async def _hello(self) -> None:
        self._listed_at = -LISTS_S
        self._changed()
        await super()._hello()

    @answers("watch")
    async def _watch(self, kind: Watched = "", id: str = "") -> None:
        self._watched = (kind, id) if len(id) <= 128 else ("", "")
        self._drawn = None
        self._mailbox.forget("selected")  # the page let go of it: what is the same goes once more
        self._follow_it(kind == "replay")
        self.push(urgent=True)

    def _follow_it(self, on: bool) -> None:
        """Let the map follow the alarm of a replay, until a hand moves it."""
        self._followed = ""
        if (view := self._view) is not None:

            async def wish() -> None:
                view.follow(on)

            self._page.soon(wish)

    @answers("ask")
    async def _ask(self, /, n: int | None = None, what: str = "", **facts: object) -> None:
        """The `n`-th wish of the page (`dashboard.trainer.requests`)."""
        before = self.standing
        try:
            if before.locked:
                raise TrainingError("locked")
            requests = TrainerRequests(self._consoles, before.name, before.zone, self.translate)
            done = await requests.grant(what, facts)
        except TrainingError as refused:
            answer = {"n": n, "ok": False, "code": refused.code, "detail": refused.detail}
        except Exception:
            self.reply(done={"n": n, "ok": False, "code": "failed", "detail": ""})
            raise
        else:
            now = self.standing
            if now.locked or now.who != before.who:
                return
            answer = {"n": n, "ok": True, **done}
            if what in ("record", "save", "forget", "forget_recording"):
                self._listed_at = -LISTS_S
        self.reply(done=msgspec.Raw(msgspec.json.encode(answer)))
        self._changed()

    def _changed(self) -> None:
        """Something changed in the room."""
        now = asyncio.get_running_loop().time()
        if not self._listing and now - self._listed_at >= LISTS_S:
            self._listing, self._listed_at = True, now
            self.keep(self._list())
        self.push(urgent=False)

    async def _list(self) -> None:
        """Files are read off the loop: an exercise runs on it."""
        room, language = self._consoles.room, self.translate.language

        def read() -> dict[str, Any]:
            return {"recordings": room.recordings(language), "scenarios": room.scenarios(language)}

        try:
            self._lists = await aside(LOOKS, read)
        finally:
            self._listing = False
        self.push(urgent=True)

    def _each_second(self) -> Iterable[Callable[[], object]]:
        return (self._changed,)

    async def _flush(self) -> None:
        await super()._flush()
        if self.connected and self._view is not None:
            self._draw(self._view)

    def _fill(self, message: dict[str, Any], now: Standing) -> None:
        self._add_access(message, now)
        self._mailbox.hear("second")  # of much that is watched nobody tells

    def _stands(self, before: Standing | None, now: Standing) -> None:
        if before is not None and now.who != before.who:
            self._replies = [reply for reply in self._replies if "done" not in reply]

    def parts(self) -> dict[str, msgspec.Raw]:
        """What the room has and what is watched of it, made into JSON here: what it is made of may change meanwhile."""
        return {name: msgspec.Raw(msgspec.json.encode(facts)) for name, facts in self._parts().items()}

    def _parts(self) -> dict[str, Any]:
        house = self._consoles
        parts = dict(self._lists)
        try:
            parts["exercises"] = [
                {
                    "id": one.id,
                    "title": one.scenario.title,
                    "language": one.scenario.language or "",
                    "state": (shown := one.shown()).state,
                    "at_s": shown.at_s,
                }
                for one in house.room.exercises()
            ]
            parts["replays"] = [
                {"id": one.id, "name": one.name, "state": one.played().state} for one in house.room.replays()
            ]
            parts["ended"] = [
                msgspec.to_builtins(one) | {"debrief": house.debrief(one.id)} for one in house.room.ended()
            ]
            parts |= self._watched_parts()
        except Exception as error:
            _logger.error("a part of the trainer page could not be made", exc_info=without_values(error))
        return parts

    def _watched_parts(self) -> dict[str, Any]:
        kind, id = self._watched
        try:
            if kind == "replay":
                player = self._consoles.player(id)
                played = player.played()
                facts = msgspec.to_builtins(msgspec.structs.replace(played, marks=()))
                facts |= {"id": id, "name": player.name, "rows": _rows(player.consoles, self.translate)}
                return {"replay": facts, "marks": played.marks, "exercise": None}
            if kind == "exercise":
                exercise = self._consoles.exercise(id)
                facts = msgspec.to_builtins(exercise.shown())
                facts |= {"scenario": _outline(exercise.scenario), "rows": _rows(exercise.consoles, self.translate)}
                return {"exercise": facts | {"looks": exercise.consoles.looks()}, "replay": None}
        except TrainingError:
            return {"gone": id, "exercise": None, "replay": None}
        return {"exercise": None, "replay": None}

    def _draw(self, view: MapView) -> None:
        """The alarms of what is watched, on the map; ages need no more than a picture a second."""
        kind, id = self._watched
        desk, now = None, self._consoles.clock.now()
        if kind and not self.standing.locked:
            try:
                found = self._consoles.player(id) if kind == "replay" else self._consoles.exercise(id)
                desk = found.consoles.desk
                now = desk.clock.now()
            except TrainingError:
                desk = None
        drawn = (kind if desk else "", id, int(now.timestamp()) if desk else 0)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        board = desk.board if desk else None
        try:
            followed = _newest(board.incidents.values()) if board is not None and kind == "replay" else None
            view.show(lambda: Sight(now=now, board=board, selected=followed))
            if followed is not None and followed != self._followed:
                view.bring(followed)
                self._followed = followed
        except Exception as error:
            _logger.error("the trainer's map could not be drawn", exc_info=without_values(error))


TOPICS: tuple[Topic[TrainerSession, TrainerContext], ...] = (
    Topic(
        "training",
        lambda page, services: page.parts(),
        frozenset({"selected", "second"}),
        merged=True,
        empty=lambda services: msgspec.UNSET,
    ),
)


def _newest(incidents: Iterable[Incident]) -> str | None:
    """The alarm that came last of those that are open, and can be shown on a map."""
    here = [incident for incident in incidents if incident.open and incident.position.fix is not None]
    return max(here, key=lambda incident: incident.received_at).id if here else None


def _rows(consoles: Consoles, translate: Translator) -> dict[str, Any]:
    return {key: consoles.rows.encoded(key, translate) for key in consoles.desk.board.incidents}


def _outline(scenario: Scenario) -> dict[str, Any]:
    """What the trainer reads while it runs."""
    return {
        "language": scenario.language,
        "story": scenario.story,
        "briefing": scenario.briefing,
        "injects": [{"name": one.name, "what": msgspec.to_builtins(one.what)} for one in scenario.injects],
        "steps": msgspec.to_builtins(scenario.steps),
        "devices": sorted(
            {track.device for track in scenario.tracks}
            | {device for case in scenario.cases for device in case.devices}
            | {device for step in scenario.steps if (device := getattr(step.what, "device", ""))}
        ),
        "spots": [{"lat": point.lat, "lon": point.lon} for track in scenario.tracks for point in track.points],
    }
