"""What a person may ask of the desk: one small immutable type each. `id` is made by the client: twice the same is one command.

A refusal says why, who has the alarm and since when, and whether saying it a second time with a reason (`anyway`) will do.
"""

from datetime import datetime
from typing import Literal

import msgspec

from incidents.events import Class, Condition, Outcome, PlaceDoubt, Step, Verified
from incidents.incident import TimeName
from incidents.refusals import RefusalCode as RefusalCode
from incidents.refusals import Refused as Refused

MAX_WORDS = 2000  # characters of a note or a reason


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """A wish of a person, with the client's id for it."""

    id: str


class OnIncident(Command, frozen=True, kw_only=True):
    """A command that names its incident."""

    incident: str


class Acknowledge(OnIncident, frozen=True, kw_only=True, tag="acknowledge"):
    """Take an alarm nobody has; or, as its owner, answer that it alarmed again."""


class Release(OnIncident, frozen=True, kw_only=True, tag="release"):
    """Give the own alarm back to everybody."""

    reason: str = ""


class Raise(Command, frozen=True, kw_only=True, tag="raise"):
    """Open an incident by hand from a voice call; it is its raiser's. One of position, place, zone or case is enough.

    `lat`, `lon` in WGS 84 degrees, true to `accuracy_m` metres; `pointed`: they were clicked or typed, and are no address's;
    `place` in words, with the `doubts` that it was offered with; the case by number, device or name. A position and a zone that
    it does not lie in are refused once: `anyway`, and the zone that was chosen stands. So is a case with an open alarm, by its
    id: `beside`, and there are two.
    """

    reason: str = ""
    place: str = ""
    anyway: bool = False
    beside: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    pointed: bool = False
    doubts: tuple[PlaceDoubt, ...] = ()
    zone: str = ""
    case: str = ""
    happened_at: datetime | None = None


class FromPaper(Command, frozen=True, kw_only=True, tag="from_paper"):
    """Enter afterwards what was written on paper, with its own times; closed too when the paper says when.

    `recording_reference`: as of `Close`, of an alarm that was closed on paper; `beside`: as of `Raise`.
    """

    reason: str
    raised_at: datetime
    acknowledged_at: datetime | None = None
    routed_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    safe_at: datetime | None = None
    closed_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    place: str = ""
    pointed: bool = False
    doubts: tuple[PlaceDoubt, ...] = ()
    zone: str = ""
    case: str = ""
    as_class: Class | None = None
    outcome: Outcome | None = None
    verified: Verified = "none"
    recording_reference: str = ""
    beside: str = ""


class Route(OnIncident, frozen=True, kw_only=True, tag="route"):
    """Choose the responsible zone and send the order; on a routed alarm: send it to another zone.

    A zone in which she cannot be, and one instead of a unit that is under way, are refused once: `anyway`. `asked_unit` is
    a wish, for a unit of that zone: the zone decides who goes. `painted`: the zone stood preselected and nobody chose it, so
    it goes only to what is proposed now.
    """

    zone: str
    painted: bool = False
    asked_unit: str = ""
    anyway: bool = False


class CancelOrder(OnIncident, frozen=True, kw_only=True, tag="cancel_order"):
    """Call the intervention off; the alarm stays with its owner. With a unit under way it is refused once: `anyway`."""

    reason: str = ""
    anyway: bool = False


class Progress(OnIncident, frozen=True, kw_only=True, tag="progress"):
    """What was said on the radio: a step, or declined; when it happened if not now. Safe while an order stands: said twice."""

    step: Step | Literal["declined"]
    unit: str = ""
    reason: str = ""
    happened_at: datetime | None = None
    anyway: bool = False


class AnswerOrder(OnIncident, frozen=True, kw_only=True, tag="answer_order"):
    """A zone's desk answers an order that was sent to it: accepted, under way, there, finished, declined, or standing down."""

    order: str
    answer: Literal["accepted", "en_route", "on_scene", "done", "declined", "stood_down"]
    unit: str = ""
    reason: str = ""


class ConfirmStandDown(OnIncident, frozen=True, kw_only=True, tag="confirm_stand_down"):
    """By radio: a zone says that its unit was told to stand down."""

    zone: str
    unit: str = ""


class Listen(OnIncident, frozen=True, kw_only=True, tag="listen"):
    """I listen on the open line; on another's alarm that is its second seat."""


class HandOver(OnIncident, frozen=True, kw_only=True, tag="hand_over"):
    """Offer the own alarm to a person on shift, by the id the page was given for them; it is theirs once they accept."""

    to: str
    note: str = ""


class HandOverDesk(Command, frozen=True, kw_only=True, tag="hand_over_desk"):
    """Offer all own alarms to a person on shift."""

    to: str
    note: str = ""


class AcceptHandOver(OnIncident, frozen=True, kw_only=True, tag="accept_hand_over"):
    """Take an alarm that was offered to me."""


class DeclineHandOver(OnIncident, frozen=True, kw_only=True, tag="decline_hand_over"):
    """Leave an alarm that was offered to me with its owner."""

    reason: str


class WithdrawHandOver(OnIncident, frozen=True, kw_only=True, tag="withdraw_hand_over"):
    """Keep the own alarm after all."""


class TakeOver(OnIncident, frozen=True, kw_only=True, tag="take_over"):
    """As a supervisor: I take this alarm now, from whoever has it. What nobody has is acknowledged.

    `since` is when the owner whom the page shows came to have it (ms since 1970, 0 not known): it is taken from nobody else.
    """

    since: int = 0
    reason: str = ""


