"""The door of a feed: taken once it is on disk, once for each id, a press whatever else is wrong with it."""

import asyncio
import contextlib
import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from feeds.decoding import decode_message
from feeds.gateway import durable
from feeds.gateway.door import PATH
from feeds.gateway.durable import DurableFeed
from feeds.gateway.feed_file import FeedFile
from feeds.gateway.gateway import Gateway
from feeds.gateway.posted import Posted, Unfit, read_posted
from feeds.gateway.tokens import Tokens, TokensError
from incidents.clock import SystemClock
from incidents.log import LogUnavailable
from incidents.messages import Message, PressReport
from tests.feeds.gateway.parts import opened, post
from tests.feeds.parts import PRESS, Desk, Shelf, following, press
from tests.incidents.log.conftest import small_disk as small_disk
from tests.waiting import until

NOW = datetime(2026, 11, 24, 21, 14, 8, tzinfo=UTC)
FIX = {"kind": "fix", "id": "f-1", "at": "2026-11-24T21:14:10Z", "device": "AMR-1", "fix": {"lat": 51.0, "lon": 3.7}}


async def test_what_is_posted_is_numbered_on_disk_and_on_the_feed(tmp_path: Path) -> None:
    desk, shelf = Desk(), Shelf()
    async with opened(tmp_path / "feed") as here, following(here.gateway.url, desk, shelf):
        first = await post(here.url, press(None, id="p-1"))
        second = await post(here.url, FIX)
        assert (first.status, first.body) == (202, {"id": "p-1", "seq": 1, "repeated": False, "problems": []})
        assert (second.status, second.body["seq"], second.body["problems"]) == (202, 2, [])
        with contextlib.closing(sqlite3.connect(tmp_path / "feed")) as db:
            assert db.execute("SELECT seq FROM messages ORDER BY seq").fetchall() == [(1,), (2,)]
        await until(lambda: set(desk.messages) == {"p-1", "f-1"})
    assert (tmp_path / "feed").stat().st_mode & 0o777 == 0o600


async def test_same_message_again_has_the_number_it_has_also_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path / "feed") as here:
        answers = await asyncio.gather(*(post(here.url, press(7, id="p-1")) for _ in range(8)))
        assert {one.status for one in answers} == {202} and {one.body["seq"] for one in answers} == {1}
        assert sum(not one.body["repeated"] for one in answers) == 1
        epoch = here.gateway.epoch
    async with opened(tmp_path / "feed") as here:
        again = await post(here.url, dict(reversed(press(8, id="p-1").items())))  # in another order, of another number
        assert (again.body["seq"], again.body["repeated"]) == (1, True)
        assert (await post(here.url, press(None, id="p-2"))).body["seq"] == 2
        assert here.gateway.epoch == epoch and len(here.messages) == 2


@pytest.mark.parametrize(
    ("first", "second", "status", "held"),
    [
        (FIX, {**FIX, "fix": {"lat": 51.0, "lon": 3.8}}, 409, 1),
        (PRESS, {**FIX, "id": PRESS["id"]}, 409, 1),
        (PRESS, {**PRESS, "battery": 80}, 409, 1),  # the same press: it stands on the feed
        (PRESS, {**PRESS, "device": "AMR-00413"}, 202, 2),
        (PRESS, {**PRESS, "at": "2026-11-24T21:15:07Z"}, 202, 2),
        ({**FIX, "id": PRESS["id"]}, PRESS, 202, 2),
        # Whose device or time can't be read is never known to be the same press.
        ({**PRESS, "at": "soon"}, {**PRESS, "at": "soon", "battery": 80}, 202, 2),
        ({**PRESS, "device": 7}, {**PRESS, "device": 7, "battery": 80}, 202, 2),
        # Another form of the same numbers is no other content.
        ({**FIX, "fix": {"lat": 51, "lon": 3.7}}, {**FIX, "fix": {"lat": 51.0, "lon": 3.7}}, 202, 1),
    ],
)
async def test_other_content_under_an_id_is_refused_but_never_another_press(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], status: int, held: int
) -> None:
    async with opened(tmp_path / "feed") as here:
        assert (await post(here.url, first)).status == 202
        for repeated in (False, True):
            answer = await post(here.url, second)
            assert answer.status == status
            if status == 409:
                assert answer.body == {"error": "id: another content was given under it", "seq": 1}
            else:
                assert answer.body["repeated"] is (repeated or held == 1)
        assert len(here.messages) == held


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({**FIX, "fix": {"lat": 51.0, "lon": 3.7, "method": "x" * 201}}, "fix.method"),
        ({**FIX, "kind": "call", "state": "open", "desk": "x" * 201}, "desk"),
        ({**FIX, "kind": "order", "order": "o", "state": "declined", "reason": "x" * 201}, "reason"),
    ],
)
async def test_free_words_that_a_desk_cuts_are_taken_and_said(tmp_path: Path, body: object, path: str) -> None:
    async with opened(tmp_path / "feed") as here:
        for _ in range(2):
            answer = await post(here.url, body)
            assert answer.status == 202
            assert answer.body["problems"] == [{"path": path, "reason": "longer than 200 characters, cut"}]


