"""The rules of the house, looked up in the tree itself."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {
    "incidents": set(),
    "maps": set(),
    "reports": {"incidents"},
    "feeds": {"incidents"},
    "dashboard": {"incidents", "maps", "reports"},
}
ALL = {
    "aggregate",
    "app",
    "bench",
    "buttons",
    "centre",
    "commandline",
    "dashboard",
    "degraded",
    "demo",
    "devices",
    "evidence",
    "feeds",
    "incidents",
    "lookups",
    "maps",
    "notes",
    "reporting",
    "reports",
    "serving",
    "settings",
    "tests",
    "training",
    "users",
}
FOREIGN = {  # what a room must not know at all
    "incidents": {"panel", "bokeh", "tornado", "websockets", "geopandas", "shapely", "pyproj"},
    "maps": {"panel", "bokeh", "tornado", "websockets", "sqlite3"},
    "feeds": {"panel", "bokeh", "geopandas", "shapely", "pyproj"},
    "reports": {"panel", "bokeh", "tornado", "websockets", "geopandas", "shapely", "pyproj", "sqlite3"},
    "dashboard": {"sqlite3", "websockets", "geopandas"},
}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        others = imported(path) & ALL - {room}
        assert others <= ROOMS[room], f"{path.relative_to(ROOT)} imports {others - ROOMS[room]}"


@pytest.mark.parametrize("room", FOREIGN)
def test_a_room_does_not_know_what_is_not_its_business(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        if path == ROOT / "dashboard" / "access" / "accounts.py":
            continue  # the one file of the pages' own
        assert not imported(path) & FOREIGN[room], f"{path.relative_to(ROOT)} imports {imported(path) & FOREIGN[room]}"


def test_incidents_touches_files_only_in_the_log_and_the_case_register() -> None:
    for path in (ROOT / "incidents").glob("*.py"):
        if path.name == "cases.py":
            continue
        assert not imported(path) & {"os", "pathlib", "sqlite3", "socket", "http", "urllib"}, path.name


def test_no_file_is_longer_than_about_four_hundred_lines() -> None:
    long = {
        path.relative_to(ROOT): lines
        for path in tracked("*.py", "*.js", "*.css")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 420
    }
    assert not long


def test_conda_and_pip_name_the_same_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {*project["project"]["dependencies"], *project["dependency-groups"]["test"]}
    wanted |= {*project["dependency-groups"]["zones"]}
    listed = set(re.findall(r"^ +- ([a-z0-9-]+[=<>].*)$", (ROOT / "environment.yml").read_text(encoding="utf-8"), re.M))
    assert listed - {f"python{project['project']['requires-python']}"} == wanted


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock", "requirements-zones.lock"])
def test_a_lock_holds_names_versions_and_hashes_only(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text and "index" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9.-]+==\S+", block), block
        assert "--hash=sha256:" in block


def test_the_lock_names_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    assert {re.match(r"[a-z0-9-]+", name).group() for name in project["project"]["dependencies"]} <= locked  # type: ignore[union-attr]


def test_nothing_a_page_loads_comes_from_elsewhere() -> None:
    remote = re.compile(r"(src|href|import|from|url\()[^#\n]{0,20}https?://")
    for path in tracked("dashboard/*"):
        if path.suffix in (".js", ".css", ".html", ".py"):
            assert not remote.search(path.read_text(encoding="utf-8")), path.name


def test_no_text_becomes_html() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|pane\.HTML|\|\s*safe\b")
    for path in tracked("dashboard/*"):
        if path.suffix in (".js", ".py", ".html"):
            assert not forbidden.search(path.read_text(encoding="utf-8")), path.name


def test_those_who_listen_are_told_by_the_one_helper_that_no_fault_of_theirs_passes() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{loop.lineno}"
        for path in tracked("*.py")
        if path.relative_to(ROOT).parts[0] != "tests" and path != ROOT / "incidents" / "telling.py"
        for loop in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(loop, ast.For)
        for told in loop.body
        # A call for its own sake of what the loop goes over; what it answers is wanted of no listener.
        if isinstance(told, ast.Expr) and isinstance(told.value, ast.Call) and isinstance(told.value.func, ast.Name)
        and told.value.func.id in {name.id for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
    ]  # fmt: skip
    assert not bare
