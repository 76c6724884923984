"""Nobody gets into another's page: by an id they chose, by its token, by a line that was there before. On each server."""

import asyncio

import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.centre.served import NAME, OTHER, Served
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser, Line

KNOWN = "chosen-by-somebody-else"
EMPTY = {"headers": {}, "cookies": {}, "arguments": {}}


async def opened(browser: Browser, page: str, token: str) -> Line:
    """The page that this browser gets for this token."""
    return await Line(await browser.connect(page, token), token).greet()


def person(line: Line) -> str:
    """Whose name the page was told."""
    return str(next(message["access"]["name"] for message in line.messages if "access" in message))


async def test_a_session_that_a_client_names_is_refused_in_address_and_header(served: Served) -> None:
    browser = await served.browser(NAME)
    token = await browser.token(served.page)
    for path, headers in (
        (f"?bokeh-session-id={KNOWN}", {}),
        (f"?bokeh-session-id={KNOWN}&bokeh-session-id=", {}),
        (f"?bokeh-token={token}", {}),
        (f"?bokeh-token={generate_jwt_token(generate_session_id())}", {}),
        ("", {"Bokeh-Session-Id": KNOWN}),
        ("", {"bokeh-session-id": KNOWN}),
    ):
        status, text = await browser.get(served.page + path, **headers)
        assert status == 403, (path, headers)
        assert KNOWN not in text


def test_a_line_whose_browser_is_gone_is_cut_after_about_a_minute(served: Served) -> None:
    interval_s, timeout_s = (float(s) for s in served.pings())
    assert 20 < timeout_s <= interval_s  # a busy server reads answers late, and may not cut a page that lives
    assert interval_s + timeout_s <= 90


async def test_a_token_that_is_none_opens_no_line_and_neither_does_one_without_sign_in(served: Served) -> None:
    browser, nobody = await served.browser(NAME), Browser(served.base)
    old = generate_jwt_token(generate_session_id(), extra_payload=EMPTY, expiration=-1)
    for token in ("x", "e30", "e30.x", old, "A" * 9000, generate_jwt_token(generate_session_id())[:-3]):
        with pytest.raises(InvalidStatus) as refused:
            await browser.connect(served.page, token)
        assert refused.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as refused:
        await nobody.connect(served.page, await browser.token(served.page))
    assert refused.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as refused:
        await browser.connect(served.page, await browser.token(served.page), Origin="https://elsewhere.example")
    assert refused.value.response.status_code == 403


async def test_an_id_that_a_client_put_into_a_token_is_nobodys_session(served: Served) -> None:
    theirs, other = await served.browser(NAME), await served.browser(OTHER)
    forged = generate_jwt_token(KNOWN, extra_payload=EMPTY)
    signed = generate_jwt_token(KNOWN, secret_key=b"guessed", signed=True, extra_payload=EMPTY)
    lines = [await opened(browser, served.page, token) for token in (forged, signed) for browser in (theirs, other)]
    assert [person(line) for line in lines] == [NAME, OTHER, NAME, OTHER]
    assert len({line.channel for line in lines}) == 4, "two of them share a session"
    for line in lines:
        await line.close()


async def test_the_token_of_another_persons_page_opens_a_page_of_ones_own(served: Served) -> None:
    theirs, other = await served.browser(NAME), await served.browser(OTHER)
    token = await theirs.token(served.page)
    page = await opened(theirs, served.page, token)
    thief = await opened(other, served.page, token)
    assert (person(page), person(thief)) == (NAME, OTHER)
    assert page.channel != thief.channel
    again = await opened(theirs, served.page, token)  # the same browser: the page comes back after a cut
    assert again.channel == page.channel
    # Both at once, before there is a session.
    token = await theirs.token(served.page)
    both = await asyncio.gather(opened(other, served.page, token), opened(theirs, served.page, token))
    assert [person(line) for line in both] == [OTHER, NAME]
    for line in (page, thief, again, *both):
        await line.close()


async def test_a_line_that_was_there_before_a_colleague_signed_in_hears_nothing_of_them(served: Served) -> None:
    console = await served.browser(NAME)
    token = await console.token(served.page)
    page, left_behind = await opened(console, served.page, token), await opened(console, served.page, token)
    before = Browser(console.base, console.name)
    before.cookie = console.cookie
    await console.sign_in(OTHER, PASSWORD)
    taken_over = await console.post("/page", page=page.messages[0]["access"]["page"]) == 204
    assert taken_over is (served.server != "training room")  # no page there is taken over
    if taken_over:
        await asyncio.wait_for(left_behind.closed(), 5)
        with pytest.raises(ConnectionClosed):
            await left_behind.say(do="select", incident="x")
    with pytest.raises(InvalidStatus):
        await before.connect(served.page, token)
    now = await console.renew(page, served.page)
    assert person(now) == OTHER
    assert (now.channel == page.channel) is taken_over
    assert {message["access"].get("name") for message in left_behind.messages if "access" in message} <= {NAME, None}
    for line in (left_behind, now):
        await line.close()
