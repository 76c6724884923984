"""An example of the 112 app's back end: a queue on disk, posted to the feed gateway until it is taken. Standard library alone.

    client = Client("https://gateway.example:8115", token, Path("queue"))
    alarm = client.press("AMR-00412", fix)      # on disk when it returns
    client.position("AMR-00412", fix)           # while the alarm is open
    client.call("AMR-00412", "open")
    client.send()                               # whenever there is a network: what is left waits

Each message has its id and its time from the moment it happened, and the same on every retry: docs/gateway.md.
"""

import json
import os
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TIMEOUT_S = 10.0
DONE = (202, 400, 409, 413)  # taken, or never to be taken as it is: what a person must look at stands in `refused`


class Client:
    """Messages of one gateway, a file each in `folder`, sent in the order in which they happened."""

    def __init__(self, url: str, token: str, folder: Path) -> None:
        self._url, self._token, self._folder = f"{url}/v1/messages", token, folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._count = max((int(path.stem) for path in folder.glob("*.json")), default=0)
        self.refused: list[tuple[str, int, str]] = []  # id, status, the gateway's reason

    def press(self, device: str, fix: dict[str, Any] | None = None, press: str = "hold") -> str:
        """A button was pressed; the message's id."""
        return self._keep("press", device=device, press=press, **({"fix": fix} if fix else {}))

    def position(self, device: str, fix: dict[str, Any]) -> str:
        """Where the device is now: `lat`, `lon`, `radius` m, `time`."""
        return self._keep("fix", device=device, fix=fix)

    def call(self, device: str, state: str) -> str:
        """The emergency call rings (`ringing`), is `open` or `ended`."""
        return self._keep("call", device=device, state=state)

    @property
    def waiting(self) -> int:
        """How many messages are not taken yet."""
        return len(self._queue())

    def send(self) -> bool:
        """Post what waits, presses first; whether nothing is left. A message leaves the queue only when it was answered."""
        for path in sorted(self._queue(), key=lambda path: (b'"kind": "press"' not in path.read_bytes(), path)):
            body = path.read_bytes()
            try:
                status, answer = self._post(body)
            except OSError:
                return False  # nobody knows whether it was taken: the same id again
            if status not in DONE:
                return False  # 401: the token; 503: the gateway can't write; 5xx: later
            if status != 202:
                self.refused.append((json.loads(body)["id"], status, str(answer.get("error", ""))))
            path.unlink()
        return True

    def _post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                text = refused.read()
            return refused.code, json.loads(text) if text.startswith(b"{") else {}

    def _keep(self, kind: str, **fields: Any) -> str:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = {"kind": kind, "id": str(uuid.uuid4()), "at": at, **fields}
        self._count += 1
        path = self._folder / f"{self._count:012d}.json"
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(json.dumps(message).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return str(message["id"])

    def _queue(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))
