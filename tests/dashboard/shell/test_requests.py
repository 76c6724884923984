"""What a page asks for reaches its one handler, and nothing that a browser can say keeps a page from what is said next."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.operator.session import Session
from dashboard.shell.session import PageSession
from dashboard.supervisor.session import SupervisorSession
from dashboard.technician.session import BenchSession
from dashboard.trainer.session import TrainerSession
from dashboard.zone.order_map import OrderMaps
from dashboard.zone.session import ZoneSession
from maps.store import SHIPPED
from maps.streets.street_file import Streets
from tests.dashboard.conftest import House, Paper

PAGES = (Session, SupervisorSession, ZoneSession, BenchSession, TrainerSession)
ANYTHING = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=4), st.lists, max_leaves=4)


@pytest.mark.parametrize("page", PAGES)
@given(said=ANYTHING)
def test_a_field_that_does_not_fit_counts_as_unsaid(page: type[PageSession[Any]], said: object) -> None:
    for name, handler in page.requests.items():
        asked = {"do": name} | dict.fromkeys((*handler.types, "self", "strict"), said)
        facts = handler.facts(asked, strict=False)
        assert handler.rest or facts.keys() == handler.types.keys()
        handler.method(None, **facts).close()


async def test_a_page_answers_what_its_base_does_but_for_what_it_leaves_out(house: House) -> None:
    assert {"hello", "beat", "touch", "lock"} <= set.intersection(*(set(page.requests) for page in PAGES))
    assert set(Session.requests) - set(SupervisorSession.requests) == {"select", "search"}
    paper = Paper()
    session = ZoneSession(house.consoles, paper, "", OrderMaps(Streets, SHIPPED))
    for sent in ("[" * 60_000, '{"do": "select"}', '{"do": "beat", "n": "x"}', '{"do": "beat", "n": 7}'):
        session.take(sent)
    session.take(json.dumps({"do": "command", "command": [], "typed": 3}))
    for task in tuple(session._tasks):
        await task
    answer = {"id": "", "ok": False, "code": "locked"}
    assert (await paper.turn())["replies"] == [{"beat": 7}, {"answer": answer}]
    session.end()