class Assign(OnIncident, frozen=True, kw_only=True, tag="assign"):
    """As a supervisor: offer an alarm to a person on shift; until they accept it stays with its owner, or with nobody."""

    to: str
    note: str = ""


class NoteSheet(Command, frozen=True, kw_only=True, tag="note_sheet"):
    """Write something on the shift's handover sheet."""

    text: str


class Note(OnIncident, frozen=True, kw_only=True, tag="note"):
    """Write something down."""

    text: str


class Classify(OnIncident, frozen=True, kw_only=True, tag="classify"):
    """Say what kind of press it was."""

    as_class: Class


class CorrectTime(OnIncident, frozen=True, kw_only=True, tag="correct_time"):
    """Say when something really happened; the original stays in the log."""

    time: TimeName
    to: datetime
    reason: str


class SetCadNumber(OnIncident, frozen=True, kw_only=True, tag="set_cad_number"):
    """Say under which number the centre's CAD has the same event; the last one said stands."""

    number: str


class ExtendTracking(OnIncident, frozen=True, kw_only=True, tag="extend_tracking"):
    """Follow the device for so many minutes more."""

    minutes: int
    reason: str


class Close(OnIncident, frozen=True, kw_only=True, tag="close"):
    """Close with class, outcome and reason; `verified` says how a test or an accident was verified.

    `recording_reference`: under which the recorder has the call of a real alarm. Without one its preservation is requested.
    """

    as_class: Class
    outcome: Outcome
    reason: str
    recording_reference: str = ""
    verified: Verified = "none"
    anyway: bool = False


class Reopen(OnIncident, frozen=True, kw_only=True, tag="reopen"):
    """Open a closed incident again."""

    reason: str


class OpenCase(OnIncident, frozen=True, kw_only=True, tag="open_case"):
    """I was shown the case."""


class AcknowledgeDevice(Command, frozen=True, kw_only=True, tag="acknowledge_device"):
    """Take note of a technical alarm. `stream` is its `device/ID`."""

    stream: str
    condition: Condition


class StillOnIt(OnIncident, frozen=True, kw_only=True, tag="still_on_it"):
    """I still work on it; or (`how` case) I opened its case again."""

    how: Literal["said", "case"] = "said"


class Help(OnIncident, frozen=True, kw_only=True, tag="help"):
    """Take the second seat at its owner's side, who keeps it: then I may route it too."""


class ConfirmEscalation(OnIncident, frozen=True, kw_only=True, tag="confirm_escalation"):
    """As a supervisor: I see to this alarm that nobody answered."""


class Explain(OnIncident, frozen=True, kw_only=True, tag="explain"):
    """As a supervisor: why a target was missed, of one `interval` (as `pressed->on_scene`) or in general, however long ago."""

    reason: str
    interval: str = ""


class ShelveDevice(Command, frozen=True, kw_only=True, tag="shelve_device"):
    """Lay a technical alarm aside for some minutes (24 h at most). There is no such command for a press."""

    stream: str
    condition: Condition
    minutes: int
    reason: str


class AnnounceTest(Command, frozen=True, kw_only=True, tag="announce_test"):
    """Say that a device is about to be tested, for so many minutes (15 at most), and where. Its presses alarm all the same."""

    device: str
    minutes: int
    where: str


class WithdrawTest(Command, frozen=True, kw_only=True, tag="withdraw_test"):
    """Take the announcement of a device's test back."""

    device: str


class AcknowledgeGap(Command, frozen=True, kw_only=True, tag="acknowledge_gap"):
    """Take note of the gaps of a feed."""

    feed: str


class ProposeDrill(Command, frozen=True, kw_only=True, tag="propose_drill"):
    """As a trainer: propose a vigilance drill in a zone, for every desk on shift or for those named; its id is the command's."""

    zone: str
    story: str
    lat: float | None = None
    lon: float | None = None
    victim: str = ""
    to: tuple[str, ...] = ()


class ConfirmDrill(Command, frozen=True, kw_only=True, tag="confirm_drill"):
    """As a supervisor: let a drill somebody else proposed come, at a moment drawn within so many minutes."""

    drill: str
    within_min: int = 30


class CancelDrill(Command, frozen=True, kw_only=True, tag="cancel_drill"):
    """Take a drill back, or out of the queues."""

    drill: str


class CloseDrill(OnIncident, frozen=True, kw_only=True, tag="close_drill"):
    """Close a drill that says so: the one step it has."""


AnyCommand = (
    Acknowledge
    | Release
    | Raise
    | FromPaper
    | Route
    | CancelOrder
    | Progress
    | AnswerOrder
    | ConfirmStandDown
    | Listen
    | Note
    | Classify
    | CorrectTime
    | SetCadNumber
    | ExtendTracking
    | Close
    | Reopen
    | OpenCase
    | StillOnIt
    | Help
    | ConfirmEscalation
    | Explain
    | ShelveDevice
    | HandOver
    | HandOverDesk
    | AcceptHandOver
    | DeclineHandOver
    | WithdrawHandOver
    | TakeOver
    | Assign
    | NoteSheet
    | AcknowledgeDevice
    | AcknowledgeGap
    | ProposeDrill
    | ConfirmDrill
    | CancelDrill
    | CloseDrill
    | AnnounceTest
    | WithdrawTest
)
