"""An example of the 112 app's back end: a queue on disk, posted to the feed gateway until it is taken. Standard library alone.

    client = Client("https://gateway.example:8115", token, Path("queue"))
    alarm = client.press("AMR-00412", fix)      # on disk when it returns
    client.position("AMR-00412", fix)           # while the alarm is open
    client.call("AMR-00412", "open")
    client.send()                               # whenever there is a network: what is left waits

Each message has its id and its time from the moment it happened, and the same on every retry: docs/gateway.md. What the gateway
itself refuses goes to the folder `refused` of the queue; what something between the two says (a proxy's 400, 413) is no answer.
`Denied` is for a person: no network will mend a token.
"""

import http.client
import json
import os
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TIMEOUT_S = 10.0
REFUSED = (400, 409, 413)  # never to be taken as it is, where the gateway says why: a person must look at it


class Denied(Exception):
    """The token is not taken (401), or nobody may post here (403). Everything is still in the queue."""


class Client:
    """Messages of one gateway, a file each in `folder`, sent in the order in which they happened."""

    def __init__(self, url: str, token: str, folder: Path) -> None:
        self._url, self._token, self._folder = f"{url}/v1/messages", token, folder
        for one in (folder, folder / "refused"):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._count = max((int(path.stem) for path in folder.rglob("*.json")), default=0)
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
        """Post what waits, presses first; whether nothing is left. A message leaves the queue only when it was answered.

        Raises Denied.
        """
        for path in sorted(self._queue(), key=lambda path: (b'"kind": "press"' not in path.read_bytes(), path)):
            body = path.read_bytes()
            try:
                status, answer = self._post(body)
            except OSError:
                return False  # nobody knows whether it was taken: the same id again
            if status == 202 and "seq" in answer:
                path.unlink()
            elif status in REFUSED and "error" in answer:
                self.refused.append((json.loads(body)["id"], status, str(answer["error"])))
                path.replace(self._folder / "refused" / path.name)
                self._to_disk(self._folder / "refused", self._folder)
            elif status in (401, 403):
                raise Denied(f"HTTP {status}")
            elif status not in REFUSED:
                return False  # 503: the gateway can't write; 5xx: later
        return not self.waiting

    def _post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                status, text = refused.code, refused.read()
        except http.client.HTTPException as failure:
            raise OSError("no whole answer") from failure
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        return status, found if isinstance(found, dict) else {}

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
        self._to_disk(self._folder)
        return str(message["id"])

    def _to_disk(self, *folders: Path) -> None:
        """Make durable which files these folders have, where the system can."""
        for folder in folders if os.name == "posix" else ():
            opened = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)

    def _queue(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))
