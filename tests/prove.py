"""`make prove`: every proof in its whole form, and the benches; writes docs/reliability.md from what they measured.

A proof tells its figures with `record_testsuite_property("what", value)`. It takes hours: what a file of proofs came to is kept
in `build/prove` until the page is written, so that a run of the same commit that was cut off goes on.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"
KEPT = ROOT / "build" / "prove"
WHOLE = ("--hypothesis-profile=prove", "-o", "asyncio_debug=false")


def main() -> int:
    """Run everything marked `prove`, the tests of drawn examples, the bench. Returns 1 when one or a binding budget failed."""
    commit = subprocess.run(
        ("git", "describe", "--always", "--dirty"), cwd=ROOT, check=True, capture_output=True, text=True
    )
    kept = KEPT / commit.stdout.strip()
    kept.mkdir(parents=True, exist_ok=True)
    proofs = ET.Element("testsuites")
    for file in _files():
        result = kept / f"{file.replace('/', '.')}.xml"
        if not result.exists():
            if (code := _tests("prove", f"--junitxml={result}.new", file)) > 1:
                return code  # cut off, or not even collected: no verdict
            Path(f"{result}.new").rename(result)
        proofs.extend(ET.parse(result).getroot())
    failed = [str(case.get("name")) for case in proofs.iter("testcase") if _failed(case)]
    failed += ["the tests of drawn examples"] if _tests("hypothesis and not prove") else []
    bench = subprocess.run(
        [sys.executable, "app.py", "bench", "--json"], cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True
    )
    failed += ["bench"] if bench.returncode else []
    PAGE.write_text(page(proofs, json.loads(bench.stdout)), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")  # noqa: T201
    shutil.rmtree(KEPT)
    print("\n".join(f"FAILED: {one}" for one in failed))  # noqa: T201
    return 1 if failed else 0


def _files() -> list[str]:
    """Where proofs stand."""
    told = _pytest("--collect-only", "-qq", "-m", "prove", stdout=subprocess.PIPE)
    told.check_returncode()
    return sorted({line.split(":")[0] for line in told.stdout.splitlines() if line.startswith("tests/")})


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
    return _pytest("-m", marked, *WHOLE, *words).returncode


def _pytest(*words: str, stdout: int | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", *words]
    return subprocess.run(command, cwd=ROOT, check=False, stdout=stdout, text=True)


def _failed(case: ET.Element) -> bool:
    return any(case.find(kind) is not None for kind in ("failure", "error"))


def page(tree: ET.Element, rows: list[dict[str, object]]) -> str:
    """The document: each proof with its verdict and seconds, the figures, the benches."""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    lines = [
        "# Reliability",
        "",
        f"Written by `make prove` on {datetime.now(UTC):%d %B %Y} ({machine}). Run it to write it anew.",
        "",
        "## Proofs",
        "",
        "| what was proved | on | verdict | seconds |",
        "|---|---|---|---|",
    ]
    proved = [(case, suite.get("timestamp", "")[:10]) for suite in tree for case in suite.iter("testcase")]
    for case, day in sorted(proved, key=lambda one: one[0].get("classname", "")):
        skipped = case.find("skipped") is not None
        name = (case.get("name") or "").removeprefix("test_").replace("_", " ")
        verdict = "FAILED" if _failed(case) else "skipped" if skipped else "holds"
        lines.append(f"| {name} | {day} | {verdict} | {float(case.get('time') or 0):.0f} |")
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
