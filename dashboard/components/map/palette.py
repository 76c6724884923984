"""The map's colours and shapes: one palette a theme, one shape a state, so that colour never speaks alone."""

from typing import Final, Literal

import msgspec

from dashboard.shell.template import Theme
from incidents.incident import State


class Palette(msgspec.Struct, frozen=True):
    """The colours of one theme. Text on `label` has at least 4.5:1, the lines that matter on `land` 3:1."""

    ground: str
    land: str
    line: str
    province: str
    name: str
    label: str
    text: str
    edge: str
    focus: str
    press: str
    acknowledged: str
    routed: str
    scene: str
    place: str
    unit_free: str
    street: str
    road: str
    rail: str
    water: str
    street_name: str


PALETTES: Final[dict[Theme, Palette]] = {
    "dark": Palette(
        ground="#0e1216",
        land="#171d24",
        line="#4a5766",
        province="#7c8b9c",
        name="#94a1af",
        label="#12161b",
        text="#e8ecf0",
        edge="#12161b",
        focus="#ffffff",
        press="#fb764a",
        acknowledged="#e8ecf0",
        routed="#29a9ff",
        scene="#2ed5a4",
        place="#94a1af",
        unit_free="#9aa6b4",
        street="#2f3a46",
        road="#3e4c5b",
        rail="#57505f",
        water="#1d3547",
        street_name="#aab5c1",
    ),
    "light": Palette(
        ground="#dfe4e9",
        land="#f7f8f9",
        line="#a3adb8",
        province="#6b7785",
        name="#566270",
        label="#ffffff",
        text="#161b21",
        edge="#ffffff",
        focus="#000000",
        press="#c92d00",
        acknowledged="#161b21",
        routed="#1c4e75",
        scene="#0b7053",
        place="#566270",
        unit_free="#556271",
        street="#cdd5de",
        road="#b4c0cd",
        rail="#b9aebb",
        water="#bcd6e8",
        street_name="#4a5562",
    ),
}


def exchanged(before: Palette, after: Palette) -> dict[str, str]:
    """Each colour of a palette, and what is drawn in its place in another."""
    return dict(zip(msgspec.structs.astuple(before), msgspec.structs.astuple(after), strict=True))


# Bokeh's own diamond is too slim to tell from a triangle at 24 px: a square on its corner is used.
Shape = Literal["triangle", "circle", "diamond", "square"]
SHAPE_OF_STATE: Final[dict[State, Shape]] = {
    "raised": "triangle",
    "acknowledged": "circle",
    "routed": "diamond",
    "accepted": "diamond",
    "en_route": "diamond",
    "on_scene": "square",
    "safe": "square",
}
