"""Colour says one thing: two that say something else look apart to every eye (CIEDE2000), on the map as in the queue."""

import re
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from pathlib import Path

import pytest

from dashboard.components.map.palette import PALETTES
from dashboard.shell import bundle

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

# What a press, a doubt, an acknowledged alarm, an order, a patrol on the scene, a technical alarm and what can kill are drawn in.
SAYS = ("press", "ack", "text", "routed", "scene", "tech", "danger")
APART = 10.0
# Of linear sRGB, at full severity: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", IEEE TVCG 15 (6), 2009, table 1.
EYES: dict[str, Matrix] = {
    "most people's": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "a deuteranope's": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "a tritanope's": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# sRGB to CIE XYZ, D65 (IEC 61966-2-1), and its white.
XYZ: Matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE: Triple = (0.95047, 1.0, 1.08883)


def times(matrix: Matrix, vector: Triple) -> Triple:
    first, second, third = (sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def lab(colour: str, eyes: Matrix) -> Triple:
    """What these eyes see of `#rrggbb`, in CIELAB."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    r, g, b = times(eyes, (red, green, blue))
    seen = times(XYZ, (min(1, max(0, r)), min(1, max(0, g)), min(1, max(0, b))))
    x, y, z = (
        t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
        for t in (v / w for v, w in zip(seen, WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: Triple, other: Triple) -> float:
    """CIEDE2000: Sharma, Wu, Dalal, Color Research and Application 30 (1), 2005. Of two that both have a hue."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    more = 1.5 - 0.5 * sqrt(mean**7 / (mean**7 + 25**7))
    c1, c2 = hypot(more * a1, b1), hypot(more * a2, b2)
    h1, h2 = degrees(atan2(b1, more * a1)) % 360, degrees(atan2(b2, more * a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    hue = (h1 + turn / 2) % 360
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    by_light = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2))
    by_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    by_hue = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * t)
    turned = -2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt(by_light**2 + by_chroma**2 + by_hue**2 + turned * by_chroma * by_hue)


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme that say something."""
    sheet = Path(bundle.__file__).with_name("theme.css").read_text(encoding="utf-8")
    found = re.search(
        r":root\[data-theme=\"light\"\] \{(.*?)\}" if theme == "light" else r":root \{(.*?)\}", sheet, re.S
    )
    assert found
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", found[1]))
    return {name: named[name] for name in SAYS}


# Of the pairs that the paper publishes (table 1), those that try its branches.
@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0009), 7.1792),
        ((50.0, -0.0010, 2.4900), (50.0, 0.0009, -2.4900), 4.8045),
        ((50.0, 2.5000, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_is_the_published_one(one: Triple, other: Triple, published: float) -> None:
    assert apart(one, other) == pytest.approx(published, abs=0.0001)


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("eyes", EYES)
def test_no_two_colours_that_say_something_else_look_alike(theme: str, eyes: str) -> None:
    seen = {name: lab(colour, EYES[eyes]) for name, colour in tokens(theme).items()}
    pairs = {pair: apart(seen[pair[0]], seen[pair[1]]) for pair in combinations(SAYS, 2)}
    assert not {pair: round(by, 1) for pair, by in pairs.items() if by < APART}


@pytest.mark.parametrize("theme", PALETTES)
def test_a_mark_has_the_colour_of_its_row(theme: str) -> None:
    page, marks = tokens(theme), PALETTES[theme]  # type: ignore[index]
    assert (marks.press, marks.acknowledged, marks.routed, marks.scene) == (
        page["press"],
        page["text"],
        page["routed"],
        page["scene"],
    )
