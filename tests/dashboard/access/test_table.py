"""The table of who may do what, each cell of it, through the websocket of a running server: not the button, the message."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from dashboard.access.table import access_table
from incidents.commands import COMMANDS
from incidents.roles import MAY, ROLES, Role, may
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser, Line

# Where a page is, and what only it has: one address may lead each role to its own page.
PAGES = {
    "operator": ("/operator", 'aria-label="Alarm queue"'),
    "supervisor": ("/supervisor", 'class="supervisor"'),
    "zone": ("/operator", 'class="zone-page"'),
    "bench": ("/bench", 'class="bench-page"'),
    "auditor": ("/auditor", 'class="audit-page"'),
}
# What is asked on the bench page, with which wish: a wish that is granted is then refused for want of a device.
BENCH = {
    "enrol button": {"do": "bench_enrol", "address": "", "device": "AMR-00001", "key": ""},
    "bind device": {"do": "bench_bind", "device": "AMR-00001", "number": "none"},
}
# The training room's server has them: tests/training/test_serving.py, tests/training/test_debrief_pages.py
ELSEWHERE = {"page trainer", "page debrief", "progress of trainees"}
DOCS = Path(__file__).parents[3] / "docs" / "access.md"


def sample(kind: Any) -> Any:
    """A value a field of this type takes."""
    if get_args(kind):  # a choice of words, or of types
        first = get_args(kind)[0]
        return first if get_origin(kind) is Literal else sample(first)
    samples: dict[Any, Any] = {str: "nothing", int: 1, float: 1.0, bool: False, datetime: datetime.now(UTC).isoformat()}
    return samples.get(kind, [])


async def asked(browser: Browser, line: Line, role: Role, what: str) -> bool:
    """Whether the server did not refuse it for the role."""
    if what in COMMANDS:
        facts = {f.name: sample(f.type) for f in msgspec.structs.fields(COMMANDS[what]) if f.required}
        id = f"{role}-{what}".replace(" ", "-")
        await line.say(do="command", typed={}, command=facts | {"do": what, "id": id})
        answer = (await line.reply(lambda reply: reply.get("answer", {}).get("id") == id))["answer"]
        assert answer.get("code", "") not in ("invalid", "failed", "locked"), (what, answer)
        return answer.get("code") != "not_allowed"
    if what == "search cases":
        await line.say(do="search", n=1, text="Voorbeeld")
        found = await line.reply(lambda reply: reply.get("found", {}).get("n") == 1)
        return "refused" not in found["found"]
    if what == "search incidents":  # an auditor's search is on the supervisor page, a trainer's in the training room
        if role == "trainer":
            return may(frozenset({role}), "page trainer")
        page = await browser.open("/supervisor") if role == "auditor" else line
        await page.say(do="find", n=1, text="Gent", why="review")
        hits = (await page.reply(lambda reply: reply.get("hits", {}).get("n") == 1))["hits"]
        return bool(hits["refused"] != "not_allowed")  # what is allowed is refused for want of a past
    if what == "export evidence":  # there is no such incident: who may not is refused before that is looked up
        return (await browser.take("/evidence/aaaaaaaaaaaaaaaa.json"))[0] == 404
    if what == "export aggregate":  # nobody folds a table here: who may not is refused before that is found out
        return (await browser.get("/aggregate"))[0] == 503
    if what == "export report":  # an address nobody made: who may not is refused before it is opened
        return (await browser.take("/report/aaaaaaaa.json"))[0] == 404
    if what == "export audit":  # the same
        return (await browser.take("/audit/aaaaaaaa.json"))[0] == 404
    if what == "export devices":
        return (await browser.take("/devices.csv"))[0] == 200
    if what == "names of devices":
        return (await browser.take("/devices?names=1"))[0] == 200
    if what == "operator figures":  # asked on the supervisor page, which only some have
        if not may(frozenset({role}), "page supervisor"):
            return False
        page = await browser.open("/supervisor")
        await page.say(do="review", what="operators", n=1, view={}, reason="a test")
        found = await page.reply(lambda reply: "refused" in reply.get("review", {}))
        await page.close()
        return bool(found["review"]["refused"] != "not_allowed")  # what is allowed is refused for want of a history
    if what in BENCH or what == "search case numbers":
        if not may(frozenset({role}), "page bench"):
            return False
        page = await browser.open("/bench")
        if what in BENCH:
            id = f"{role}-{what}".replace(" ", "-")
            await page.say(do="command", command=BENCH[what] | {"id": id})
            answer = (await page.reply(lambda reply: reply.get("answer", {}).get("id") == id))["answer"]
            allowed = bool(answer["code"] != "not_allowed")
        else:
            await page.say(do="search", n=1, text="Voorbeeld")
            found = (await page.reply(lambda reply: "found" in reply))["found"]
            allowed = found["cases"] == [{"number": "2026-0412", "name": "A. Voorbeeld"}]
        await page.close()
        return allowed
    if what == "keep cases":  # no such case: who may not is refused before it is looked for
        return await browser.post("/cases", case="none", step="reviewed") == 404
    kind, _, name = what.partition(" ")
    assert kind == "page", f"say here how {what!r} is asked for, and how its refusal looks"
    path, mark = PAGES.get(name, (f"/{name}", ""))
    status, text = await browser.get(path)
    return status == 200 and mark in text


async def test_the_server_gives_each_role_what_the_table_says_and_nothing_else(base: str) -> None:
    browser = Browser(base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    line = await browser.open()
    page = line.messages[0]["access"]["page"]
    for role in ROLES:
        # Each role stands before the same open page: the way round a page that is not offered.
        await browser.sign_in(f"{role} fictief", PASSWORD)
        assert await browser.post("/page", page=page) == 204
        line = await browser.renew(line)
        here = {what: role in roles for what, roles in MAY.items() if what not in ELSEWHERE}
        found = await asyncio.gather(*(asked(browser, line, role, what) for what in here))
        assert dict(zip(here, found, strict=True)) == here, role
    await line.close()


async def test_a_role_without_the_page_is_told_which_it_needs_and_can_leave(base: str) -> None:
    browser = Browser(base)
    await browser.sign_in("auditor fictief", PASSWORD)
    status, page = await browser.get("/operator")
    assert status == 200
    assert "needs one of these roles: dispatcher, supervisor." in page
    assert 'action="/sign-out"' in page
    assert 'href="/supervisor"' in page  # the page they have
    assert await browser.post("/sign-out") == 200
    assert (await browser.get("/operator"))[0] == 302


async def test_a_page_can_be_taken_over_only_by_a_browser_that_is_signed_in(base: str) -> None:
    owner, stranger = Browser(base), Browser(base)
    await owner.sign_in("dispatcher fictief", PASSWORD)
    line = await owner.open()
    page = line.messages[0]["access"]["page"]
    assert await stranger.post("/page", page=page) == 403
    assert await owner.post("/page", page="another") == 404
    assert await owner.post("/page", page="anöther") == 404
    await line.close()


def test_the_document_holds_the_table_of_the_code() -> None:
    text = DOCS.read_text(encoding="utf-8")
    begin, end = "<!-- made by `python app.py users roles` -->\n", "<!-- end -->"
    assert text.partition(begin)[2].partition(end)[0] == access_table(), "put in what `users roles` prints"
