"""`feed check` as an administrator runs it: a table or JSON, and 1 where something is wrong."""

import json
from pathlib import Path

from feeds.check.points import POINTS
from tests.processes import free_port, vigie


async def test_an_address_where_nobody_listens_is_wrong_by_its_connection(tmp_path: Path) -> None:
    url = f"ws://127.0.0.1:{free_port()}/feed"
    code, said = await vigie("feed", "check", url, "--json", folder=tmp_path)
    told = json.loads(said)
    assert code == 1 and told["ok"] is False
    assert [one["point"] for one in told["points"]] == list(POINTS)
    assert [one["point"] for one in told["points"] if one["verdict"] == "wrong"] == ["connection"]


async def test_an_authority_that_cannot_be_read_is_said_before_anything_is_connected(tmp_path: Path) -> None:
    code, said = await vigie("feed", "check", "wss://127.0.0.1:1/feed", "--ca", "nowhere.pem", folder=tmp_path)
    assert code == 1 and said.startswith("vigie: feeds.ca_file, cert_file, key_file: ") and said.count("\n") == 1
