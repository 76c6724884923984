"""What a person said of an incident, how long it is followed, and its end."""

from incidents.events.kinds import PERSON, WATCH, Class, Event, Outcome, Verified


class Noted(Event, frozen=True, kw_only=True, tag="noted"):
    """A person wrote a note."""

    BY = PERSON
    SAYS = "note"
    SEALED = frozenset({"text"})
    text: str = ""


class Classified(Event, frozen=True, kw_only=True, tag="classified"):
    """A person said what kind of press it was."""

    BY = PERSON
    SAYS = "classified"
    COMPLETED_BY = "as_class"
    as_class: Class


class TimeCorrected(Event, frozen=True, kw_only=True, tag="time_corrected"):
    """A person corrected when something happened; the original stays in the log. `to` is RFC 3339 UTC."""

    BY = PERSON
    SAYS = "a time is corrected"
    SEALED = frozenset({"reason"})
    time: str
    to: str
    reason: str = ""


class CadNumbered(Event, frozen=True, kw_only=True, tag="cad_numbered"):
    """A person said under which number the centre's CAD has the same event."""

    BY = PERSON
    SAYS = "the CAD's number of it"
    SEALED = frozenset({"number"})
    number: str = ""


class Closed(Event, frozen=True, kw_only=True, tag="closed"):
    """A person closed the incident. `anyway`: unacknowledged, or a unit was under way, or no zone had accepted the order (the
    record before calls it off), and the person said why.

    Of a real alarm also under which reference the recorder has the call (`recording_reference`); who has none asks by this record
    that the recording be preserved (`preservation_requested`).
    """

    BY = PERSON
    SAYS = "CLOSED"
    NOTICED = True
    SEALED = frozenset({"reason", "recording_reference"})
    as_class: Class
    outcome: Outcome
    verified: Verified = "none"
    anyway: bool = False
    preservation_requested: bool = False
    reason: str = ""
    recording_reference: str = ""


class Reopened(Event, frozen=True, kw_only=True, tag="reopened"):
    """A person opened a closed incident again: what was under way still is."""

    BY = PERSON
    SAYS = "OPENED AGAIN"
    NOTICED = True
    SEALED = frozenset({"reason"})
    reason: str = ""


class Explained(Event, frozen=True, kw_only=True, tag="explained"):
    """A supervisor explained a missed target: of one `interval` (as `pressed->on_scene`), or in general. All are kept."""

    BY = frozenset({"afterwards"})
    SAYS = "a missed target is explained"
    SEALED = frozenset({"reason"})
    interval: str = ""
    reason: str = ""


class TrackingExtended(Event, frozen=True, kw_only=True, tag="tracking_extended"):
    """A person prolonged the following of the device by so many minutes from now."""

    BY = PERSON
    SAYS = "the device is followed for longer"
    SEALED = frozenset({"reason"})
    minutes: int
    reason: str = ""


class TrackingEnded(Event, frozen=True, kw_only=True, tag="tracking_ended"):
    """The time for following the device is over: later positions are not kept. The incident stays open."""

    BY = WATCH
    SAYS = "the device is followed no longer"


class Erased(Event, frozen=True, kw_only=True, tag="erased"):
    """The key of this stream was deleted: what identified a person is gone, the facts that stay are open ones.

    `rule`: the time that was over (`docs/retention.md`), as it is called in the times that were confirmed.
    """

    SAYS = "THE PERSON WAS ERASED: sealed facts are gone"
    rule: str = ""
