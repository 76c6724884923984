"""`/join`: a code and a name lead to an exercise, and nowhere else. Who guesses a code waits for the answer, longer each time.

`/exercise/CODE` leads there with the code in its field. It asks no exercise whether it has that code: that would be a guess.
"""

import asyncio
from typing import Any, Protocol

from tornado.web import HTTPError, RequestHandler

from dashboard.access.guard import from_our_pages, set_cookie
from dashboard.access.signins import SignIns
from dashboard.access.throttle import Busy, Lane, Throttle, host_of
from dashboard.i18n.words import join_words
from dashboard.shell import language
from dashboard.shell.template import TEMPLATES, THEME_COOKIE, theme_of
from incidents.exercises.room import TrainingError

JOIN = "/join"
EXERCISE = "/exercise"
COOKIE = "vigie_exercise"
FIELD = 80  # characters
WRONG = ("code_unknown", "name_missing", "name_taken", "full")
WHY = ("over", "out")  # why a page of an exercise led here


class Room(Protocol):
    """What joining needs of the training room."""

    def join(self, code: str, name: str, account: str = "") -> str: ...
    def code_in(self, typed: str) -> str: ...
    def takes_part(self, cookie: str, code: str = "") -> bool: ...


class Joining:
    """What the handler shares. `cookie` is the sign-in's: who is signed in joins as who they are."""

    def __init__(
        self, room: Room, signins: SignIns, cookie: str, *, language: str = "en", throttle: Throttle | None = None
    ) -> None:
        self.room = room
        self.signins = signins
        self.cookie = cookie
        self.language = language
        self.throttle = throttle or Throttle()


def join_pages(room: Room, signins: SignIns, cookie: str, language: str) -> list[tuple[Any, ...]]:
    """The routes of the page."""
    joining = {"joining": Joining(room, signins, cookie, language=language)}
    return [(JOIN, JoinPage, joining), (EXERCISE + r"/([^/]+)", Invitation, joining)]


class Invitation(RequestHandler):
    """GET `/exercise/CODE`: to the exercise for who takes part in that one, else to the page, where the name is typed."""

    def initialize(self, joining: Joining) -> None:
        self._room = joining.room

    def get(self, typed: str) -> None:
        code = self._room.code_in(typed)
        if code and self._room.takes_part(self.get_cookie(COOKIE) or "", code):
            self.redirect(EXERCISE)
        else:
            self.redirect(f"{JOIN}?code={code}" if code else JOIN)


class JoinPage(RequestHandler):
    """GET the page; POST `code` and `name`: 303 to the exercise; 401 no such code, 409 not by this name, 429 too many.

    `?code=` stands in its field when it has the form of one.
    """

    def initialize(self, joining: Joining) -> None:
        self._joining = joining

    def prepare(self) -> None:
        if self.request.method == "POST" and not from_our_pages(self):
            raise HTTPError(403, reason="Not from our pages")

    def get(self) -> None:
        self._show(200, code=self._joining.room.code_in(self.get_query_argument("code", "")))

    async def post(self) -> None:
        joining = self._joining
        attempt = lanes(self.request.remote_ip or "")
        code, name = (self.get_body_argument(field, "")[:FIELD] for field in ("code", "name"))
        try:
            with joining.throttle.attempt(attempt) as wait_s:
                try:
                    token = joining.room.join(code, self._account or name, self._account)
                except TrainingError as error:
                    if error.code == "code_unknown":  # who guesses waits, and nobody who types the right one
                        joining.throttle.failed(attempt)
                        await asyncio.sleep(wait_s)
                    raise
        except Busy:
            self._show(429, "busy")
            return
        except TrainingError as error:
            self._show(401 if error.code == "code_unknown" else 409, error.code, code=code, name=name)
            return
        set_cookie(self, COOKIE, token)
        self.redirect(EXERCISE, status=303)

    @property
    def _account(self) -> str:
        """Who is signed in at the training room in this browser; "" when nobody is."""
        found, cookie = self._joining.signins, self.get_cookie(self._joining.cookie) or ""
        signed = found.of(cookie) if cookie and found.by_cookie(cookie) == "active" else None
        return signed.name if signed is not None else ""

    def _show(self, status: int, wrong: str = "", *, code: str = "", name: str = "") -> None:
        joining = self._joining
        why = next((why for why in WHY if self.get_query_argument(why, None) is not None), "")
        place = self.get_cookie(COOKIE) or ""
        inside = joining.room.takes_part(place)
        if place and not inside and self.get_query_argument("next", None) is not None:
            why = "gone"  # the exercise's own page led here: what that browser took part in is no more
        reads = language.of_request(self, joining.language, keep=True)
        words = join_words(language.speak(reads))
        self.set_status(status)
        self.finish(
            TEMPLATES.get_template("exercise_join/page.html").render(
                t=words,
                language=reads,
                languages=language.NAMES,
                theme=theme_of(self.get_cookie(THEME_COOKIE)),
                wrong=words[f"wrong.{wrong}"] if wrong else "",
                field="name" if wrong in WRONG[1:3] or (code and not wrong) else "code",
                said=words[f"why.{why}"] if why and not wrong else "",
                inside=EXERCISE.lstrip("/") if inside else "",
                account=self._account,
                code=code,
                name=name,
            )
        )


def lanes(address: str) -> tuple[Lane, ...]:
    """Of one address, and of all: a code is guessed from many places too."""
    return ("code", f"join {host_of(address)}"), ("code", "join")
