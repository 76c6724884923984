"""What a person raises: an alarm by hand from a voice call, and what was written on paper while the desk was down."""

from datetime import datetime

from incidents.commands.kinds import OfNoCase
from incidents.events import Class, Outcome, PlaceDoubt, Verified
from incidents.users import FLOOR


class Raise(OfNoCase, frozen=True, kw_only=True, tag="raise"):
    """Open an incident by hand from a voice call; it is its raiser's. One of position, place, zone or case is enough.

    `lat`, `lon` in WGS 84 degrees, true to `accuracy_m` metres; `pointed`: they were clicked or typed, and are no address's;
    `place` in words, with the `doubts` that it was offered with; the case by number, device or name. A position and a zone that
    it does not lie in are refused once: `anyway`, and the zone that was chosen stands. So is a case with an open alarm, by its
    id: `beside`, and there are two.
    """

    MAY = FLOOR
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


class FromPaper(OfNoCase, frozen=True, kw_only=True, tag="from_paper"):
    """Enter afterwards what was written on paper, with its own times; closed too when the paper says when.

    `recording_reference`: as of `Close`, of an alarm that was closed on paper; `beside`: as of `Raise`.
    """

    MAY = FLOOR
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
