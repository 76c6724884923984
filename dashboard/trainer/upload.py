"""Where a foreign recording file is brought in: one POST of its bytes by a signed-in trainer's page, bounded while it arrives.

The file's own name may name a person: the page sends a short name of plain letters, in a header and in no address.
"""

import re

from tornado.http1connection import HTTP1Connection
from tornado.web import RequestHandler, stream_request_body

from dashboard.access.guard import from_our_pages
from dashboard.access.signins import page_token
from dashboard.shell import compat
from dashboard.shell.errands import LOOKS, aside
from dashboard.trainer.context import PAGE, TrainerContext
from incidents.exercises.room import TrainingError

ADDRESS = r"/training/recordings"
MAX_BYTES = 64 << 20
UPLOAD_S = 600.0  # a whole recording, by a slow line
_NAME = re.compile(r"[a-z0-9_-]{1,80}")


@stream_request_body
class TakeIn(RequestHandler):
    """Answers `{"ok", "name"}`, or `{"ok": false, "code", "detail"}` in the words of `TrainingError`.

    `under_way` is the room's, which takes in one recording at a time: each is whole in memory before it is read.
    """

    def initialize(self, house: TrainerContext, under_way: set[RequestHandler]) -> None:
        self._house = house
        self._under_way = under_way
        self._chunks: list[bytes] = []
        self._length = 0

    def prepare(self) -> None:
        connection = self.request.connection
        assert isinstance(connection, HTTP1Connection)
        connection.set_max_body_size(MAX_BYTES)
        connection.set_body_timeout(UPLOAD_S)
        cookie = self.get_cookie(self._house.cookie) or ""
        self._by = self._house.standing(page_token(cookie) if cookie else "", PAGE)
        if not from_our_pages(self) or self._by.locked:
            self._refuse(403, "locked")
        elif not _NAME.fullmatch(self.request.headers.get("X-Vigie-Name", "")):
            self._refuse(400, "name_invalid")
        elif int(self.request.headers.get("Content-Length", "0") or 0) > MAX_BYTES:
            self._refuse(413, "too_large")
        elif self._under_way:
            self._refuse(429, "taking_another")
        else:
            self._under_way.add(self)

    def on_finish(self) -> None:
        self._under_way.discard(self)

    def on_connection_close(self) -> None:
        """Who gave up gives way."""
        self._under_way.discard(self)

    def data_received(self, chunk: bytes) -> None:
        self._length += len(chunk)
        if self._length <= MAX_BYTES and not compat.finished(self):
            self._chunks.append(chunk)

    async def post(self) -> None:
        raw = b"".join(self._chunks)
        self._chunks.clear()
        try:
            name = self.request.headers["X-Vigie-Name"]
            listed = await aside(LOOKS, self._house.room.take_in, name, raw, self._by.name)
        except TrainingError as refused:
            self._refuse(422, refused.code, refused.detail)
        else:
            self.finish({"ok": True, "name": listed.name})

    def _refuse(self, status: int, code: str, detail: str = "") -> None:
        self.set_status(status)
        self.finish({"ok": False, "code": code, "detail": detail})
