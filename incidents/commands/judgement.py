"""What a person says of an incident: notes, its class, its times, its closing and what came of it."""

import re
from datetime import datetime

from incidents import events as ev
from incidents.commands import whose
from incidents.commands.kinds import CLOCKS_AGREE, EVER, OWNED, Circumstances, Decision, OnIncident, leads_to
from incidents.incident import OPEN, Incident, TimeName
from incidents.intervals import BY_NAME
from incidents.refusals import Refused
from incidents.users import FLOOR, only

MAX_TRACKING_MIN = 24 * 60
OTHERS_NUMBER = re.compile(r"\w[\w ./:-]{0,39}")


class Note(OnIncident, frozen=True, kw_only=True, tag="note"):
    """Write something down."""

    MAY, IN, WHOSE = FLOOR, OWNED, whose.anyone
    text: str

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        if not self.text.strip():
            raise Refused("text_missing")
        return ev.Noted(text=self.text.strip())


class Classify(OnIncident, frozen=True, kw_only=True, tag="classify"):
    """Say what kind of press it was."""

    MAY, IN, WHOSE = FLOOR, OWNED, whose.anyone
    as_class: ev.Class

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.Classified(as_class=self.as_class)


class CorrectTime(OnIncident, frozen=True, kw_only=True, tag="correct_time"):
    """Say when something really happened; the original stays in the log."""

    MAY, IN, WHOSE = FLOOR, OWNED, whose.anyone
    time: TimeName
    to: datetime
    reason: str

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        reason = about.reason(self.reason)
        if self.to > about.now + CLOCKS_AGREE:
            raise Refused("time_invalid")
        return ev.TimeCorrected(time=self.time, to=ev.stamp(self.to), reason=reason)


class SetCadNumber(OnIncident, frozen=True, kw_only=True, tag="set_cad_number"):
    """Say under which number the centre's CAD has the same event; the last one said stands."""

    MAY, IN, WHOSE = FLOOR, OWNED | {"closed"}, whose.anyone  # a CAD may number it late
    number: str

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        number = self.number.strip()
        if not OTHERS_NUMBER.fullmatch(number):
            raise Refused("cad_number_invalid")
        return None if number == incident.by_hand.cad else ev.CadNumbered(number=number)


class ExtendTracking(OnIncident, frozen=True, kw_only=True, tag="extend_tracking"):
    """Follow the device for so many minutes more."""

    MAY, IN, WHOSE = FLOOR, OPEN, whose.anyone
    minutes: int
    reason: str

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        reason = about.reason(self.reason)
        return ev.TrackingExtended(minutes=about.within(self.minutes, MAX_TRACKING_MIN), reason=reason)


class Close(OnIncident, frozen=True, kw_only=True, tag="close"):
    """Close with class, outcome and reason; `verified` says how a test or an accident was verified.

    `recording_reference`: under which the recorder has the call of a real alarm. Without one its preservation is requested.
    """

    MAY, IN, WHOSE = FLOOR, OPEN, whose.anyone  # it may have to be said twice
    TO = leads_to("closed")
    as_class: ev.Class
    outcome: ev.Outcome
    reason: str
    recording_reference: str = ""
    verified: ev.Verified = "none"
    anyway: bool = False

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        reason = about.reason(self.reason)
        if self.as_class in ("test", "accidental") and self.verified == "none":
            raise Refused("verification_missing")
        if not self.anyway:
            if incident.unanswered:
                raise Refused("order_unanswered", anyway=True)
            if incident.state == "raised":
                raise Refused("not_acknowledged", anyway=True)
            if incident.under_way:
                raise Refused("unit_goes_on", anyway=True)
            if incident.owner != about.actor:
                raise Refused("not_owner", who=incident.owner, since=incident.ownership.since, anyway=True)
        return closed(
            self.as_class,
            self.outcome,
            reason=reason,
            recording=self.recording_reference,
            verified=self.verified,
            anyway=self.anyway,
        )


class Reopen(OnIncident, frozen=True, kw_only=True, tag="reopen"):
    """Open a closed incident again."""

    MAY, IN, WHOSE = FLOOR, frozenset({"closed"}), whose.anyone
    TO = leads_to("acknowledged")
    reason: str

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.Reopened(reason=about.reason(self.reason))


class Explain(OnIncident, frozen=True, kw_only=True, tag="explain"):
    """As a supervisor: why a target was missed, of one `interval` (as `pressed->on_scene`) or in general, however long ago."""

    MAY, IN, WHOSE = only("supervisor"), EVER, whose.anyone
    reason: str
    interval: str = ""

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        reason = about.reason(self.reason)
        if self.interval and self.interval not in BY_NAME:
            raise Refused("invalid")
        return ev.Explained(interval=self.interval, reason=reason)


def closed(
    as_class: ev.Class, outcome: ev.Outcome, *, reason: str, recording: str, verified: ev.Verified, anyway: bool
) -> ev.Closed:
    """The closing of an alarm, on the page or on paper: of a real one the recorder's reference of the call, or that it is asked
    to preserve it."""
    real = as_class == "real"
    recording = recording.strip() if real else ""
    return ev.Closed(
        as_class=as_class,
        outcome=outcome,
        verified=verified,
        anyway=anyway,
        preservation_requested=real and not recording,
        reason=reason.strip(),
        recording_reference=recording,
    )
