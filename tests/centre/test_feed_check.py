"""`feed check` as an administrator runs it: a table or JSON, and 1 where something is wrong."""

import json
from pathlib import Path

from centre.feed_check import check, lines
from centre.setting_sections import Feeds
from centre.settings import Settings
from dashboard.ports import free_port
from feeds.check.points import POINTS
from feeds.gateway import Gateway
from tests.processes import vigie


async def test_an_address_where_nobody_listens_is_wrong_by_its_connection(tmp_path: Path) -> None:
    url = f"ws://127.0.0.1:{free_port()}/feed"
    code, said = await vigie("feed", "check", url, "--json", folder=tmp_path)
    told = json.loads(said)
    assert code == 1 and told["ok"] is False
    assert [one["point"] for one in told["points"]] == list(POINTS)
    assert [one["point"] for one in told["points"] if one["verdict"] == "wrong"] == ["connection"]


async def test_without_a_connection_only_that_is_said_and_what_to_do(tmp_path: Path) -> None:
    code, said = await vigie("feed", "check", f"ws://127.0.0.1:{free_port()}/feed", folder=tmp_path)
    wrong, hint = said.splitlines()
    assert code == 1 and wrong.startswith("WRONG     connection ") and "unreachable" in wrong and "ws://host" in hint


async def test_a_server_that_wants_a_token_is_said_to() -> None:
    gateway = Gateway("112-app", token="a-token")
    await gateway.start()
    try:
        for token in ("", "wrong"):
            wrong, hint = lines(await check(gateway.url, Settings(feeds=Feeds(token=token)), seconds=15))
            assert "HTTP 401" in wrong and "--token-file" in hint
    finally:
        await gateway.stop()


async def test_an_authority_that_cannot_be_read_is_said_before_anything_is_connected(tmp_path: Path) -> None:
    code, said = await vigie("feed", "check", "wss://127.0.0.1:1/feed", "--ca", "nowhere.pem", folder=tmp_path)
    assert code == 1 and said.startswith("vigie: feeds.ca_file, cert_file, key_file: ") and said.count("\n") == 1
