"""`feed check`: a feed judged with the settings that a desk would connect with, as lines or as JSON."""

from collections.abc import Iterator, Sequence

import msgspec

from centre.settings import Settings, SettingsError
from feeds.check.check import Check, CheckTimes
from feeds.check.points import Point

FORM = "the address is like ws://host:port/path, wss:// by TLS; does its server run, and does the network lead to it?"
TOKEN = "the server wants a token, or another: --token-file FILE, or feeds.token in the settings"


async def check(url: str, settings: Settings, *, seconds: float) -> list[Point]:
    """Every point of the feed at this address. Raises SettingsError when the certificates can't be used."""
    try:
        context = settings.feeds.tls() if url.startswith("wss:") else None
    except (OSError, ValueError) as error:
        raise SettingsError(f"feeds.ca_file, cert_file, key_file: {error}") from None
    times = CheckTimes(listen_s=seconds)
    return await Check(url, token=settings.feeds.token or None, ssl=context, times=times).run()


def lines(points: Sequence[Point]) -> Iterator[str]:
    """The points as a table, and a last line that counts; where no connection came about that alone, and a hint."""
    connection = next((one for one in points if one.point == "connection" and one.verdict == "wrong"), None)
    if connection is not None and all(one.verdict != "right" for one in points if one.point != "token"):
        yield f"WRONG     connection    {connection.rule}  <- {connection.detail}"
        denied = any(f"HTTP {code}" in connection.detail for code in (401, 403))
        yield f"nothing else was looked at; {TOKEN if denied else FORM}"
        return
    for one in points:
        detail = f"  <- {one.detail}" if one.detail else ""
        yield f"{one.verdict.upper() if one.verdict == 'wrong' else one.verdict:<9} {one.point:<13} {one.rule}{detail}"
    counts = {verdict: sum(one.verdict == verdict for one in points) for verdict in ("right", "wrong", "not seen")}
    yield f"right: {counts['right']}, wrong: {counts['wrong']}, not seen: {counts['not seen']} (nothing came to judge them by)"


def report(points: Sequence[Point]) -> str:
    """The points as JSON."""
    ok = all(one.verdict != "wrong" for one in points)
    return msgspec.json.format(msgspec.json.encode({"ok": ok, "points": points})).decode()
