"""The map's words by key: neither its scripts nor its drawing code hold any of their own."""

from collections.abc import Callable, Mapping

Words = Mapping[str, str]


def words(_: Callable[[str], str]) -> dict[str, str]:
    """All words of the map in the translator's language."""
    return {
        "map": _("Map"),
        "all": _("All Belgium"),
        "follow": _("Follow"),
        "layers": _("Layers"),
        "window": _("Map in its own window"),
        "layer_names": _("Zone names"),
        "layer_units": _("Units"),
        "layer_places": _("Places of the case"),
        "layer_trail": _("Trail"),
        "layer_legend": _("Legend"),
        "layer_streets": _("Streets"),
        "no_streets": _("No streets are loaded for this place. Who runs Vigie can add them."),
        "bad_streets": _("No streets: their file can't be read. Tell who runs Vigie."),
        "layer_basemap": _("Street map"),
        "legend": _("Legend"),
        "triangle": _("press"),
        "circle": _("acknowledged"),
        "diamond": _("routed"),
        "square": _("on scene"),
        "unit": _("unit"),
        "protected": _("protected place"),
        "may_be_wrong": _("may be wrong"),
        "last_sure": _("{name}: last sure place"),
        "guess": _("guess"),
        "stood": _("stood {span}"),
        "leave": _("Leave {name}"),
        "placing": _("Click the place on the map"),
        "off_map": _("{name}, {distance} away, off the map: go there"),
        "open_n": _("{n} open"),
        "in_view_n": _("{n} open in view"),
        "nobody_n": _("{n} nobody has"),
        "without_position": _("{n} without a position"),
        "named": _("no position, named by who raised it"),
        "outside": _("Outside Belgium"),
        "zone": _("PZ {name}"),
        "from_zone": _("{distance} from {zone}"),
        "s": _("{n} s"),
        "min": _("{n} min"),
        "h_min": _("{h} h {m}"),
        "days": _("{n} d {h} h"),
        "by_hand": _("by hand"),
        "no_device": _("no device"),
        "available": _("available"),
        "assigned": _("assigned"),
        "en_route": _("en route"),
        "on_scene": _("on scene"),
        "off": _("off duty"),
        "clock_wrong": _("its clock is wrong"),
    }
