"""What follows from where she goes: a place of her own that she left or reached, a border that she crossed."""

from typing import Literal

from incidents.events.kinds import Event

Way = Literal["", "left", "reached"]


class PlacePassed(Event, frozen=True, kw_only=True, tag="place_passed"):
    """She left or reached (`way`) a place of her case (`protected`, its name), by this position at the latest, for certain."""

    SAYS = "left or reached a place of hers"
    NOTICED = True
    SEALED = frozenset({"protected", "way"})
    protected: str = ""
    way: Way = ""


class ZoneCrossed(Event, frozen=True, kw_only=True, tag="zone_crossed"):
    """She is for certain in another `zone` than the one that has the order, or in that one again."""

    SAYS = "CROSSED a border between police zones"
    NOTICED = True
    zone: str