async def test_method_that_is_not_taken_is_answered_with_those_that_are(tmp_path: Path) -> None:
    client, facts = SimpleAsyncHTTPClient(force_instance=True), {"allow_nonstandard_methods": True, "body": b""}
    async with opened(tmp_path / "feed") as here:
        for path, allow in ((PATH, "POST"), ("/live", "GET"), ("/health", "GET"), ("/metrics", "GET")):
            for method in ("TRACE", "DELETE", "HEAD", "OPTIONS", "BREW"):
                answer = await client.fetch(here.url + path, method=method, raise_error=False, **facts)
                assert (answer.code, answer.headers.get("Allow")) == (405, allow), (method, path)
    client.close()


async def test_id_that_thousands_share_keeps_nobody_waiting(tmp_path: Path) -> None:
    def posted(number: int) -> Posted:
        found = read_posted("112-app", json.dumps({**PRESS, "device": f"AMR-{number}"}).encode(), received=NOW)
        assert not isinstance(found, Unfit)
        return found[0]

    async with opened(tmp_path / "feed") as here:
        presses = [posted(number) for number in range(3_000)]
        began = time.process_time()
        taken = await asyncio.gather(*map(here.feed.take, presses))
        assert [one.seq for one in taken] == list(range(1, 3_001))
    async with opened(tmp_path / "feed") as here:
        again = await asyncio.gather(*map(here.feed.take, reversed(presses)))
        assert [one.seq for one in again] == list(range(3_000, 0, -1)) and all(one.repeated for one in again)
    assert time.process_time() - began < 5  # each compared with each: minutes


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "not a JSON object"),
        (b"[1]", 400, "not a JSON object"),
        ({**FIX, "fix": {"lat": 51.0, "lon": 181}}, 400, "fix.lon: out of range"),
        ({**FIX, "at": "2026-11-24T21:14:10"}, 400, "at: not an RFC 3339 time with its offset"),
        ({**FIX, "id": "x" * 201}, 400, "id: not 1 to 200 printable characters"),
        ({**FIX, "kind": "selfie"}, 400, "kind: unknown value"),
        ({"kind": "heartbeat", "head": 9}, 400, "kind: heartbeats are the feed's own"),
        ({**FIX, "more": "x" * 70_000}, 413, "larger than 64 KiB"),
    ],
)
async def test_what_is_no_press_is_refused_by_the_name_of_its_field(
    tmp_path: Path, body: object, status: int, reason: str
) -> None:
    async with opened(tmp_path / "feed") as here:
        answer = await post(here.url, body)
        assert (answer.status, answer.body) == (status, {"error": reason})
        assert (await post(here.url, FIX)).body["seq"] == 1  # no number was spent, and the door goes on


