"""Every table of topics there is: what a locked page, or who a case excludes, may not have is sent to neither."""

import importlib
import json
import pkgutil
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
import pytest

import dashboard
from dashboard.access.accounts import Accounts
from dashboard.access.standing import PAGE, Standing
from dashboard.components.map import MapView
from dashboard.map_window.session import MapSession
from dashboard.operator.session import Session
from dashboard.shell.session import PageSession
from dashboard.shell.topics import Mailbox, Topic
from dashboard.supervisor.session import SupervisorSession
from incidents import commands as do
from tests.dashboard.access.test_locked import OWNER, SECRETS, Floor, owned
from tests.dashboard.conftest import House, Paper
from tests.people import dispatcher

LOCKED = Standing(state="locked", why="idle")
TAB = "a" * 32


def tables() -> Iterator[tuple[str, Topic[Any, Any]]]:
    """Every topic of the dashboard, with the module that tells it."""
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        for name, table in vars(importlib.import_module(module.name)).items():
            if isinstance(table, tuple) and table and isinstance(table[0], Topic):
                yield from ((f"{module.name}.{name}", topic) for topic in table)


TOPICS = list(tables())


class Nobody:
    """A page of which nothing may be asked."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"a locked page was asked for its {name}")


@pytest.fixture
async def floor(house: House, accounts: Accounts) -> AsyncIterator[Floor]:
    floor = Floor(house, accounts)
    yield floor
    floor.signins.close_file()


async def secret(house: House) -> str:
    """An alarm that a colleague has, with a note, and a draft about it."""
    incident = await owned(house)
    house.consoles.drafts.keep("Mieke Voorbeeld", TAB, "form note", '["seen before"]')
    return incident.id


def sent(paper: Paper) -> dict[str, str]:
    """All that a page was sent of each topic, replies apart, as text."""
    keys = {key for message in paper.sent for key in message}
    return {key: json.dumps([message.get(key) for message in paper.sent]) for key in keys}


def test_the_tables_are_found_and_no_name_stands_in_two_tables_of_a_page() -> None:
    assert {"drafts", "asks", "detail", "units", "together", "technical", "follows", "training"} <= {
        topic.name for _, topic in TOPICS
    }
    operator = [topic.name for where, topic in TOPICS if "operator" in where or ".shell." in where]
    assert len(operator) == len(set(operator))


@pytest.mark.parametrize(("where", "topic"), [one for one in TOPICS if not one[1].locked])
async def test_what_a_locked_page_may_not_have_is_made_without_asking_the_page(
    house: House, where: str, topic: Topic[Any, Any]
) -> None:
    await secret(house)
    text = str(msgspec.to_builtins(found) if (found := topic.of(Nobody(), house.consoles, LOCKED)) else found)
    assert [word for word in SECRETS if word in text] == [], where


@pytest.mark.parametrize("kind", [Session, SupervisorSession, MapSession])
async def test_a_page_that_is_locked_has_nothing_of_its_topics_that_names_anybody(
    floor: Floor,
    kind: type[Any],
) -> None:
    house, token = floor.house, floor.sign_in("Sofie Proef")
    incident = await secret(house)
    view = (MapView(house.consoles.services.zones, words=str),) if kind is MapSession else ()
    paper = Paper()
    page: Any = kind(house.consoles, paper, *view, token=token)
    page.selected, page._tab = incident, TAB
    await page._hello()
    await paper.turn()
    paper.sent.clear()
    floor.signins.lock(token)
    page.push(urgent=True)
    page._mailbox.forget()
    await paper.turn()
    told = sent(paper)
    for topic in (topic for where, topic in TOPICS if topic.name in page._mailbox._sent):
        assert [word for word in (*SECRETS, "Proef") if word in told.get(topic.name, "")] == [], topic.name
        if not topic.locked and topic.name in told:
            empty = topic.empty(house.consoles)
            assert told[topic.name] == json.dumps([json.loads(msgspec.json.encode(empty))]), topic.name


async def test_who_a_case_excludes_has_nothing_of_it_in_any_topic(house: House) -> None:
    incident = await house.press()
    colleague = dispatcher(house.desk.pseudonym(OWNER))
    await house.desk.command(do.Acknowledge(id="claim-it-1", incident=incident.id), colleague)
    suspect, paper = house.page("Desk 9")  # whom the case excludes
    suspect.selected = incident.id
    suspect.anew()
    await paper.turn()
    told = sent(paper)
    for name in {topic.name for _, topic in TOPICS} & told.keys():
        assert [word for word in (incident.id, "AMR-00412", *SECRETS[:1], *SECRETS[2:]) if word in told[name]] == [], (
            name
        )


@pytest.mark.parametrize("kind", [Session, SupervisorSession])
async def test_a_message_holds_nothing_beside_topics_but_what_goes_by_key(floor: Floor, kind: type[Any]) -> None:
    incident = await secret(floor.house)
    paper = Paper()
    page: PageSession[Any] = kind(floor.house.consoles, paper, token=floor.sign_in("Sofie Proef"))
    page.selected = incident  # type: ignore[attr-defined]
    page.anew()  # type: ignore[attr-defined]
    await paper.turn()
    by_key = {"rows", "devices", "took", "owed", "raised", "drill"}
    assert sent(paper).keys() <= {topic.name for _, topic in TOPICS} | by_key | {"now", "access", "pace", "replies"}
    assert page.kind in (PAGE, "page supervisor")


def test_a_mailbox_sends_what_differs_and_takes_back_what_the_next_person_may_not_have() -> None:
    class Page:
        fact: object = "hers"
        part: dict[str, object] = {"id": 1, "a": 1, "b": 2}

    page, mailbox = Page(), Mailbox()
    table: tuple[Topic[Page, None], ...] = (
        Topic("fact", lambda page, services: page.fact, frozenset({"cases"})),
        Topic("part", lambda page, services: dict(page.part), merged=True, locked=True),
        Topic("fails", lambda page, services: 1 / 0, locked=True),
    )
    mailbox.tell(table, page, None)

    def told(standing: Standing) -> dict[str, object]:
        message: dict[str, object] = {}
        mailbox.add(message, standing)
        return message

    her, dark = Standing(state="signed", name="A"), Standing(state="locked", why="out")
    assert told(her) == {"fact": "hers", "part": {"id": 1, "a": 1, "b": 2}}
    page.fact, page.part = "another", {"id": 1, "a": 1, "b": 3}
    assert told(her) == {"part": {"id": 1, "b": 3}}, "no change that the fact hears"
    mailbox.hear("cases")
    assert told(her) == {"fact": "another"}
    assert told(LOCKED) == {"fact": None, "part": {"id": 1, "a": 1, "b": 3}}
    assert told(dark) == {}
    assert told(her) == {"fact": "another", "part": {"id": 1, "a": 1, "b": 3}}
