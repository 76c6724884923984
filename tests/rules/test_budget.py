"""A test that costs too much, and too many that cost a little, fail the run that they would make too long."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.budget import BELOW_S, EACH_S, FEWER, MORE_S, OWN_S, STARTS, WHOLE, drawn, over_all, too_much
from tests.cost import Cost, Meter, kind_started, table


def test_a_test_may_take_so_much_and_no_more_unless_the_table_says_so() -> None:
    assert too_much("tests/x.py::test_x", EACH_S) == ""
    assert "mark the whole one `prove`" in too_much("tests/x.py::test_x", EACH_S + 0.1)
    for nodeid, may_s in MORE_S.items():
        assert too_much(nodeid, may_s) == "" != too_much(nodeid, may_s + 0.1)


def test_all_together_may_take_and_start_so_much() -> None:
    most = Cost(own_s=OWN_S, below_s=BELOW_S, started=STARTS)
    assert not [*over_all([most])]
    for more in (Cost(own_s=0.1), Cost(below_s=0.1), *(Cost(started={kind: 1}) for kind in (*STARTS, "unheard of"))):
        assert len([*over_all([most, more])]) == 1


def test_what_a_test_starts_is_counted_with_its_processor_time(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    meter = Meter()
    meter.begins()
    subprocess.run([sys.executable, "-c", burn], check=True)
    cost = meter.ends()
    assert cost.started == {"process": 1} and cost.below_s > 0.2 and "below" in "".join(table({"a::b": cost}))
    assert (
        kind_started(["/usr/sbin/nats-server", "-c", "x"]) == "nats-server"
        and kind_started(["app.py", "serve"]) == "desk"
    )


def test_the_table_names_tests_that_there_are(request: pytest.FixtureRequest) -> None:
    for nodeid in MORE_S:
        path, name = nodeid.split("::")
        assert f"def {name}(" in (request.config.rootpath / path).read_text(encoding="utf-8"), nodeid


def test_a_test_draws_fewer_examples_than_make_prove_does() -> None:
    here = settings.get_current_profile_name()
    try:
        settings.load_profile("vigie")
        assert (settings.default.max_examples, drawn(200)) == (WHOLE // FEWER, 200 // FEWER)
        settings.load_profile("prove")
        assert (settings.default.max_examples, drawn(200)) == (WHOLE, 200)
    finally:
        settings.load_profile(here)
