"""Rooms are layers: every import runs down one table, and each rule is seen to find what it forbids in a made-up tree."""

from collections.abc import Iterator

import pytest
from panel.io.server import WSHandler

from tests.rules.house import (
    COMPAT,
    classes,
    cycles,
    foreign,
    hooked,
    loose,
    mutual,
    overridden,
    parsed,
    patched,
    private,
    reached_through,
    sources,
    strangers,
    tracked,
    upward,
    wired,
)
from tests.rules.house import ROOT as HOUSE

PYTHON = sources("*.py")
SCRIPTS = sources("*.js")


@pytest.fixture(autouse=True, scope="module")
def no_tree_is_kept() -> Iterator[None]:
    """The trees of all files are some 200 MB."""
    yield
    parsed.cache_clear()


def test_every_name_at_the_top_is_a_room() -> None:
    assert not strangers(path.relative_to(HOUSE).as_posix() for path in tracked("*.py", "*.js"))
    assert strangers(["garden/shed.py"]) == {"garden"}


def test_every_import_runs_down_the_table_of_rooms() -> None:
    assert not upward(PYTHON)
    assert upward({"incidents/desk.py": "from dashboard import consoles"})
    assert upward({"feeds/gateway.py": "def f():\n    import maps.zones"})
    assert upward({"training/room.py": "from centre import runtime", "centre/runtime.py": ""})


def test_no_room_knows_a_library_that_is_not_its_business() -> None:
    kept = {
        path: text
        for path, text in PYTHON.items()
        if path not in ("dashboard/access/accounts.py", "dashboard/access/schema.py")
    }  # the pages' one file
    assert not foreign(kept)
    assert foreign({"incidents/table.py": "import pandas as pd"})


@pytest.mark.parametrize("tree", [PYTHON, SCRIPTS], ids=["python", "javascript"])
def test_no_folder_imports_a_folder_that_imports_it(tree: dict[str, str]) -> None:
    assert not mutual(tree)
    assert not cycles(tree)


def test_mutual_imports_and_cycles_would_be_found() -> None:
    made_up = {"feeds/a/one.py": "from feeds.b import two", "feeds/b/two.py": "import feeds.a.one"}
    assert mutual(made_up) == ["feeds/a and feeds/b"] and cycles(made_up)
    scripts = {"dashboard/a/one.js": 'import { x } from "../b/two.js";', "dashboard/b/two.js": 'import "../a/one.js";'}
    assert mutual(scripts) == ["dashboard/a and dashboard/b"] and cycles(scripts)


def test_private_names_of_libraries_stand_in_one_file() -> None:
    assert not private(PYTHON)
    assert private({"dashboard/server.py": "server._tornado"}) and private({"centre/x.py": "from bokeh.io import _y"})
    assert not private({COMPAT: "server._tornado"})


def test_no_class_redefines_a_private_name_of_a_library() -> None:
    assert not overridden(classes(PYTHON))

    class Line(WSHandler):
        async def _handle(self, message: object) -> None: ...

    assert overridden([Line]) == [f"{__name__}.{Line.__qualname__}._handle"]


def test_no_type_hides_a_cycle() -> None:
    assert not loose(PYTHON)
    for loose_type in ("Any", "Callable[[], Any]"):
        assert loose({"dashboard/a.py": f"def f(session: {loose_type}): ..."}) == ["dashboard/a.py:1 session"]
        assert loose({"dashboard/a.py": f"self._session: {loose_type} = made"}) == ["dashboard/a.py:1 _session"]


def test_a_centre_is_wired_in_one_place() -> None:
    assert not wired(PYTHON)
    assert wired({"bench/x.py": "desk = Desk(log)"}) and not wired({"centre/assembly.py": "desk = Desk(log)"})
    assert wired({"centre/x.py": "feed = subscriber.Subscriber(url)"})


def test_no_part_of_the_core_is_finished_from_outside() -> None:
    assert not patched(PYTHON)
    drills = "class Drills:\n    def __init__(self):\n        self.green = None\n"
    assert patched({"incidents/d.py": drills, "centre/r.py": "self.desk.drills.green = good"})
    assert patched({"incidents/d.py": drills, "centre/r.py": "drills.green, other = good, bad"})
    assert not patched({"incidents/d.py": drills, "centre/r.py": "print(drills.green); self.green = drills"})


def test_who_is_called_back_is_an_argument_or_listens_by_itself() -> None:
    assert not hooked(PYTHON)
    part = "class Part:\n    def __init__(self):\n        self.left: Callable[[], None] = lambda: None\n"
    assert hooked({"dashboard/p.py": part, "dashboard/q.py": "known.left = self._left"}) == [
        "dashboard/q.py known.left"
    ]
    assert hooked({"centre/r.py": "signins.listen(self.consoles.stood)"})
    assert not hooked({"dashboard/p.py": part, "centre/r.py": "self._signins.listen(self._stood)"})


def test_the_desk_is_the_only_door() -> None:
    assert not reached_through(PYTHON)
    assert reached_through({"centre/x.py": "log = consoles.desk.recorder.log"}) == [
        "centre/x.py:1 consoles.desk.recorder.log"
    ]
    assert not reached_through({"centre/x.py": "desk.board.incidents; self._desk.clock.now()"})
