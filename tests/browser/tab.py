"""A tab as a person has it: it can lie behind another one, and no tool's question counts as a touch of the page.

Playwright keeps every page of its own in sight and answers a browser's wish for a gesture whenever it evaluates something. A tab
opened over the browser's own protocol is hidden, minimised and silent as in a control room.
"""

import itertools
import json
import time
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from typing import Any

from websockets.sync.client import connect


class Hands(ABC):
    """What a person does with a page, over whichever protocol its browser speaks. `wrong` is what its scripts said."""

    wrong: list[str]

    @abstractmethod
    def __call__(self, expression: str) -> Any:
        """What an expression gives in the page; no gesture."""

    @abstractmethod
    def click_at(self, x: float, y: float) -> None:
        """Press and release the mouse there: a gesture."""

    def until(self, expression: str, within_s: float = 30.0) -> Any:
        """Wait until an expression is true in the page."""
        deadline = time.monotonic() + within_s
        while (found := self(expression)) in (None, False):
            assert time.monotonic() < deadline, (
                f"it did not come true in time: {expression}\n{self.wrong}\n{self('document.body.innerText')}"
            )
            time.sleep(0.05)
        return found

    def click(self, selector: str) -> None:
        """Press and release the mouse in the middle of an element: a gesture."""
        chosen = json.dumps(selector)
        x, y = self.until(
            f"(() => {{ const e = document.querySelector({chosen}); if (!e || e.closest('[hidden]')) return null;"
            " const b = e.getBoundingClientRect(); return b.width ? [b.x + b.width / 2, b.y + b.height / 2] : null; })()"
        )
        self.click_at(x, y)


class Tab(Hands):
    """A tab of the Chromium that listens on `port` for its protocol. `script` runs in it before the page's own."""

    def __init__(self, port: int, url: str, *, script: str = "", size: tuple[int, int] = (1920, 1080)) -> None:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(asked, timeout=10) as answer:
            line = json.load(answer)["webSocketDebuggerUrl"]
        self._line = connect(line, max_size=None, legacy=True)
        self._ids = itertools.count(1)
        self.wrong: list[str] = []
        self.send("Page.enable")
        self.send("Runtime.enable")
        self.send(
            "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False
        )
        if script:
            self.send("Page.addScriptToEvaluateOnNewDocument", source=script)
        self.send("Page.navigate", url=url)

    def send(self, method: str, **facts: Any) -> dict[str, Any]:
        """Ask the browser, and take its answer."""
        number = next(self._ids)
        self._line.send(json.dumps({"id": number, "method": method, "params": facts}))
        while True:
            said = json.loads(self._line.recv(timeout=30))
            if said.get("method") == "Runtime.exceptionThrown":
                self.wrong.append(said["params"]["exceptionDetails"]["exception"].get("description", ""))
            if said.get("id") == number:
                assert "error" not in said, said
                return dict(said["result"])

    def __call__(self, expression: str) -> Any:
        """What an expression gives in the page; no gesture."""
        found = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def click_at(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def key(self, key: str, code: str, *, shift: bool = False) -> None:
        """Press and release a key: a gesture."""
        facts = {"key": key, "code": code, "modifiers": 8 if shift else 0}
        text = {"text": key} if len(key) == 1 else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", **text, **facts)
        self.send("Input.dispatchKeyEvent", type="keyUp", **facts)

    def front(self) -> None:
        """Bring it before the other tabs of its window, which are then hidden."""
        self.send("Page.bringToFront")

    def close(self) -> None:
        """Close the tab."""
        self.send("Page.close")
        self._line.close()
