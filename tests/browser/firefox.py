"""Debian's Firefox ESR with one tab, over WebDriver BiDi, and a loudspeaker that nobody hears: without one it never runs sound.

A look at a page is no touch of it (`userActivation`): libraries that drive Firefox let each look count as one, and arm the sound.
"""

import contextlib
import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import until
from tests.browser.tab import Hands

FIREFOX = Path("/usr/bin/firefox-esr")
TAB, ENTER = "\ue004", "\ue007"  # WebDriver's names of keys that write nothing
ENDS_S = 20


@contextlib.contextmanager
def ended(*command: object, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs until the end of the block, and no longer."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([str(word) for word in command], env={**os.environ, **environ}, **quiet)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(ENDS_S)


@contextlib.contextmanager
def loudspeaker(folder: Path) -> Iterator[str]:
    """The address of a pulseaudio of one's own whose one output leads nowhere."""
    line = folder / "pulse"
    where = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PULSE_RUNTIME_PATH": str(folder)}
    modules = ("module-null-sink", f"module-native-protocol-unix socket={line} auth-anonymous=1")
    loads = [word for module in modules for word in ("-L", module)]
    with ended("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", *loads, **where):
        until(line.exists)
        yield f"unix:{line}"


class Firefox(Hands):
    """Its one tab. `script` runs in each page before the page's own; `wrong` is every error that its console shows."""

    def __init__(self, line: ClientConnection, *, script: str, size: tuple[int, int] = (1920, 1080)) -> None:
        self._line = line
        self._ids = itertools.count(1)
        self.wrong: list[str] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self._tab = self.send("browsingContext.getTree", maxDepth=0)["contexts"][0]["context"]
        self.send("script.addPreloadScript", functionDeclaration=f"() => {{{script}}}")
        self.send("browsingContext.setViewport", context=self._tab, viewport={"width": size[0], "height": size[1]})

    def send(self, method: str, **facts: Any) -> dict[str, Any]:
        """Ask the browser, and take its answer."""
        number = next(self._ids)
        self._line.send(json.dumps({"id": number, "method": method, "params": facts}))
        while True:
            said = json.loads(self._line.recv(timeout=60))
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.wrong.append(said["params"]["text"])
            if said.get("id") == number:
                assert said["type"] == "success", said
                return dict(said["result"])

    def goto(self, url: str) -> None:
        """Load a page."""
        self.send("browsingContext.navigate", context=self._tab, url=url, wait="interactive")

    def __call__(self, expression: str) -> Any:
        """What an expression gives in the page, as JSON knows it; no gesture."""
        found = self.send(
            "script.callFunction",
            functionDeclaration=f"async () => JSON.stringify(await ({expression}))",
            target={"context": self._tab},
            awaitPromise=True,
            userActivation=False,
        )
        assert found["type"] == "success", found
        return json.loads(found["result"].get("value", "null"))

    def click_at(self, x: float, y: float) -> None:
        moves = {"type": "pointerMove", "x": round(x), "y": round(y)}
        self._acts("pointer", moves, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0})

    def type(self, text: str) -> None:
        """Type it, a key after the other."""
        self._acts("key", *({"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")))

    def _acts(self, kind: str, *actions: dict[str, Any]) -> None:
        hand = {"type": kind, "id": kind, "actions": actions}
        self.send("input.performActions", context=self._tab, actions=[hand])


@contextlib.contextmanager
def firefox(folder: Path, *, language: str, script: str) -> Iterator[Firefox]:
    """One that knows nothing of any page, asks for this language, and sounds on a loudspeaker of its own."""
    assert FIREFOX.exists(), f"no {FIREFOX} on this machine: `make test` says how to install it"
    profile = folder / "profile"
    profile.mkdir()
    (profile / "user.js").write_text(f'user_pref("intl.accept_languages", "{language}");')
    told = profile / "WebDriverBiDiServer.json"
    command = (FIREFOX, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank")
    with loudspeaker(folder) as pulse, ended(*command, HOME=str(folder), PULSE_SERVER=pulse):
        until(lambda: told.exists() and told.read_text().endswith("}"))
        port = json.loads(told.read_text())["ws_port"]
        with connect(f"ws://127.0.0.1:{port}/session", max_size=None) as line:
            yield Firefox(line, script=script)