@pytest.mark.parametrize(
    ("body", "device", "problems"),
    [
        ({**PRESS, "battery": "full", "fix": {"lat": 99}}, "AMR-00412", {"battery", "fix.lat", "fix.lon"}),
        ({"kind": "press"}, None, {"id", "at", "device", "press"}),
        (json.dumps(PRESS).encode()[:-40], "AMR-00412", None),  # cut short
        (b'[{"kind": "press", "id": "a", "device": "AMR-00412"}, 7', "AMR-00412", None),
        (json.dumps(PRESS).replace("81", "NaN").encode(), "AMR-00412", None),
        (json.dumps(json.dumps(PRESS)).encode(), "AMR-00412", {"message"}),
        (json.dumps(PRESS).replace('"hold"', '"hold", "press": "test"').encode(), "AMR-00412", {"press"}),
        ({**PRESS, "call": {"state": "open", "line": "x" * 201}}, "AMR-00412", {"call.line"}),
        ({**PRESS, "note": "x" * 80_000}, "AMR-00412", set()),
        ({**PRESS, "note": 1 << 80}, "AMR-00412", set()),
    ],
)
async def test_press_is_taken_whatever_else_is_wrong_with_it(
    tmp_path: Path, body: object, device: str | None, problems: set[str] | None
) -> None:
    desk, shelf = Desk(), Shelf()
    async with opened(tmp_path / "feed") as here, following(here.gateway.url, desk, shelf):
        answer = await post(here.url, body)
        again = await post(here.url, body)
        assert (answer.status, answer.body["seq"], answer.body["repeated"]) == (202, 1, False)
        assert again.body["seq"] == 1 or "at" in (problems or ())  # without id and time its minute is its name
        if problems is not None:
            assert {one["path"] for one in answer.body["problems"]} == problems
        await until(lambda: desk.presses)
        taken = desk.presses[0].report
        assert isinstance(taken, PressReport) and (taken.device, taken.press) == (device, "hold")
        assert shelf.quarantined == []  # the feed itself stays whole: no 400, no hole


@given(st.binary(max_size=200), st.integers(0, 400), st.sampled_from([PRESS, FIX]))
def test_damage_costs_no_press_and_what_goes_on_the_feed_is_read_as_it_was_at_the_door(
    noise: bytes, place: int, message: dict[str, Any]
) -> None:
    whole = json.dumps(message).encode()
    raw = whole[:place] + noise + whole[place + len(noise) :]
    found = read_posted("f", raw, received=NOW)
    at_desk = decode_message("f", raw, received=NOW)
    if isinstance(at_desk, Message) and isinstance(at_desk.report, PressReport):
        assert not isinstance(found, Unfit) and found
    if isinstance(found, Unfit):
        return
    for posted in found:
        again = decode_message("f", json.dumps({**posted.fields, "seq": 1}).encode("utf-8"), received=NOW)
        assert isinstance(again, Message) and again.id == posted.message.id
        assert type(again.report) is type(posted.message.report)
        for name in ("device", "press", "fix", "call"):
            assert getattr(again.report, name, "") == getattr(posted.message.report, name, "")


async def test_full_disk_is_said_and_nothing_is_numbered_until_there_is_room(small_disk: Path) -> None:
    path, filler = small_disk / "feed", small_disk / "filler"

    def fill() -> None:
        with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass

    async with opened(path) as here:
        assert (await post(here.url, press(None, id="p-0"))).status == 202
        fill()
        number, refused = 0, None
        while refused is None or refused.status == 202:  # what SQLite has room for in its files is taken still
            number += 1
            refused = await post(here.url, press(None, id=f"p-{number}", note="x" * 60_000))
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        assert refused.body == {"error": "not taken: it can't be written now"} and here.feed.failed
        health = await asyncio.to_thread(_get, here.url, "/health")
        assert (health[0], health[1]["ok"], health[1]["head"]) == (503, False, number)
        assert (await asyncio.to_thread(_get, here.url, "/live"))[0] == 200
    async with opened(path) as here:  # begun anew on the full disk: what is there is served
        assert len(here.messages) == number
        assert (await post(here.url, press(None, id=f"p-{number}", note="x" * 60_000))).status == 503
        filler.unlink()
        taken = await post(here.url, press(None, id=f"p-{number}", note="x" * 60_000))
        assert (taken.status, taken.body["seq"], taken.body["repeated"]) == (202, number + 1, False)
        assert (await asyncio.to_thread(_get, here.url, "/health"))[1]["ok"] is True


