"""Whether what comes under a known id is the same message again. An id alone does not say so: a feed may give one twice.

Of a press the device and the press time decide, of any other message its time; a number and other content never do. Pure.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidents import events as ev
from incidents.board import Board
from incidents.log import Draft
from incidents.messages import FixReport, Message, PressReport

HEARD_S = timedelta(seconds=60)  # one packet of a button, heard by several receivers or again after a crash
# Whether a press opens an incident or joins one, and whether a call has one, depends on when it came.
_KINDS = {"raised": "press", "pressed": "press", "press_logged": "press", "call_logged": "call"}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What of a record says which message it is of. `at` None: its time could not be read, and is that of its receipt."""

    stream: str
    kind: str
    source_at: str
    at: str | None
    device: str | None = None
    packet: str = ""
    broken: bool = False  # of a frame or a message that is no sound JSON
    erased: bool = False

    @property
    def key(self) -> str:
        """The same whenever the message comes again."""
        return f"{self.kind} {self.device or ''} {self.at or ''}"


def told(stream: str, record: Any, sealed: bytes | None) -> Told:
    """What a record or a draft tells; `sealed` opened, None when its key is gone."""
    facts: dict[str, Any] = msgspec.json.decode(sealed) if sealed else {}
    kind = _KINDS.get(record.type, record.type)
    unreadable = {one["path"] for one in facts.get("unreadable", ())} if kind == "press" else set()
    return Told(
        stream=stream,
        kind=kind,
        source_at=record.source_at,
        at=None if "at" in unreadable else record.source_at,
        device=facts.get("device"),
        packet=facts.get("packet", ""),
        broken="message" in unreadable,
        erased=sealed is None,
    )


def of_draft(stream: str, draft: Draft) -> Told:
    """What a draft tells."""
    return told(stream, draft, draft.sealed)


def own_incident(message: Message, report: PressReport) -> str:
    """What tells a press from all others: the same whenever it comes again."""
    timed = all(field.path != "at" for field in report.unreadable)
    return f"{message.feed}/{message.id} {report.device or ''} {message.at.isoformat() if timed else ''}"


def same(earlier: Told, later: Told, record_id: str) -> bool:
    """Whether the later one, under the same id, is the earlier one again."""
    if earlier.kind != later.kind:
        return False
    if later.kind != "press":  # what follows from a message (#2, ...) lies in one stream
        return earlier.source_at == later.source_at and ("#" not in record_id or earlier.stream == later.stream)
    if earlier.erased:
        return earlier.source_at == later.source_at
    # A damaged copy of a press that was read whole says less; the whole one after a damaged copy says more, and is shown.
    at_device = earlier.device == later.device or (later.broken and later.device is None)
    at_time = earlier.at == later.at or (later.broken and later.at is None)
    return at_device and (at_time or heard_again(earlier, later))


def heard_again(earlier: Told, later: Told) -> bool:
    """Whether it is the same packet of a button."""
    apart = datetime.fromisoformat(later.source_at) - datetime.fromisoformat(earlier.source_at)
    return bool(later.packet) and earlier.packet == later.packet and abs(apart) <= HEARD_S


def written(board: Board, stream: str, message: Message, record_id: str) -> bool:
    """Whether the log has this very press or position under this id, by the board; of what is not certain the log is asked."""
    incident = board.incidents.get(stream.removeprefix("incident/"))
    entry = next((one for one in reversed(incident.history.entries) if one.id == record_id), None) if incident else None
    if entry is None or not entry.recorded or entry.source_at != message.at:
        return False
    match message.report, entry.event:
        case PressReport(unreadable=()), ev.Raised() | ev.Pressed():
            return not entry.event.unreadable and entry.event.device == message.report.device
        case FixReport(), ev.Located():
            return True
    return False


def heard_by_another(board: Board, message: Message, report: PressReport, now: datetime) -> ev.Entry | None:
    """The press of this device that another receiver's feed brought of the same packet, within a minute by either clock."""
    if not report.packet or report.device is None:
        return None
    for incident in board.of_device(report.device):
        for entry in reversed(incident.history.entries):
            if not isinstance(entry.event, ev.Raised | ev.Pressed) or entry.event.packet != report.packet:
                continue
            near = abs(message.at - entry.source_at) <= HEARD_S or now - entry.at <= HEARD_S
            if entry.event.feed != message.feed and near:
                return entry
    return None
