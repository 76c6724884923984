"""`make prove`: every proof in its whole form, and the benches; writes docs/reliability.md from what they measured.

A proof tells its figures with `record_testsuite_property("what", value)`.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"


def main() -> int:
    """Run everything marked `prove`, the tests of drawn examples, the bench. Returns 1 when one or a binding budget failed."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        proofs = _tests("prove", f"--junitxml={results}")
        tree = ET.parse(results)
    drawn = _tests("hypothesis and not prove")
    bench = subprocess.run(
        [sys.executable, "app.py", "bench", "--json"], cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True
    )
    PAGE.write_text(page(tree, json.loads(bench.stdout)), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")  # noqa: T201
    return 1 if proofs or drawn or bench.returncode else 0


TOLD = {
    "answered": "messages answered",
    "recorded": "presses in the log",
    "lost": "lost",
    "twice": "twice",
    "without_s": "longest without an answer, s",
}


def by_fault(figures: Mapping[str, str]) -> list[str]:
    """The table of the faults of a cluster: what each came to, by the log itself."""
    faults: dict[str, dict[str, str]] = {}
    for name, value in figures.items():
        fault, what = _of_fault(name)
        if what in TOLD:
            faults.setdefault(fault, {})[what] = value
    if not faults:
        return []
    lines = ["", "## Faults of a cluster", "", f"| fault | {' | '.join(TOLD.values())} |", f"|---|{'---|' * len(TOLD)}"]
    return lines + [f"| {fault} | {' | '.join(of.get(what, '') for what in TOLD)} |" for fault, of in faults.items()]


def _of_fault(name: str) -> tuple[str, str]:
    fault, _, what = name.rpartition(": ")
    return fault, what


def _tests(marked: str, *words: str) -> int:
    """Run the tests that are marked so, each of drawn examples on all of them; pytest's exit code."""
    whole = ("--hypothesis-profile=prove", "-o", "asyncio_debug=false")
    command = [sys.executable, "-m", "pytest", "-m", marked, *whole, *words, *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def page(tree: ET.ElementTree, rows: list[dict[str, object]]) -> str:
    """The document: each proof with its verdict and seconds, the figures, the benches."""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    lines = [
        "# Reliability",
        "",
        f"Written by `make prove` on {datetime.now(UTC):%d %B %Y} ({machine}). Run it to write it anew.",
        "",
        "## Proofs",
        "",
        "| what was proved | verdict | seconds |",
        "|---|---|---|",
    ]
    for case in sorted(tree.iter("testcase"), key=lambda one: one.get("classname", "")):
        failed = any(case.find(kind) is not None for kind in ("failure", "error"))
        skipped = case.find("skipped") is not None
        name = (case.get("name") or "").removeprefix("test_").replace("_", " ")
        verdict = "FAILED" if failed else "skipped" if skipped else "holds"
        lines.append(f"| {name} | {verdict} | {float(case.get('time') or 0):.0f} |")
    figures = {str(figure.get("name")): str(figure.get("value")) for figure in tree.iter("property")}
    lines += by_fault(figures)
    lines += ["", "## Figures", "", "| what | value |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in figures.items() if _of_fault(name)[1] not in TOLD]
    lines += [
        "",
        "## Budgets",
        "",
        "Ratios bind; milliseconds are targets on an idle machine. Medians of rounds, each beside its baseline in the same run.",
        "",
        "| what | value | unit | baseline | ratio | budget | |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        baseline = "" if row["baseline"] is None else f"{row['baseline']:.4g}"
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        verdict = ("ok" if row["ok"] else "MISSED") if row["binding"] else "target"
        lines.append(
            f"| {row['name']} | {row['value']:.4g} | {row['unit']} | {baseline} | {ratio} | {row['budget']} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
