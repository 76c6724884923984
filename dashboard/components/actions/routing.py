"""The proposal where to route an alarm: the zones its circle touches, and what speaks against choosing one beforehand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from dashboard.components.place_names import Places
from dashboard.components.tracks import grown, stepped, track
from dashboard.shell.clock import milliseconds
from incidents.case import Case
from incidents.incident import Incident
from incidents.messages import Fix
from maps.track import CONFIDENCE, Track
from maps.zones import Location

TOO_OLD_S = 600  # a person in a car crosses a zone in ten minutes: an older fix chooses nothing
WIDER_M = (
    2_000.0,
    8_000.0,
    30_000.0,
)  # where the next zones are looked for when the case excludes all that the circle touches
LEAST = 0.005  # a share under half a per cent is not shown
Why = Literal[
    "",
    "no_fix",
    "too_old",
    "outside",
    "excluded",
    "next_zone",
    "declined",
    "no_circle",
    "wide",
    "named",
    "named_long_ago",
    "doubt",
]


class Option(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A zone to choose: its share of the circle (0 to 1, None when the circle says nothing), why it is not to be preselected.

    `excluded`: the case forbids it; `declined`: the reason why it refused, which may have changed since.
    """

    zone: str
    name: str
    share: float | None = None
    excluded: str = ""
    declined: str | None = None

    @property
    def free(self) -> bool:
        """Whether nothing speaks against preselecting it."""
        return not self.excluded and self.declined is None


class Proposal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The zones, likeliest first; the preselected one, or why there is none. `border_m` when the circle touches no border.

    `declined` are the zones that refused, in the circle or not.
    `until` is when the preselected one's position becomes too old to say (ms since 1970): no event tells a page of that.
    """

    options: tuple[Option, ...] = ()
    preselected: str = ""
    why: Why = ""
    note: Why = ""
    border_m: float | None = None
    outside: float = 0.0
    declined: tuple[str, ...] = ()
    until: int | None = None


def proposal(incident: Incident, case: Case | None, places: Places, now: datetime, of: Track | None = None) -> Proposal:
    """Where to route an incident, by its newest position. The caller's case is None when it is unknown or locked; `of` is the
    incident's track, if it is known already.

    The shares are those of the circle as it has grown by now; which zone is preselected is not: what it was stays what it is.
    """
    of = of or track(incident)
    found = places.locate(incident.fix) if incident.fix is not None else None
    refused = {one.zone: one.reason for one in incident.declines}
    if found is None:
        known = incident.zone or (case.home_zone if case else None) or ""
        alone = (_option(known, None, case, places, refused),) if known else ()
        return Proposal(options=alone, declined=tuple(refused), **_named(incident, alone, now))
    options = tuple(_option(zone, share, case, places, refused) for zone, share in _likely(found))
    if not options and found.zone:  # abroad, beyond what the circle touches: the nearest is whom one can ask
        options = (_option(found.zone, None, case, places, refused),)
    why, note = _against(incident, found, options, now)
    if options and not any(option.free for option in options) and incident.fix is not None:
        options += _next(incident.fix, case, places, refused)
    # A zone that was proposed for her having crossed its border stands until she is back for certain.
    crossed = (option.zone for option in options if option.free and option.zone == incident.next_zone)
    chosen = next(chain(crossed, (option.zone for option in options if option.free)), "")
    if why == "excluded" and chosen:  # no order may go there: she is helped by the next one
        why, note = "", "next_zone"
    if not why and options and options[0].declined is not None:
        note = "declined"
    if not why and not note and of.doubt is not None:
        note = "doubt"
    wide = grown(incident, of, now)
    by_now = (places.locate(wide) if wide is not None else None) or found
    shares = dict(_likely(found if by_now.probability is None else by_now))
    if (
        note == "doubt" and (reach := of.reach(now)) is not None
    ):  # where she may be if it is wrong: offered, never preselected
        sure = places.locate(Fix(reach.lat, reach.lon, stepped(reach.radius_m), CONFIDENCE))
        shares |= {zone: shares.get(zone) for zone, _ in (_likely(sure) if sure is not None else ())}
    before = {option.zone: option for option in options}
    options = (
        *(
            replace(before.get(zone) or _option(zone, None, case, places, refused), share=shares[zone])
            for zone in shares
        ),
        *(option for option in options if option.zone not in shares),
    )
    return Proposal(
        options=options,
        preselected=chosen if not why else "",
        why=why,
        note=note,
        border_m=found.distance_m if found.inside and len(options) == 1 and not note else None,
        outside=float(by_now.outside or 0.0),
        declined=tuple(refused),
        until=milliseconds(incident.fix_at + timedelta(seconds=TOO_OLD_S)) if incident.fix_at and not why else None,
    )


def _likely(found: Location) -> list[tuple[str, float | None]]:
    """The zones that a circle touches, the likeliest first, with their shares; the first is not always the point's own."""
    if found.probability is None:
        return [(found.zone, None)] if found.zone else []
    near = [(found.zone, found.probability), *((n.zone, n.probability) for n in found.neighbours)]
    return [(zone, share) for zone, share in sorted(near, key=lambda one: -one[1]) if zone and share >= LEAST]


def _named(incident: Incident, alone: tuple[Option, ...], now: datetime) -> dict[str, Any]:
    """What a place in words decides when there is no position: who raised the alarm named it, and with it the zone."""
    if incident.fix is not None or not (incident.place and incident.zone):
        return {"why": "no_fix"}
    if not alone[0].free:
        return {"why": "excluded" if alone[0].excluded else "no_fix"}
    until = incident.pressed_at + timedelta(seconds=TOO_OLD_S)
    if now > until:
        return {"why": "named_long_ago"}
    return {"preselected": alone[0].zone, "note": "named", "until": milliseconds(until)}


def _next(fix: Fix, case: Case | None, places: Places, refused: Mapping[str, str]) -> tuple[Option, ...]:
    """The zones nearest to a position that may be asked and did not refuse, likeliest first; the circle gives them no share."""
    for radius in WIDER_M:
        found = places.locate(Fix(fix.lat, fix.lon, max(radius, fix.radius or 0.0)))
        around = [_option(n.zone, None, case, places, refused) for n in found.neighbours] if found is not None else []
        if free := tuple(option for option in around if option.free):
            return free[:3]
    return ()


def _option(zone: str, share: float | None, case: Case | None, places: Places, refused: Mapping[str, str]) -> Option:
    reason = case.excluded_zone(zone) if case else None
    return Option(
        zone=zone, name=places.zone_name(zone), share=share, excluded=reason or "", declined=refused.get(zone)
    )


def _against(incident: Incident, found: object, options: tuple[Option, ...], now: datetime) -> tuple[Why, Why]:
    """What forbids preselecting, and what only needs saying."""
    at, fix = incident.fix_at, incident.fix
    if at is None or (now - at).total_seconds() > TOO_OLD_S:
        return "too_old", ""
    if not getattr(found, "inside", False):
        return "outside", ""
    if options and options[0].excluded:
        return "excluded", ""
    if options and options[0].share is None:
        radius = fix.radius if fix else None
        return ("wide", "") if radius else ("", "no_circle")
    return "", ""
