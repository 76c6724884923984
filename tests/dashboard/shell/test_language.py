"""Which language a page speaks: whatever a browser sends, one of ours; whatever a person chose, on all of their pages."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.operator.session import Session
from dashboard.shell.language import asked_for, known, of_browser, speak
from reports.catalogue import LANGUAGES, PSEUDO
from tests.dashboard.conftest import House, Paper


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("fr-BE,fr;q=0.9,nl;q=0.8", "fr"),
        ("nl;q=0.3, de;q=0.7", "de"),
        ("DE-be", "de"),
        ("es, pt;q=0.9", ""),
        ("es,nl;q=0.1", "nl"),
        ("fr;q=0, nl", "nl"),
        ("fr;q=-1,fr;q=x,nl;q=", ""),
        ("fr;q=nan,de;q=0.5", "de"),
        ("*", ""),
        ("", ""),
        (";;;,,,q=1,;q=1", ""),
        ("x" * 100_000 + ",fr", ""),
        ("fr," + "nl," * 100_000, "fr"),
        ("\x00fr, <script>", ""),
    ],
)
def test_a_browser_reads_the_first_of_our_languages_that_it_asks_for(accept: str, language: str) -> None:
    assert asked_for(accept) == language


@given(
    accept=st.text(max_size=200) | st.lists(st.sampled_from(["fr", ";q=", "0.5", ",", "nl", "-", "1e9"])).map("".join)
)
def test_whatever_is_asked_for_is_one_of_ours_or_none(accept: str) -> None:
    assert asked_for(accept) in ("", *LANGUAGES)


def test_what_was_chosen_at_a_browser_comes_before_what_it_asks_for_and_that_before_the_centres() -> None:
    assert of_browser("de", "fr", "nl") == "de"
    assert of_browser("klingon", "fr", "nl") == "fr"
    assert of_browser("../fr", "", "nl") == "nl"
    assert [known(one) for one in ("fr", "FR", "en-XA", "")] == ["fr", "", PSEUDO, ""]
    assert speak("klingon").language == "en"


def _said(session: Session, **wish: Any) -> None:
    session.take(json.dumps(wish))


async def _sent(paper: Paper) -> list[dict[str, Any]]:
    """What the page is sent until it is at rest."""
    before = len(paper.sent)
    await paper.turn()
    while paper.waiting:
        await paper.turn()
    return paper.sent[before:]


async def _settled(session: Session, paper: Paper) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for task in tuple(session._tasks):
        if not task.get_coro().__qualname__.endswith("_beats"):  # type: ignore[union-attr]
            await task
    found += await _sent(paper)
    return found


async def test_a_page_that_reads_another_language_is_sent_its_words_once(house: House) -> None:
    session, paper = house.page()
    await _settled(session, paper)
    _said(session, do="reads", language="en")
    assert not any("words" in message for message in await _settled(session, paper))
    _said(session, do="prefer", language="fr")
    told = [message for message in await _settled(session, paper) if "words" in message]
    assert [message["words"]["language"] for message in told] == ["fr"]
    await house.press()
    assert not any("words" in message for message in await _settled(session, paper))
    _said(session, do="prefer", language="fr")
    assert not any("words" in message for message in await _settled(session, paper))


async def test_where_nobody_signs_in_the_page_alone_takes_the_language_that_a_hand_chose(house: House) -> None:
    (one, paper), (other, beside) = house.page(), house.page()
    for session in (one, other):
        _said(session, do="reads", language="en")
    await _settled(one, paper)
    await _settled(other, beside)
    _said(one, do="prefer", language="nl")
    replies = [reply for message in await _settled(one, paper) for reply in message.get("replies", [])]
    assert {"preferred": False} in replies  # the browser keeps it
    assert (one.language, other.language) == ("nl", "en")


@pytest.mark.parametrize("hostile", ["klingon", "FR", "", 7, None, ["fr"], {"language": "fr"}, "fr" * 10_000, "../fr"])
async def test_a_language_that_is_none_changes_nothing_and_the_page_goes_on(house: House, hostile: object) -> None:
    session, paper = house.page()
    _said(session, do="reads", language="en")
    for wish in ("reads", "prefer"):
        _said(session, do=wish, language=hostile)
    assert not any("words" in message for message in await _settled(session, paper))
    assert session.language == "en"
    incident = await house.press()
    rows = {key for message in await _settled(session, paper) for key in message.get("rows", {})}
    assert incident.id in rows
