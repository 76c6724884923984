"""A figure that people read is rounded by the one function of its language; what rounds beside it draws, or tells a length."""

import re
from collections import Counter

from tests.rules.house import sources

OWN = re.compile(r"\.toFixed\(|:\.[0-3]?[f%]\}|%\.\d+f")
# Coordinates of a drawing or of a place, a length in kilometres, and milliseconds of a wire.
BESIDE = {
    "dashboard/components/case/facts.js": 2,
    "dashboard/components/map/geometry.js": 1,
    "dashboard/components/map/labels.py": 2,
    "dashboard/components/map/panels.js": 1,
    "dashboard/shell/format.js": 1,
    "dashboard/supervisor/review/days.js": 1,
    "dashboard/supervisor/review/dots.js": 2,
    "dashboard/supervisor/review/ecdf.js": 1,
    "dashboard/supervisor/review/heat.js": 1,
    "dashboard/technician/handout.py": 1,
    "dashboard/technician/signal.js": 2,
    "dashboard/trainer/debrief/view.py": 1,
}


def found(texts: dict[str, str]) -> dict[str, int]:
    return Counter(path for path, text in texts.items() for line in text.splitlines() if OWN.search(line))


def test_no_page_and_no_report_rounds_a_figure_by_itself() -> None:
    told = found(
        {
            **sources("dashboard/*.js"),
            **sources("dashboard/*.py"),
            **sources("dashboard/*.html"),
            **sources("reports/*.py"),
        }
    )
    assert told == BESIDE


def test_a_figure_rounded_by_itself_would_be_found() -> None:
    lines = ["s.toFixed(1)", 'f"{seconds:.1f} s"', 'f"{share:.0%}"', '"%.1f" | format(ms)']
    assert found({str(n): line for n, line in enumerate(lines)}) == {str(n): 1 for n in range(4)}
