"""The version's number has its notes, and nobody numbers a version twice. docs/releasing.md."""

import re
import tomllib
from datetime import date

from tests.processes import ROOT

SECTION = re.compile(r"^## (\S+) \((unreleased|\d{4}-\d\d-\d\d)\)$", re.M)


def problems(changelog: str, version: str) -> list[str]:
    """What is wrong with the sections of a changelog of this version."""
    sections = SECTION.findall(changelog)
    headings = re.findall(r"^## .*$", changelog, re.M)
    found = [f"not a version and its day: {line}" for line in headings if not SECTION.fullmatch(line)]
    if not sections or sections[0][0] != version:
        found.append(f"{version} has no section at the top")
    numbers = [tuple(int(part) for part in name.split(".")) for name, _ in sections]
    found += [] if numbers == sorted(set(numbers), reverse=True) else ["sections are not from the newest to the oldest"]
    found += [f"{name} stands under a newer one and has no day" for name, day in sections[1:] if day == "unreleased"]
    for _, day in sections:
        if day != "unreleased":
            date.fromisoformat(day)
    return found


def test_the_version_has_its_notes() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert not problems((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)


def test_what_would_be_wrong_is_found() -> None:
    assert problems("## 0.1.0 (unreleased)\n", "0.2.0") == ["0.2.0 has no section at the top"]
    assert problems("## 0.2.0\n", "0.2.0") == ["not a version and its day: ## 0.2.0", "0.2.0 has no section at the top"]
    assert problems("## 0.2.0 (unreleased)\n## 0.1.0 (unreleased)\n", "0.2.0")
    assert problems("## 0.1.0 (unreleased)\n## 0.2.0 (2026-12-01)\n", "0.1.0")
    assert not problems("## 0.2.0 (unreleased)\n## 0.1.0 (2026-12-01)\n", "0.2.0")
