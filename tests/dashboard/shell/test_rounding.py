"""A figure is the same text on a page and in a report: one function in Python, one in JavaScript, and here both of them."""

import json
import random
import subprocess
from math import nextafter
from pathlib import Path

import pytest

from reports.locale_formats import Formats, formats_of, rounded

ENGLISH, FRENCH = formats_of("en"), formats_of("fr")
SCRIPT = Path(__file__).parents[3] / "dashboard" / "shell" / "rounding.js"
WRITTEN = f"""
import {{ readFileSync }} from "node:fs";
import {{ lasted, limit, percent, tenths, writeDecimals }} from {json.dumps(SCRIPT.as_uri())};
const {{ asked, decimal }} = JSON.parse(readFileSync(0, "utf8"));
writeDecimals(decimal);
console.log(JSON.stringify(asked.map((one) => [lasted(one), limit(one), percent(one), tenths(one)])));
"""


def halves() -> list[float]:
    """Where two ways of rounding part: halves of the last digit, their neighbours, and what lies about a minute or an hour."""
    chance = random.Random(7)
    found = [0.0, 0.05, 0.25, 6.25, 59.95, 540.5, 538.5, 3599.5, 3600.0, 86399.5, 0.0625, 0.8265, 0.9995, 2.5, 1.005]
    found += [n / 8 for n in range(700)] + [n + 0.5 for n in range(590, 610)]
    found += [chance.lognormvariate(3, 3) for _ in range(2000)] + [chance.randrange(10**7) / 1000 for _ in range(2000)]
    found += [near for one in tuple(found) for near in (nextafter(one, 0), nextafter(one, 1e9))]
    return [*found, *(-one for one in found)]


@pytest.mark.parametrize("written", [ENGLISH, FRENCH])
def test_a_page_and_a_report_write_every_figure_alike(written: Formats) -> None:
    asked = halves()
    run = ["node", "--input-type=module", "-e", WRITTEN]
    given = json.dumps({"asked": asked, "decimal": written.decimal})
    told = subprocess.run(run, input=given, capture_output=True, check=True, text=True, timeout=60)
    page = json.loads(told.stdout)
    ways = (written.lasted, written.limit, written.percent, written.tenths)
    report = [[way(one) for way in ways] for one in asked]
    differ = [(one, *pair) for one, *pair in zip(asked, page, report, strict=True) if pair[0] != pair[1]]
    assert not differ, differ[:5]


def test_a_half_is_rounded_away_from_zero_and_nothing_twice() -> None:
    assert [ENGLISH.lasted(s).replace("\u00a0", " ") for s in (6.25, 59.95, 59.949, 540.5, -0.04, None)] == [
        "6.3 s",
        "1:00",
        "59.9 s",
        "9:01",
        "0.0 s",
        "–",
    ]
    assert [ENGLISH.limit(s).replace("\u00a0", " ") for s in (10, 7.5, 539)] == ["10 s", "7.5 s", "8:59"]
    assert [ENGLISH.percent(share).replace("\u00a0", " ") for share in (0.0625, 1.0)] == ["6.3 %", "100.0 %"]
    assert [rounded(x) for x in (2.5, -2.5, 2.4)] == [3, -3, 2]
