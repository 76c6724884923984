"""A page without a browser: signs in over HTTP, opens the page's websocket, and speaks through its channel as its script does."""

import asyncio
import contextlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPMessage
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.waiting import LONG_S

COOKIE = "vigie_session"


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: where it leads is an answer."""

    def redirect_request(self, *facts: Any) -> None:
        return None


# The loop's own threads are the server's: Panel 1.10 makes each page in one.
_ASKING = ThreadPoolExecutor(16)
_opener = urllib.request.build_opener(_Stay)


def _ask(url: str, facts: dict[str, str] | bytes | None, headers: dict[str, str]) -> tuple[int, str, HTTPMessage]:
    data = urllib.parse.urlencode(facts).encode() if isinstance(facts, dict) else facts
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with _opener.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode(errors="replace"), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


async def _asked(
    url: str, facts: dict[str, str] | bytes | None, headers: dict[str, str]
) -> tuple[int, str, HTTPMessage]:
    return await asyncio.get_running_loop().run_in_executor(_ASKING, _ask, url, facts, headers)


class Browser:
    """One browser: its cookie (the server's `name` for it), and the pages it opens."""

    def __init__(self, base: str, name: str = COOKIE) -> None:
        self.base = base
        self.name = name
        self.cookie = ""

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        status, text, _ = await _asked(self.base + path, None, self._headers() | headers)
        return status, text

    async def post(self, path: str, **facts: str) -> int:
        headers = self._headers() | {"Accept": "application/json", "Origin": self.base}
        status, _, told = await _asked(self.base + path, facts, headers)
        if found := re.search(rf"{self.name}=([^;]+)", told.get("Set-Cookie", "")):
            self.cookie = found.group(1)
        return status

    async def take(self, path: str, why: str = "review", reason: str = "") -> tuple[int, str]:
        """What a document answers once its form said why it is taken."""
        headers = self._headers() | {"Origin": self.base}
        status, text, _ = await _asked(self.base + path, {"why": why, "reason": reason}, headers)
        return status, text

    async def post_json(self, path: str, facts: dict[str, Any], **headers: str) -> tuple[int, Any]:
        """What a script of a page of ours posts, unless `headers` say whose."""
        headers = self._headers() | {"Content-Type": "application/json", "Origin": self.base} | headers
        status, text, _ = await _asked(self.base + path, json.dumps(facts).encode(), headers)
        return status, json.loads(text)

    async def sign_in(self, name: str, password: str) -> None:
        assert await self.post("/sign-in", username=name, password=password) == 200

    async def open(self, path: str = "/operator") -> "Line":
        """A page of this browser, greeted by its server."""
        token = await self.token(path)
        line = Line(await self.connect(path, token), token)
        try:
            return await line.greet()
        except BaseException:  # who waited for it may have gone
            line.cut()
            raise

    async def token(self, path: str = "/operator") -> str:
        """What a new page's line is opened with."""
        status, page = await self.get(path)
        token = re.search(r'"token":"([^"]+)"', page)
        assert status == 200
        assert token is not None
        return token.group(1)

    async def connect(self, path: str, token: str, **headers: str) -> ClientConnection:
        """The websocket of a page with this token. Raises InvalidStatus when it is refused."""
        return await connect(
            f"{self.base.replace('http', 'ws', 1)}{path}/ws",
            subprotocols=[Subprotocol("bokeh"), Subprotocol(token)],
            additional_headers=self._headers() | {"Origin": self.base} | headers,
            max_size=None,
        )

    async def renew(self, line: "Line", path: str = "/operator") -> "Line":
        """The same page on a new line, as after a cut or a sign-in in its place."""
        await line.close()
        return await Line(await self.connect(path, line.token), line.token).greet()

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{self.name}={self.cookie}"} if self.cookie else {}


class Line:
    """The websocket of a page, and everything its channel was sent. `raw` holds each frame as it came."""

    def __init__(self, line: ClientConnection, token: str) -> None:
        self._line = line
        self.token = token
        self.channel = self.map = ""
        self._n = 0
        self._reading: asyncio.Task[None] | None = None
        self.raw: list[str] = []
        self.messages: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._sending = asyncio.Lock()

    async def greet(self) -> "Line":
        for _ in range(3):  # header, metadata, content
            await self._line.recv()
        await self.frame("PULL-DOC-REQ", {})
        while not self.channel:
            text = await self._line.recv()
            self.raw.append(text if isinstance(text, str) else text.decode(errors="replace"))
            if isinstance(text, str) and "vigieLine" in text:
                self.channel = _model(json.loads(text), "esm", "vigieLine")
                self.map = _model(json.loads(text), "bundle", "vigie-MapFrame")
        self._reading = asyncio.create_task(self._read())
        await self.say(do="hello", desk="", browser="a-browser", selected="")
        await self.until(lambda message: "access" in message or "zone" in message)
        return self

    async def say(self, **message: Any) -> None:
        """Send a message through the channel, as the page's script does."""
        await self._tell(self.channel, json.dumps(message))

    async def draw(self) -> None:
        """Its map is drawn, and is told what it shows from now on; a page without one does nothing."""
        if self.map:
            await self._tell(self.map, {"type": "map", "entries": [["type", "ready"]]})

    async def _tell(self, model: str, data: object) -> None:
        values = {"type": "map", "entries": [["model", {"id": model}], ["data", data]]}
        event = {"type": "event", "name": "data_event", "values": values}
        sent = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}
        await self.frame("PATCH-DOC", {"events": [sent]})

    async def until(self, true: Any, *, after: int = 0) -> dict[str, Any]:
        """The first message since `after` of which it is true."""
        try:
            async with asyncio.timeout(LONG_S):
                while True:
                    new, after = self.messages[after:], len(self.messages)
                    for message in new:
                        if true(message):
                            return message
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"no such message in {LONG_S:.0f} s; the last were {self.messages[-3:]}") from None

    async def framed(self, text: str, *, after: int = 0) -> None:
        """Wait for a frame since `after` that holds this text."""
        async with asyncio.timeout(LONG_S):
            while True:
                new, after = self.raw[after:], len(self.raw)
                if any(text in frame for frame in new):
                    return
                self._news.clear()
                await self._news.wait()

    async def reply(self, true: Any) -> dict[str, Any]:
        """The first answer of which it is true."""
        message = await self.until(lambda message: any(true(reply) for reply in message.get("replies", ())))
        return next(reply for reply in message["replies"] if true(reply))

    async def garble(self, text: str) -> None:
        """Send this text in messages that nobody can understand, the last of which ends the line."""
        self.channel = "no such model"
        await self.say(do="search", text=text)
        await self.frame("PATCH-DOC", {"events": [{"kind": text}]})
        await self.frame(text, {"text": text})
        await self._line.wait_closed()
        await self.close()

    async def closed(self) -> None:
        """Wait until the server closed it."""
        await self._line.wait_closed()

    def cut(self) -> None:
        """Be gone at once, with all that was not read."""
        self._line.transport.abort()

    def stop_reading(self) -> None:
        """Answer nothing any more, not even a ping: a cable was pulled, or the machine sleeps."""
        self._line.transport.pause_reading()

    def start_reading(self) -> None:
        """Read again what came meanwhile."""
        self._line.transport.resume_reading()

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        await self._line.close()

    async def frame(self, kind: str, content: dict[str, Any]) -> None:
        """Send a message of Bokeh's protocol."""
        self._n += 1
        header = {"msgid": f"m{self._n}", "msgtype": kind}
        await self.parts(json.dumps(header), "{}", json.dumps(content))

    async def parts(self, *parts: str | bytes) -> None:
        """Send the parts of a message, which stay together."""
        async with self._sending:
            for part in parts:
                await self._line.send(part)

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self._line:
                text = text if isinstance(text, str) else text.decode(errors="replace")
                self.raw.append(text)
                if '{\\"now\\"' in text:
                    self.messages += [json.loads(found) for found in _sent(json.loads(text))]
                self._news.set()


def _model(document: Any, attribute: str, word: str) -> str:
    """The id of the model that has this word in an attribute; "" where there is none."""
    if isinstance(document, dict):
        attributes = document.get("attributes")
        if isinstance(attributes, dict) and word in str(attributes.get(attribute, "")):
            return str(document["id"])
        document = list(document.values())
    parts = document if isinstance(document, list) else []
    return next((found for part in parts if (found := _model(part, attribute, word))), "")


def _sent(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content] if content.startswith('{"now"') else []
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return [text for part in parts for text in _sent(part)]