async def test_file_that_was_moved_away_is_never_written_to(tmp_path: Path) -> None:
    async with opened(tmp_path / "feed") as here:
        assert (await post(here.url, press(None, id="p-0"))).status == 202
        (tmp_path / "feed").rename(tmp_path / "away")
        assert (await post(here.url, press(None, id="p-1"))).status == 503
        (tmp_path / "away").rename(tmp_path / "feed")
        assert (await post(here.url, press(None, id="p-1"))).body["seq"] == 2


async def test_health_is_well_again_with_the_disk_though_nobody_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "PRUNE_S", 0.02)
    path = tmp_path / "feed"
    async with opened(path) as here:
        path.rename(tmp_path / "away")
        assert (await post(here.url, PRESS)).status == 503
        assert (await asyncio.to_thread(_get, here.url, "/health"))[0] == 503
        (tmp_path / "away").rename(path)
        await until(lambda: not here.feed.failed)
        assert (await asyncio.to_thread(_get, here.url, "/health"))[0] == 200


async def test_what_contradicts_a_message_that_was_not_taken_is_not_taken_either(tmp_path: Path) -> None:
    path = tmp_path / "feed"
    async with opened(path) as here:
        await post(here.url, press(None, id="p-0"))
        path.rename(tmp_path / "away")
        posted = [
            read_posted("112-app", json.dumps(one).encode(), received=NOW) for one in (PRESS, {**PRESS, "battery": 1})
        ]
        takes = [here.feed.take(one[0]) for one in posted if not isinstance(one, Unfit)]
        refused = await asyncio.gather(*takes, return_exceptions=True)  # in one group
        assert [type(one) for one in refused] == [LogUnavailable, LogUnavailable]
        (tmp_path / "away").rename(path)
        assert (await post(here.url, {**PRESS, "battery": 1})).body["seq"] == 2
        assert (await post(here.url, PRESS)).body == {"error": "id: another content was given under it", "seq": 2}


async def test_a_day_that_is_full_takes_presses_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "MOST", 1)
    async with opened(tmp_path / "feed") as here:
        assert (await post(here.url, FIX)).status == 202
        assert (await post(here.url, {**FIX, "id": "f-2"})).status == 503
        assert (await post(here.url, PRESS)).status == 202
        assert (await post(here.url, FIX)).body["repeated"] is True


async def test_what_is_older_than_a_day_leaves_memory_and_file_but_the_numbers_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(SystemClock):
        hours = 0.0

        def now(self) -> datetime:
            return super().now() + timedelta(hours=self.hours)

        def steady(self) -> float:
            return super().steady() + 3600 * self.hours

    monkeypatch.setattr(durable, "PRUNE_S", 0.02)
    clock, path = Later(), tmp_path / "feed"
    state = {"kind": "device", "id": "d-1", "at": "2026-11-24T21:14:10Z", "device": "AMR-2", "state": "battery_low"}

    def kept() -> list[int]:
        with contextlib.closing(sqlite3.connect(path)) as db:
            return [seq for (seq,) in db.execute("SELECT seq FROM messages ORDER BY seq")]

    async with opened(path, clock=clock) as here:
        for one in (state, FIX, PRESS):
            await post(here.url, one)
        clock.hours = 25
        await until(lambda: kept() == [1, 3])  # the state, and the last one for its number
        assert len(here.gateway.store) == 0 and here.gateway.store.oldest == 4
    async with opened(path, clock=clock) as here:
        assert [one.seq for one in here.gateway.store.states()] == [1]
        assert (await post(here.url, {**FIX, "id": "f-2"})).body["seq"] == 4
        assert [one["seq"] for one in here.messages] == [4]


