"""The proposal where to route an alarm: the zones its circle touches, and what speaks against choosing one beforehand."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from dashboard.components.place_names import Places
from dashboard.components.tracks import BY_PEOPLE, STEP, TOO_OLD_S, grown, stepped, track
from dashboard.shell.clock import milliseconds
from incidents.case import Case
from incidents.incident import Incident
from incidents.messages import Fix
from maps.motion import sigma_of
from maps.track import CONFIDENCE, SIGMAS, Track
from maps.zones import Location

SURE = 0.9  # of the circle: between 60 and 80 % some three orders in ten go wrong (docs/decisions/0128)
WIDER_M = (
    2_000.0,
    8_000.0,
    30_000.0,
)  # where the next zones are looked for when nobody of all that it touches may come
NEVER = datetime.max.replace(tzinfo=UTC)
LEAST = 0.005  # a share under half a per cent is not shown
By = Literal["", "doubted", "former"]
Why = Literal[
    "",
    "no_fix",
    "too_old",
    "outside",
    "excluded",
    "declined",
    "no_circle",
    "wide",
    "unsure",
    "named",
    "named_long_ago",
    "doubt",
]


class Option(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A zone to choose: its share of the circle (0 to 1, None when the circle says nothing), why it is not to be preselected.

    `excluded`: the case forbids it; `declined`: the reason why it refused, which may have changed since; `by`: of a doubted
    position alone, or of the one before it alone: a share would sound as if one were sure.
    """

    zone: str
    name: str
    share: float | None = None
    by: By = ""
    excluded: str = ""
    declined: str | None = None

    @property
    def free(self) -> bool:
        """Whether nothing speaks against preselecting it."""
        return not self.excluded and self.declined is None


