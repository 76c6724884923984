"""One trainer page: it is sent what the training room has, and what it watches (a replay or an exercise), and asks by wishes.

Only what changed is sent. A page where nobody is signed in, or somebody who is no trainer, is sent nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Literal
from uuid import uuid4

import msgspec

from dashboard.access.standing import Standing
from dashboard.components.map import MapView
from dashboard.consoles import Consoles
from dashboard.shell.clock import milliseconds
from dashboard.shell.outbox import Outbox, Page
from dashboard.trainer.context import TrainerContext
from dashboard.trainer.requests import grant, wish_of
from incidents.exercises.room import TrainingError
from incidents.exercises.scenario import Scenario
from incidents.listeners import without_values

BEAT_S = 1.0  # as the operator page: a page that hears nothing for 3 s says so
LISTS_S = 2.0  # the room's files are listed anew at most so often

_WATCHED: tuple[Literal["replay", "exercise"], ...] = ("replay", "exercise")
_logger = logging.getLogger(__name__)


class TrainerSession(Outbox):
    """`token` is its browser's sign-in, looked up anew for whatever is sent or asked; `view` is a `MapView` or None."""

    longest = 1 << 20  # characters: a whole scenario travels as one message

    def __init__(self, house: TrainerContext, page: Page, view: MapView | None, token: str) -> None:
        super().__init__(page)
        self.id = uuid4().hex
        self._house = house
        self._view = view
        self._token = token
        self._standing: Standing | None = None
        self._sent: dict[str, bytes] = {}
        self._lists: dict[str, Any] = {}
        self._listed_at = -LISTS_S
        self._listing = False
        self._watched: tuple[Literal["", "replay", "exercise"], str] = ("", "")
        self._drawn: tuple[str, str, int] | None = None
        self._unlisten: Callable[[], object] = lambda: None

    def start(self) -> None:
        """Begin to follow the room. Call it on the loop."""
        self._unlisten = self._house.room.listen(lambda: self._house.soon(self._told))  # files are kept in threads
        self.keep(self._beat())

    def end(self) -> None:
        """The page is gone."""
        self._unlisten()
        super().end()

    @property
    def standing(self) -> Standing:
        """What this page may do and show now."""
        return self._house.standing(self._token)

    def _answer(self, asked: dict[str, Any]) -> Coroutine[Any, Any, None] | None:
        signins = self._house.signins
        match asked["do"]:
            case "hello":
                self._standing, self._sent = None, {}
                zones = dict(sorted(self._house.places.names.items(), key=lambda zone: zone[1]))
                self._replies.insert(0, {"welcome": {"desk": "", "zones": zones, "centres": {"covers": []}}})
                self._listed_at = -LISTS_S
                self._told()
            case "beat":
                self.reply(beat=asked.get("n"))
            case "touch" if signins is not None and not self.standing.locked:
                signins.touch(self._token)
            case "lock" if signins is not None and not self.standing.locked:
                signins.lock(self._token)
                self.push(urgent=True)
            case "watch":
                self._watch(asked.get("kind"), asked.get("id"))
            case "map" if (view := self._view) is not None and not self.standing.locked:
                self._page.soon(partial(_look, view, asked.get("what"), asked.get("incident")))
            case "ask":
                return self._asked(asked)
        return None

    async def _asked(self, asked: dict[str, Any]) -> None:
        before, n = self.standing, asked.get("n")
        try:
            if before.locked:
                raise TrainingError("locked")
            facts = await grant(self._house, wish_of(asked), before.name)
        except TrainingError as refused:
            answer = {"n": n, "ok": False, "code": refused.code, "detail": refused.detail}
        except Exception:
            self.reply(done={"n": n, "ok": False, "code": "failed", "detail": ""})
            raise
        else:
            now = self.standing
            if now.locked or now.who != before.who:
                return
            answer = {"n": n, "ok": True, **facts}
            if asked.get("what") in ("record", "save", "forget", "forget_recording"):
                self._listed_at = -LISTS_S
        self.reply(done=msgspec.Raw(msgspec.json.encode(answer)))
        self._told()

    def _watch(self, kind: object, id: object) -> None:
        self._watched = ("", "")
        for watched in _WATCHED:
            if kind == watched and isinstance(id, str) and len(id) <= 128:
                self._watched = (watched, id)
        self._drawn = None
        self.push(urgent=True)

    def _told(self) -> None:
        """Something changed in the room."""
        now = asyncio.get_running_loop().time()
        if not self._listing and now - self._listed_at >= LISTS_S:
            self._listing, self._listed_at = True, now
            self.keep(self._list())
        self.push(urgent=False)

    async def _list(self) -> None:
        """Files are read off the loop: an exercise runs on it."""
        room = self._house.room

        def read() -> dict[str, Any]:
            return {"recordings": room.recordings(), "scenarios": room.scenarios()}

        try:
            self._lists = await asyncio.to_thread(read)
        finally:
            self._listing = False
        self.push(urgent=True)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            if not self.connected:
                continue
            self._told()
            self.reply(tick=True)

    async def _flush(self) -> None:
        await super()._flush()
        if self.connected and self._view is not None:
            self._draw(self._view)

    def compose(self) -> str:
        """What changed since the last message, as one message (JSON)."""
        now = self.standing
        message: dict[str, Any] = {"now": milliseconds(self._house.clock.now())}
        if now != self._standing:
            before, self._standing = self._standing, now
            message["access"] = now.shown(self.id)
            if before is None or now.who != before.who:
                self._sent = {}
                if before is not None:
                    self._replies = [reply for reply in self._replies if "done" not in reply]
        if not now.locked:
            changed: dict[str, msgspec.Raw] = {}
            for name, facts in self._parts().items():
                raw = msgspec.json.encode(facts)
                if self._sent.get(name) != raw:
                    self._sent[name] = raw
                    changed[name] = msgspec.Raw(raw)
            if changed:
                message["training"] = changed
        if self._replies:
            message["replies"], self._replies = self._replies, []
        return msgspec.json.encode(message).decode()

    def _parts(self) -> dict[str, Any]:
        house = self._house
        parts = dict(self._lists)
        try:
            parts["exercises"] = [
                {"id": one.id, "title": one.scenario.title, "state": (shown := one.shown()).state, "at_s": shown.at_s}
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
                player = self._house.player(id)
                played = player.played()
                facts = msgspec.to_builtins(msgspec.structs.replace(played, marks=()))
                facts |= {"id": id, "name": player.name, "rows": _rows(player.consoles)}
                return {"replay": facts, "marks": played.marks, "exercise": None}
            if kind == "exercise":
                exercise = self._house.exercise(id)
                facts = msgspec.to_builtins(exercise.shown())
                facts |= {"scenario": _outline(exercise.scenario), "rows": _rows(exercise.consoles)}
                return {"exercise": facts | {"looks": exercise.consoles.looks()}, "replay": None}
        except TrainingError:
            return {"gone": id, "exercise": None, "replay": None}
        return {"exercise": None, "replay": None}

    def _draw(self, view: MapView) -> None:
        """The alarms of what is watched, on the map; ages need no more than a picture a second."""
        kind, id = self._watched
        desk, now = None, self._house.clock.now()
        if kind and not self.standing.locked:
            try:
                found = self._house.player(id) if kind == "replay" else self._house.exercise(id)
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
            incidents, units = (board.incidents.values(), board.units.values()) if board else ((), ())
            view.update(incidents, units, {}, None, now)
        except Exception as error:
            _logger.error("the trainer's map could not be drawn", exc_info=without_values(error))


async def _look(view: MapView, what: object, incident: object) -> None:
    if what == "fly" and isinstance(incident, str):
        view.fly_to(incident)
    elif what == "belgium":
        view.all_belgium()


def _rows(consoles: Consoles) -> dict[str, Any]:
    return {key: consoles.rows.encoded(key) for key in consoles.desk.board.incidents}


def _outline(scenario: Scenario) -> dict[str, Any]:
    """What the trainer reads while it runs."""
    return {
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