async def test_damaged_file_stands_aside_and_the_feed_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "feed"
    async with opened(path) as here:
        await post(here.url, PRESS)
        epoch = here.gateway.epoch
    path.write_bytes(b"no SQLite file" * 400)
    async with opened(path) as here:
        assert here.feed.damaged and here.gateway.epoch != epoch
        assert (await post(here.url, PRESS)).body["seq"] == 1
    aside = [one for one in tmp_path.iterdir() if ".damaged-" in one.name]
    assert len(aside) == 1 and aside[0].read_bytes().startswith(b"no SQLite file")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE messages SET raw = substr(raw, 1, length(raw) / 2) WHERE seq = 2",
        "UPDATE messages SET raw = CAST('{}' AS BLOB) WHERE seq = 2",
        "UPDATE messages SET raw = (SELECT raw FROM messages WHERE seq = 1)",
        'UPDATE messages SET raw = CAST(\'{"kind": [], "seq": 3, "id": "f", "at": ""}\' AS BLOB) WHERE seq = 3',
        "UPDATE messages SET kept_at = 'yesterday' WHERE seq = 3",
        "UPDATE messages SET kept_at = '2026-11-24T21:14:07' WHERE seq = 1",
        "UPDATE messages SET kept_at = '9999-12-31T23:59:00+00:00' WHERE seq = 3",
        "UPDATE messages SET kept_at = CAST(x'c3280000ff' AS TEXT) WHERE seq = 2",
        "UPDATE feed SET epoch = CAST(x'ff' AS TEXT)",
    ],
)
async def test_file_with_one_damaged_row_stands_aside_too(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "feed"
    async with opened(path) as here:
        for number in range(3):
            await post(here.url, press(None, id=f"p-{number}"))
        epoch = here.gateway.epoch
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute(damage)
    async with opened(path) as here:
        assert here.feed.damaged and here.gateway.epoch != epoch and here.messages == []
        assert (await post(here.url, PRESS)).body["seq"] == 1
    async with opened(path) as here:
        assert not here.feed.damaged and [one["id"] for one in here.messages] == [PRESS["id"]]
    assert len([one for one in tmp_path.iterdir() if ".damaged-" in one.name]) >= 1


async def test_second_process_on_a_file_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path / "feed"):
        other = DurableFeed(Gateway("112-app"), FeedFile(tmp_path / "feed"), SystemClock())
        with pytest.raises(LogUnavailable, match="another process"):
            await other.open()


def tokens_of(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


async def test_only_a_bearer_of_a_token_posts_and_tokens_are_replaced_without_a_restart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = "an-old-token-of-ours", "a-new-token-of-ours"
    file = tokens_of(tmp_path / "tokens", f"# the app's back end\n{old}\n")
    async with opened(tmp_path / "feed", tokens=Tokens(file)) as here:
        for token in ("", "another", new, old + "x"):
            refused = await post(here.url, PRESS, token=token)
            assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert (await post(here.url, PRESS, token=old)).status == 202
        assert (await asyncio.to_thread(_get, here.url, "/health"))[1] == {"ok": True}
        tokens_of(file, f"{old}\n{new}\n")
        assert [(await post(here.url, PRESS, token=token)).status for token in (old, new)] == [202, 202]
        tokens_of(file, f"{new}\n")
        assert [(await post(here.url, PRESS, token=token)).status for token in (old, new)] == [401, 202]
        file.chmod(0o644)  # what was in force stays so: a press waits for no mistake of setting up
        assert [(await post(here.url, PRESS, token=token)).status for token in (old, new)] == [401, 202]
        assert [line for line in caplog.messages if "stay in force" in line and "others may read it" in line]
        file.unlink()
        assert [(await post(here.url, PRESS, token=token)).status for token in (old, new)] == [401, 202]


@pytest.mark.parametrize(
    ("text", "mode"), [("", 0o600), ("short\n", 0o600), ("a-token-of-ours-1\n", 0o640), ("two words of ours\n", 0o600)]
)
def test_tokens_that_protect_nothing_are_refused(tmp_path: Path, text: str, mode: int) -> None:
    with pytest.raises(TokensError) as refused:
        Tokens(tokens_of(tmp_path / "tokens", text, mode))
    assert "ours" not in str(refused.value).removeprefix(str(tmp_path))


async def test_page_in_a_browser_may_not_post(tmp_path: Path) -> None:
    async with opened(tmp_path / "feed") as here:
        assert (await post(here.url, PRESS, Origin="http://localhost:1")).status == 403
        assert here.messages == []


def _get(url: str, path: str) -> tuple[int, dict[str, Any]]:
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(url + path, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)
