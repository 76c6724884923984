"""A test that costs too much, and too many that cost a little, fail the run that they would make too long."""

import pytest
from hypothesis import settings

from tests.budget import ALL_S, EACH_S, FEWER, MORE_S, WHOLE, drawn, over_all, too_much


def test_a_test_may_take_so_much_and_no_more_unless_the_table_says_so() -> None:
    assert too_much("tests/x.py::test_x", EACH_S) == ""
    assert "mark the whole one `prove`" in too_much("tests/x.py::test_x", EACH_S + 0.1)
    for nodeid, may_s in MORE_S.items():
        assert too_much(nodeid, may_s) == "" != too_much(nodeid, may_s + 0.1)


def test_all_together_may_take_so_much() -> None:
    assert over_all({"a": ALL_S}) == "" != over_all({"a": ALL_S, "b": 0.1})


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
