"""Silence protects: nothing in the code can ring, flash or write on a victim's phone, and no line leads there."""

import ast
import asyncio
import re
from pathlib import Path

import pytest

from incidents.commands import COMMANDS
from incidents.events import EVENT_TYPES
from tests.feeds.parts import FEED, Desk, Line, Shelf, following, press, scripted
from tests.rules.house import ROOT, nodes, tracked

# The lines out of this process, and where each leads. A new one is looked at by a person who asks: can it reach her phone?
WAYS_OUT = {
    "feeds/subscriber/": "the alarm feed, on which only the verbs below are said",
    "feeds/gateway/": "a feed server: it answers who subscribed, and the back end that posts to it",
    "feeds/check/": "a feed server, on which only the verbs below are said",
    "feeds/buttons/": "the air, listening only: no button is ever connected to, none can be told anything",
    "feeds/orders/sender.py": "the police zone's own dispatch",
    "feeds/posting.py": "how a request to these two is made: a token, certificates, a signature",
    "feeds/settings.py": "the certificates of feeds and of these two",
    "feeds/webhook.py": "whoever a centre's settings name when nobody confirms; it is told no person and no device",
    "feeds/roads/router.py": "the centre's own router: it is asked for ways between places, and told no person and no device",
    "feeds/orders/simulated_dispatch.py": "the fictional dispatch of the demo, listening only",
    "dashboard/": "the browsers of the desk, listening only",
    "centre/serving.py": "the same",
    "centre/access.py": "the certificate that these are served with",
    "centre/checks/remote.py": "those above, asked whether they take a connection; nothing is sent over it but to a feed",
    "centre/button_service.py": "the certificate of the buttons' own feed",
    "centre/feed_gateway.py": "the certificates of the feed gateway",
    "centre/supervised.py": "the supervisor of this process, on this machine, told that it lives",
    "centre/lookups.py": "the name server, asked for the addresses of those above",
    "incidents/log/": "the centre's own cluster, which keeps the log",
    "training/": "the browsers of the training room, listening only, behind its wall (`tests/training/test_isolation.py`)",
    "docs/example/": "the feed gateway, from the back end of an app: an example that no part of Vigie runs",
    "demo/centre.py": "two ports of this machine, asked whether they are free",
    "bench/": "servers and browsers of its own on this machine, to measure",
}
CLIENTS = {
    "bleak",
    "bthome_ble",
    "nats",
    "dbus_fast",
    "websockets",
    "socket",
    "ssl",
    "http",
    "smtplib",
    "ftplib",
    "telnetlib",
    "tornado",
    "aiohttp",
    "httpx",
    "requests",
}
FEED_VERBS = {"subscribe", "unsubscribe", "eventResponse", "terminateResponse"}
PHONE = re.compile(
    r"\b(sms|tel|sip|mms):|twilio|smtplib|firebase|\bfcm\b|\bapns?\b|pyvoip|pjsua|asterisk|\bcall_?back_(number|her|victim|device)"
    r"|\b(ring|vibrate|flash|text|dial|phone)_(her|victim|device|phone)\b|navigator\.vibrate|RTCPeerConnection|\bdial\(",
    re.IGNORECASE,
)


def code() -> list[Path]:
    """Every product file there is: a new room is looked into without being named here."""
    files = [path for path in tracked("*.py", "*.js", "*.html") if path.relative_to(ROOT).parts[0] != "tests"]
    assert len(files) > 400
    return files


def reaches_out(path: Path) -> bool:
    for node in nodes(path.read_text(encoding="utf-8")):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(name.split(".")[0] in CLIENTS or name == "urllib.request" for name in names):
            return True
    return False


def test_every_line_out_is_known_and_none_leads_to_her_phone() -> None:
    unknown = [
        name
        for path in code()
        if path.suffix == ".py" and reaches_out(path)
        for name in [path.relative_to(ROOT).as_posix()]
        if not name.startswith(tuple(WAYS_OUT))
    ]
    assert unknown == [], (
        "a new line out of the process: say in WAYS_OUT where it leads, and that it cannot reach her phone"
    )


def test_no_code_calls_texts_or_rings_a_phone() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in code()
        for match in PHONE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_command_and_no_event_is_a_call_or_a_message_to_the_device() -> None:
    ours = {kind for kind in EVENT_TYPES if kind not in {"call", "call_logged"}}  # what the phone and the line report
    assert [name for name in COMMANDS.keys() | ours if re.search(r"ring|call|dial|text|sms|message|phone", name)] == []


def test_the_subscriber_knows_no_verb_that_carries_anything_to_a_device() -> None:
    said = set()
    for path in (ROOT / "feeds" / "subscriber").glob("*.py"):
        for node in nodes(path.read_text(encoding="utf-8")):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "wire":
                said.add(node.attr)
    makes = {name for name in said if name[0].islower()} - {"decode_frame", "decode_message", "broken", "salvage"}
    assert makes <= {"subscribe", "unsubscribe", "event_response", "terminate_response"}, makes


async def test_only_subscriptions_and_receipts_are_ever_said_on_a_feeds_line() -> None:
    heard: list[dict[str, object]] = []
    done = asyncio.Event()

    async def script(line: Line, number: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        call = {
            "kind": "call",
            "seq": 2,
            "id": "c2",
            "at": "2026-11-24T21:14:09Z",
            "device": "AMR-00412",
            "state": "open",
        }
        await line.event("t1", press(1), call)
        await line.event("t2", press(3, press="test"))
        await line.say("nonsense")
        await line.say({"terminate": {"requestId": "bye", "subscriptionId": "s1"}})
        async with asyncio.timeout(8):
            while not any("terminateResponse" in frame for frame in line.heard):
                await asyncio.sleep(0.02)
        heard.extend(line.heard)
        done.set()

    async with scripted(script) as url, following(url, Desk(), Shelf()):
        await asyncio.wait_for(done.wait(), 10)
    assert {verb for frame in heard for verb in frame} <= FEED_VERBS
    receipts = [frame["eventResponse"] for frame in heard if "eventResponse" in frame]
    assert receipts
    for receipt in receipts:
        assert set(receipt) <= {"transactionId", "statusCode", "statusText", "rejected"}  # type: ignore[call-overload]


def test_no_button_is_ever_connected_to() -> None:
    speaks = re.compile(r"BleakClient|establish_connection|write_gatt|\.pair\(|StartNotify|ConnectDevice")
    assert not [
        path.name for path in code() if path.suffix == ".py" and speaks.search(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("word", ["sms:+32000000", "tel:101", "navigator.vibrate(200)", "ring_device(device)"])
def test_the_search_would_find_such_code(word: str) -> None:
    assert PHONE.search(word)
