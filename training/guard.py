"""Who may open a page of the training room: a trainer by sign-in, a trainee by an exercise's cookie, neither by the other's."""

from collections.abc import Callable

from tornado.web import RequestHandler

from dashboard.access.guard import SIGN_IN, Guard
from dashboard.access.signins import SignIns, page_token
from dashboard.exercise_join.page import COOKIE as EXERCISE_COOKIE
from dashboard.exercise_join.page import EXERCISE, JOIN
from training.room import TrainingRoom


class RoomGuard(Guard):
    """Bokeh asks it before each page and each websocket. `cookie` is the sign-in's."""

    def __init__(self, room: TrainingRoom, signins: SignIns, cookie: str) -> None:
        self._room = room
        super().__init__(lambda: signins, cookie)

    @property
    def login_url(self) -> None:  # type: ignore[override]
        return None

    @property
    def get_login_url(self) -> Callable[[RequestHandler], str]:  # type: ignore[override]  # Bokeh gives the handler
        return lambda handler: JOIN if _of_an_exercise(handler) else SIGN_IN

    def _user(self, handler: RequestHandler) -> str | None:
        sent = handler.request.cookies.pop(EXERCISE_COOKIE, None)
        if not _of_an_exercise(handler):
            return super()._user(handler)
        handler.request.cookies.pop(self._cookie, None)
        if sent is None or not self._room.takes_part(sent.value):
            return None
        browser = page_token(sent.value)
        sent.set(EXERCISE_COOKIE, browser, browser)
        handler.request.cookies[EXERCISE_COOKIE] = sent
        return browser


def _of_an_exercise(handler: RequestHandler) -> bool:
    path = handler.request.path
    return path == EXERCISE or path.startswith(f"{EXERCISE}/")
