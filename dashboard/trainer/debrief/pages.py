"""`/debrief?id=`: one exercise's debrief; `/progress`: how one did over exercises. Whom each may be shown is decided here.

A debrief is for trainers, and for whoever took part in its exercise with the account they are signed in with. Progress is of the
account that is signed in, and for a trainer also of those they trained themselves: no address names anybody else's.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader
from tornado.web import RequestHandler

from dashboard.access.guard import SIGN_IN
from dashboard.access.signins import SignIns
from dashboard.components.place_names import Places
from dashboard.i18n import translator
from dashboard.i18n.debrief import debrief_words, progress_words
from dashboard.shell.clock import BRUSSELS
from dashboard.supervisor.review.figures import MANY
from dashboard.trainer.debrief.page import debrief_page, policy
from dashboard.trainer.debrief.trend import trend
from dashboard.trainer.debrief.view import took
from incidents.exercises.debrief import Debrief, Standing
from incidents.exercises.room import TrainingError
from incidents.roles import Role, may

DEBRIEF = "/debrief"
PROGRESS = "/progress"
ID_LENGTH = 64  # characters, of an exercise's random name

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


class Room(Protocol):
    """What these pages need of the training room."""

    async def debrief(self, exercise: str) -> Debrief: ...
    async def took_part(self, exercise: str, account: str) -> bool: ...
    async def progress(self, account: str) -> Sequence[Standing]: ...
    async def progress_of_trainees(self, trainer: str) -> Mapping[str, Sequence[Standing]]: ...


class Debriefs:
    """What the handlers share. `cookie` is the sign-in's; `folder` has the map's data."""

    def __init__(
        self, room: Room, places: Places, folder: Path, *, signins: SignIns, cookie: str, language: str = "en"
    ) -> None:
        self.room = room
        self.places = places
        self.folder = folder
        self.signins = signins
        self.cookie = cookie
        self.language = language


def debrief_address(exercise: str) -> str:
    """Where an ended exercise's debrief is."""
    return f"{DEBRIEF}?id={exercise}"


def debrief_routes(debriefs: Debriefs) -> list[tuple[Any, ...]]:
    """The routes of both pages."""
    return [(DEBRIEF, DebriefPage, {"debriefs": debriefs}), (PROGRESS, ProgressPage, {"debriefs": debriefs})]


class _SignedIn(RequestHandler):
    """For who is signed in now; anybody else is led to the sign-in page."""

    def initialize(self, debriefs: Debriefs) -> None:
        self._debriefs = debriefs

    async def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        signins, cookie = self._debriefs.signins, self.get_cookie(self._debriefs.cookie) or ""
        found = signins.of(cookie) if cookie and signins.by_cookie(cookie) == "active" else None
        if found is None:
            self.redirect(f"{SIGN_IN.lstrip('/')}?next={PROGRESS}")
        else:
            await self.answer(found.name, found.roles)

    async def answer(self, name: str, roles: frozenset[Role]) -> None:
        """What is shown to whoever has this account."""
        raise NotImplementedError

    @property
    def _theme(self) -> str:
        return "light" if self.get_cookie("vigie_theme") == "light" else "dark"


class DebriefPage(_SignedIn):
    """GET `id`; with `file`, to be saved. 404 what is not there and what is not theirs to see, alike; 503 not readable."""

    async def answer(self, name: str, roles: frozenset[Role]) -> None:
        debriefs, exercise = self._debriefs, self.get_query_argument("id", "")[:ID_LENGTH]
        saved = self.get_query_argument("file", None) is not None
        try:
            if not may(roles, "page debrief") and not await debriefs.room.took_part(exercise, name):
                raise TrainingError("unknown")
            found = await debriefs.room.debrief(exercise)
        except TrainingError as error:
            words = debrief_words(translator(debriefs.language))
            self.set_status(503 if error.code == "log_unavailable" else 404)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(words["unreadable" if error.code == "log_unavailable" else "refused"] + "\n")
            return
        page = await asyncio.to_thread(
            debrief_page,
            found,
            debriefs.places,
            debriefs.folder,
            language=debriefs.language,
            theme="" if saved else self._theme,
            download="" if saved else f"{debrief_address(found.id).lstrip('/')}&file=1",
        )
        self.set_header("Content-Security-Policy", policy())
        if saved:
            day = found.began.astimezone(BRUSSELS).date().isoformat()
            self.set_header("Content-Disposition", f'attachment; filename="vigie-debrief-{day}-{found.id[:6]}.html"')
        self.finish(page)


class ProgressPage(_SignedIn):
    """GET: one's own, and a trainer's own trainees."""

    async def answer(self, name: str, roles: frozenset[Role]) -> None:
        debriefs = self._debriefs
        t = progress_words(translator(debriefs.language))
        trains = may(roles, "progress of trainees")
        own = await debriefs.room.progress(name)
        trained = await debriefs.room.progress_of_trainees(name) if trains else {}
        self.finish(
            _TEMPLATES.get_template("progress.html").render(
                t=t,
                language=debriefs.language,
                theme=self._theme,
                name=name,
                own=_progress(own, t) if own or not trains else None,
                trains=trains,
                trainees=[(who, _progress(standings, t)) for who, standings in trained.items()],
            )
        )


def _progress(standings: Sequence[Standing], t: Mapping[str, str]) -> dict[str, Any]:
    """A table of exercises, the newest first, and what they come to. A share only from MANY judged."""
    agreed, judged = sum(one.agreed for one in standings), sum(one.judged for one in standings)
    answered = [one.answered_s for one in standings if one.answered_s is not None]
    share = t["share"].format(share=round(100 * agreed / judged)) if judged >= MANY else ""
    return {
        "rows": [_row(one, t) for one in reversed(standings)],
        "agreed": t["of"].format(n=agreed, m=judged) if judged else "",
        "share": share or t["few"].format(n=MANY),
        "trend": trend(answered),
        "trend_label": t["trend_label"].format(values=", ".join(took(value) for value in answered)),
        "middle": took(median(answered)) if answered else "",
    }


def _row(one: Standing, t: Mapping[str, str]) -> dict[str, Any]:
    began = one.began.astimezone(BRUSSELS)
    return {
        "day": f"{began.day}/{began.month}/{began.year}",
        "title": one.title,
        "incidents": one.incidents,
        "agreed": t["of"].format(n=one.agreed, m=one.judged) if one.judged else t["nothing"],
        "answered": t["no_time"] if one.answered_s is None else took(one.answered_s),
        "routed": t["no_time"] if one.routed_s is None else took(one.routed_s),
        "debrief": debrief_address(one.exercise).lstrip("/"),
    }
