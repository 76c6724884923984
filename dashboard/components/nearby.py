"""What lies nearest to a position, as a dispatcher says it: always "near", with the radius. How much is said is the map's."""

from collections.abc import Callable
from functools import lru_cache

import msgspec

from dashboard.components.map.labels import length
from maps.addresses.near import Near, Street
from reports.locale_formats import formats

SIDES = 8


class Spoken(msgspec.Struct, frozen=True):
    """A place as it is said aloud: its `words` in full, of them the `names` that are spelled. Empty while it is not known."""

    words: str = ""
    names: tuple[str, ...] = ()


class Address(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where she is, at a glance: `name`, after the words that say that it is only `near` it, "" of what a person named.

    `other` are its streets in their people's other language; `by_map` says that no address is known there.
    """

    near: str = ""
    name: str
    other: str = ""
    town: str = ""
    by_map: str = ""
    apart: str = ""


@lru_cache(maxsize=4096)  # each page's row says it anew
def near_words(
    near: Near, _: Callable[[str], str], language: str = "", *, short: bool = False, sure: bool = True
) -> str:
    """One line: "near Veldstraat 12 (the nearest number), Gent · 20 m NE of it · ± 12 m"; `short`, for who sees it beside a map,
    "near Veldstraat 12, Gent · 20 m NE · ± 12 m".

    Where two languages are the people's own, both names stand there, the one in `language` ("nl", "fr", "de") first. The
    coordinates, which always go with it, are the caller's. Without `sure` the radius, which is then nobody's fix, is left out.
    """
    if near.kind == "outside":
        where, apart = _("outside Belgium"), ""
    else:
        where = ", ".join(
            part for part in (_named(near, _, language, short=short), _town_of(near, language, short)) if part
        )
        apart = _apart(near, _, short)
    radius = (
        _("accuracy unknown")
        if near.radius_m is None
        else _("± {m}").format(m=length(near.radius_m, formats(_).decimal))
    )
    if short:  # what is read at a glance does not break: "±" at the end of a line says nothing
        apart, radius = (part.replace(" ", "\u00a0") for part in (apart, radius))
    return " · ".join(part for part in (where, apart, radius if sure else "") if part)


def names_of(near: Near, language: str = "") -> tuple[str, ...]:
    """What is spelled of the words: each street by the name that stands first and its number, else the quarter, else the town."""
    streets = [_both(street, language).partition(" / ")[0] for street in near.streets]
    names = (
        (*streets, near.number) if streets else near.quarter[:1] or (_town(near, language, True).partition(" / ")[0],)
    )
    return tuple(name for name in names if name)


def side(bearing_deg: float, _: Callable[[str], str]) -> str:
    """The nearest of eight sides of the sky for a bearing in degrees from north, clockwise."""
    sides = (_("N"), _("NE"), _("E"), _("SE"), _("S"), _("SW"), _("W"), _("NW"))
    return sides[round(bearing_deg * SIDES / 360) % SIDES]


def address(near: Near, _: Callable[[str], str], language: str = "") -> Address:
    """Where it is at a glance, in the language that its people and the reader share, else in the first of its people's."""
    if near.kind == "outside":
        return Address(name=_("outside Belgium"))
    streets = [_names(street, language) for street in near.streets]
    first = [names[0] for names in streets]
    match near.kind:
        case "number":
            name = f"{first[0]} {near.number}"
        case "two_streets":
            name = _("{street} or {other}").format(street=first[0], other=first[1])
        case "quarter":  # how far it is from its middle, not from the town's
            name = f"{' / '.join(near.quarter)}, {_town(near, language, True)}"
        case _:
            name = first[0] if first else _town(near, language, True)
    return Address(
        near=_("near"),
        name=name,
        other=" · ".join(" / ".join(names[1:]) for names in streets if len(names) > 1),
        town=_town_of(near, language, True) if near.streets else "",
        by_map=_("by the map") if near.drawn else "",
        apart=_apart(near, _, True).replace(" ", "\u00a0"),
    )


def _named(near: Near, _: Callable[[str], str], language: str, *, short: bool) -> str:
    """What it is near to: a number, a street or two, a quarter, else its town."""
    names = [_both(street, language) for street in near.streets]
    match near.kind:
        case "number":
            named = _("near {street} {number}") if short else _("near {street} {number} (the nearest number)")
            return named.format(street=names[0], number=near.number)
        case "street":
            return (_("near {street} (by the map)") if near.drawn else _("near {street}")).format(street=names[0])
        case "two_streets":
            named = _("near {street} or {other} (by the map)") if near.drawn else _("near {street} or {other}")
            return named.format(street=names[0], other=names[1])
        case "quarter":
            return _("near {quarter}").format(quarter=" / ".join(near.quarter))
    return _("near {town}").format(town=_town(near, language, short))


def _town_of(near: Near, language: str, short: bool) -> str:
    """Its municipality, where what it is near to is not that itself."""
    return _town(near, language, short) if near.kind in ("number", "street", "two_streets", "quarter") else ""


def _apart(near: Near, _: Callable[[str], str], short: bool) -> str:
    """How far the position is from what is named, and on which side of it; of a middle in the circle nobody knows that."""
    if near.distance_m is None or near.bearing_deg is None or near.distance_m < 1:
        return ""
    if not near.streets and near.distance_m <= (near.radius_m or 0.0):
        return ""
    of_street = _("{m} {side}") if short else _("{m} {side} of it")
    named = of_street if near.streets else _("{m} {side} of its middle")
    return named.format(m=length(near.distance_m, formats(_).decimal), side=side(near.bearing_deg, _))


def _town(near: Near, language: str, short: bool) -> str:
    """A municipality as its people say it, which is what is said on the radio: where two languages are theirs, the reader's name
    first; in full, what the reader calls it in brackets."""
    called = getattr(near.town, language, "")
    names = near.municipality.split(" / ")
    if not called or called == near.municipality:
        return near.municipality
    if called in names:
        return " / ".join([called, *(name for name in names if name != called)])
    return near.municipality if short else f"{near.municipality} ({called})"


def _both(street: Street, language: str) -> str:
    return " / ".join(_names(street, language))


def _names(street: Street, language: str) -> tuple[str, ...]:
    """What its people call a street, in the reader's language first."""
    own = getattr(street, language, "")
    return tuple(dict.fromkeys(name for name in (own, *street.local) if name))