class Proposal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The zones to choose from: first the one that would be asked, then the likeliest; the preselected one, or why there is none.

    `why` "named": it is preselected, and a person named it. `border_m` when the circle touches no border. `declined` are the
    zones that refused, in the circle or not.
    `until` is when the preselected one's position becomes too old to say (ms since 1970): no event tells a page of that.
    """

    options: tuple[Option, ...] = ()
    preselected: str = ""
    why: Why = ""
    border_m: float | None = None
    outside: float = 0.0
    declined: tuple[str, ...] = ()
    until: int | None = None


def proposal(incident: Incident, case: Case | None, places: Places, now: datetime, of: Track | None = None) -> Proposal:
    """Where to route an incident, by its newest position. The caller's case is None when it is unknown or locked; `of` is the
    incident's track, if it is known already.

    A zone is preselected where `SURE` of the circle as it has grown by now lies in it and the position is neither doubted nor
    too old, or where a person named the place in words; and where nobody is to be passed over for it.
    """
    of = of or track(incident)
    fix, refused = incident.position.fix, {one.zone: one.reason for one in incident.other_zones.declines}
    found = places.locate(fix) if fix is not None else None
    by_now = _by_now(incident, places, now, of) or found
    shares = dict(_likely(by_now)) if by_now is not None else dict[str, float | None]()
    named = _named(incident, found)
    if by_now is None and not named and (home := incident.zone or (case.home_zone if case else None)):
        shares[home] = None  # to be offered where nothing else is
    elif by_now is not None and not shares and by_now.zone:
        shares[by_now.zone] = None  # abroad, beyond what the circle touches: the nearest is whom one can ask
    if "no_street" in incident.flags and not places.holds(named, incident.by_hand.place):
        named = ""  # a place known to its municipality alone counts by all of that
    likeliest, by = next(iter(shares), named), dict[str, By]()
    if of.doubt is not None and (reach := of.reach(now)) is not None:  # where she may be if it is wrong
        sure = places.locate(Fix(reach.lat, reach.lon, stepped(reach.radius_m), CONFIDENCE))
        former = [zone for zone, _ in _likely(sure)] if sure is not None else []
        for zone in (*shares, *former):
            by[zone] = "former" if zone not in shares else "" if zone in former else "doubted"
        shares = {zone: None if by[zone] else shares[zone] for zone in by}
    touched = {zone: shares.get(zone) for zone in (likeliest, named, *shares) if zone}
    options = tuple(_option(zone, share, case, places, refused, by.get(zone, "")) for zone, share in touched.items())
    if options and not any(option.free for option in options) and fix is not None:
        options += _next(fix, case, places, refused)
    free = {option.zone: option for option in options if option.free}
    # A zone that was proposed for her having crossed its border stands until she is back for certain.
    first = free.get(incident.next_zone) or free.get(named) or next(iter(free.values()), None)
    passed = next((option for option in options if option.zone == likeliest and not option.free), None)
    at = incident.position.at if fix is not None else incident.presses.first_at
    until = at + timedelta(seconds=TOO_OLD_S) if at is not None else now
    why: Why
    if by_now is None and not named:
        why = "no_fix"
    elif now > until or at is None:
        why = "too_old" if fix is not None else "named_long_ago"
    elif of.doubt is not None:
        why = "doubt"
    elif found is not None and not found.inside and not named:
        why = "outside"
    elif first is None or (passed is not None and named not in free):  # a person chooses the next
        why = "declined" if passed is not None and not passed.excluded else "excluded"
    elif fix is None and first.zone == named:
        why = "named"
    elif first.share is None:
        why = "wide" if fix is not None and fix.radius else "no_circle"
    else:
        why = "" if first.share >= SURE else "unsure"
    chosen = first.zone if first is not None and why in ("", "named") else ""
    return Proposal(
        options=(first, *(option for option in options if option is not first)) if first is not None else options,
        preselected=chosen,
        why=why,
        border_m=found.distance_m if found is not None and found.inside and chosen and len(options) == 1 else None,
        outside=float((by_now.outside if by_now is not None else None) or 0.0),
        declined=tuple(refused),
        until=milliseconds(until) if chosen else None,
    )


def share_of_named(incident: Incident, places: Places, now: datetime, of: Track) -> float | None:
    """How much of the circle, as it has grown by now, lies in the zone that is named as where she is; 0: the circle says nothing.
    None where the zone is named plainly: by the bar of a preselection or by who raised the alarm, abroad, without a position."""
    found = places.locate(incident.position.fix) if incident.position.fix is not None else None
    if found is None or not found.inside or _named(incident, found):
        return None
    wide = grown(incident, of, now)
    # In the middle of its zone it need not be laid over the map, which remembers no more circles than a flood has alarms.
    if found.zone == incident.zone and wide is not None and 0 < (wide.radius or 0) <= found.free_m(wide.confidence):
        return None
    share = dict(_likely((places.locate(wide) if wide is not None else None) or found)).get(incident.zone) or 0.0
    return None if share >= SURE else share


def plain_until(incident: Incident, places: Places, of: Track) -> datetime:
    """Until when no other zone comes into the circle as it grows (`tracks.grown`), of one whose zone is named plainly."""
    fix, at = incident.position.fix, incident.position.at
    found = places.locate(fix) if fix is not None else None
    if fix is None or at is None or found is None or not found.inside or not fix.radius or not of.growth_m_s:
        return NEVER
    free_m = found.free_m(CONFIDENCE) / STEP - SIGMAS * sigma_of(fix.radius, fix.confidence)
    return at + timedelta(seconds=max(0.0, free_m / of.growth_m_s))


def _by_now(incident: Incident, places: Places, now: datetime, of: Track) -> Location | None:
    wide = grown(incident, of, now)
    return places.locate(wide) if wide is not None else None


def _likely(found: Location) -> list[tuple[str, float | None]]:
    """The zones that a circle touches, the likeliest first, with their shares; the first is not always the point's own."""
    if found.probability is None:
        return [(found.zone, None)] if found.zone else []
    near = [(found.zone, found.probability), *((n.zone, n.probability) for n in found.neighbours)]
    return [(zone, share) for zone, share in sorted(near, key=lambda one: -one[1]) if zone and share >= LEAST]


def _named(incident: Incident, found: Location | None) -> str:
    """The zone of the place that who raised the alarm named, in words or as a position, and read beside it; "" for none."""
    if incident.origin != "hand":
        return ""
    if incident.position.fix is None:
        return incident.zone if incident.by_hand.place else ""
    outside = found is None or (not found.inside and found.zone == incident.zone)
    return incident.zone if incident.position.fix.method in BY_PEOPLE and not outside else ""


def _next(fix: Fix, case: Case | None, places: Places, refused: Mapping[str, str]) -> tuple[Option, ...]:
    """The zones nearest to a position that may be asked and did not refuse, likeliest first; the circle gives them no share."""
    for radius in WIDER_M:
        found = places.locate(Fix(fix.lat, fix.lon, max(radius, fix.radius or 0.0)))
        around = [_option(n.zone, None, case, places, refused) for n in found.neighbours] if found is not None else []
        if free := tuple(option for option in around if option.free):
            return free[:3]
    return ()


def _option(
    zone: str,
    share: float | None,
    case: Case | None,
    places: Places,
    refused: Mapping[str, str],
    by: By = "",
) -> Option:
    name, reason = places.zone_name(zone), case.excluded_zone(zone) if case else None
    return Option(zone=zone, name=name, share=share, by=by, excluded=reason or "", declined=refused.get(zone))
