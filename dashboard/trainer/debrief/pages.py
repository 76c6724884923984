"""`/debrief?id=`: one exercise's debrief; `/progress`: how one did over exercises. Whom each may be shown is decided here.

A debrief is for trainers, and for whoever took part in its exercise with the account they are signed in with. Progress is of the
account that is signed in, and for a trainer also of those they trained themselves: no address names anybody else's.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import msgspec

from dashboard.access.guard import SIGN_IN
from dashboard.access.signins import SignIns
from dashboard.components.place_names import Places
from dashboard.documents.page import Document, File, NoDocument, document
from dashboard.i18n.words import debrief_words, progress_words
from dashboard.shell.clock import BRUSSELS
from dashboard.shell.errands import LOOKS, aside
from dashboard.shell.template import THEME_COOKIE, theme_of
from dashboard.supervisor.review.figures import MANY
from dashboard.trainer.debrief.page import debrief_page, policy
from dashboard.trainer.debrief.trend import trend
from incidents.desk.desk import Desk
from incidents.events import FiguresOpened
from incidents.exercises.debrief import Debrief, Standing
from incidents.exercises.room import TrainingError
from incidents.roles import Role, may
from reports.catalogue import Translator
from reports.locale_formats import Formats, formats

DEBRIEF = "/debrief"
PROGRESS = "/progress"
ID_LENGTH = 64  # characters, of an exercise's random name


class Room(Protocol):
    """What these pages need of the training room."""

    async def debrief(self, exercise: str, translate: Translator) -> Debrief: ...
    async def took_part(self, exercise: str, account: str) -> bool: ...
    async def progress(self, account: str) -> Sequence[Standing]: ...
    async def progress_of_trainees(self, trainer: str) -> Mapping[str, Sequence[Standing]]: ...


class Debriefs(msgspec.Struct, frozen=True, kw_only=True):
    """What both pages stand on. `desk` has the room's own log; `cookie` is the sign-in's; `folder` has the map's data."""

    room: Room
    desk: Desk
    places: Places
    folder: Path
    signins: SignIns
    cookie: str
    language: str
    translate: Callable[[str], str]


def debrief_address(exercise: str) -> str:
    """Where an ended exercise's debrief is."""
    return f"{DEBRIEF}?id={exercise}"


def debrief_routes(debriefs: Debriefs) -> list[tuple[Any, ...]]:
    """The routes of both pages."""
    return [document(DEBRIEF, DebriefPage, lambda: debriefs), document(PROGRESS, ProgressPage, lambda: debriefs)]


class _OfTheRoom(Document[Debriefs]):
    """For who is signed in at the training room."""

    sign_in = f"{SIGN_IN.lstrip('/')}?next={PROGRESS}"
    discloses = "figures"
    need = "duty"

    def desk(self, consoles: Debriefs) -> Desk:
        return consoles.desk

    def cookie(self, consoles: Debriefs) -> str:
        return consoles.cookie

    @property
    def _theme(self) -> str:
        return theme_of(self.get_cookie(THEME_COOKIE))


class DebriefPage(_OfTheRoom):
    """GET `id`; with `file`, to be saved. 404 what is not there and what is not theirs to see, alike; 503 not readable."""

    async def answer(self, consoles: Debriefs, roles: frozenset[Role]) -> File | str:
        exercise, name = self.get_query_argument("id", "")[:ID_LENGTH], self.name(consoles)
        saved = self.get_query_argument("file", None) is not None
        try:
            if not may(roles, "page debrief") and not await consoles.room.took_part(exercise, name):
                raise TrainingError("unknown")
            found = await consoles.room.debrief(exercise, self.translate)
        except TrainingError as error:
            words, away = debrief_words(self.translate), error.code == "log_unavailable"
            raise NoDocument(503 if away else 404, words["unreadable" if away else "refused"]) from None
        page = await aside(
            LOOKS,
            debrief_page,
            found,
            consoles.places,
            consoles.folder,
            language=self.language,
            theme="" if saved else self._theme,
            download="" if saved else f"{debrief_address(found.id).lstrip('/')}&file=1",
        )
        self.event = FiguresOpened(of="debrief", saved=saved)
        self.set_header("Content-Security-Policy", policy())
        day = found.began.astimezone(BRUSSELS).date().isoformat()
        return File(f"vigie-debrief-{day}-{found.id[:6]}.html", page) if saved else page


class ProgressPage(_OfTheRoom):
    """GET: one's own, and a trainer's own trainees."""

    async def answer(self, consoles: Debriefs, roles: frozenset[Role]) -> str:
        t, name, f = progress_words(self.translate), self.name(consoles), formats(self.translate)
        self.event = FiguresOpened(of="progress")
        trains = may(roles, "progress of trainees")
        own = await consoles.room.progress(name)
        trained = await consoles.room.progress_of_trainees(name) if trains else {}
        return self.filled(
            "trainer/debrief/progress.html",
            consoles,
            t=t,
            theme=self._theme,
            name=name,
            own=_progress(own, t, f) if own or not trains else None,
            trains=trains,
            trainees=[(who, _progress(standings, t, f)) for who, standings in trained.items()],
        )


def _progress(standings: Sequence[Standing], t: Mapping[str, str], f: Formats) -> dict[str, Any]:
    """A table of exercises, the newest first, and what they come to. A share only from MANY judged."""
    agreed, judged = sum(one.agreed for one in standings), sum(one.judged for one in standings)
    answered = [one.answered_s for one in standings if one.answered_s is not None]
    share = f.bare(f.percent(agreed / judged)) if judged >= MANY else ""
    return {
        "rows": [_row(one, t, f) for one in reversed(standings)],
        "agreed": t["of"].format(n=agreed, m=judged) if judged else "",
        "share": share or t["few"].format(n=MANY),
        "trend": trend(answered, f),
        "trend_label": t["trend_label"].format(values=", ".join(f.lasted(value) for value in answered)),
        "middle": f.lasted(median(answered)) if answered else "",
    }


def _row(one: Standing, t: Mapping[str, str], f: Formats) -> dict[str, Any]:
    began = one.began.astimezone(BRUSSELS)
    return {
        "day": f.day(began),
        "title": one.title,
        "incidents": one.incidents,
        "agreed": t["of"].format(n=one.agreed, m=one.judged) if one.judged else t["nothing"],
        "answered": t["no_time"] if one.answered_s is None else f.lasted(one.answered_s),
        "routed": t["no_time"] if one.routed_s is None else f.lasted(one.routed_s),
        "debrief": debrief_address(one.exercise).lstrip("/"),
    }
