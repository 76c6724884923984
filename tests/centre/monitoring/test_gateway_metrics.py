"""A feed gateway is seen as a desk is: its metrics on its own door, for this machine, with the health token, for who may post."""

import asyncio
import contextlib
import re
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from centre import feed_gateway
from centre.settings import Settings
from dashboard.ports import free_port
from tests.centre.monitoring.parts import PERSONAL, gateway_scraped_once
from tests.centre.monitoring.test_prometheus import promtool, rules
from tests.feeds.gateway.parts import post
from tests.feeds.parts import PRESS, Desk, Shelf, following
from tests.waiting import until

TOKEN = "a-token-of-a-back-end"


@contextlib.asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """A gateway with tokens at work: where is posted to, where its feed is."""
    (folder / "tokens").write_text(TOKEN)
    (folder / "tokens").chmod(0o600)
    port, feed_port = free_port(), free_port()
    choices = feed_gateway.GatewayChoices(
        name="112-app", file=folder / "vigie.feed", port=port, feed_port=feed_port, tokens=folder / "tokens"
    )
    work = asyncio.create_task(feed_gateway.serve(Settings(health_token="a-health-token"), choices))
    try:
        url = f"http://127.0.0.1:{port}"
        while not work.done():
            with contextlib.suppress(OSError):
                await asyncio.to_thread(scrape, url)
                break
        yield url, f"ws://127.0.0.1:{feed_port}/feed"
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def scrape(url: str, path: str = "/metrics", **headers: str) -> tuple[int, str]:
    asked = urllib.request.Request(url + path, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


async def told(url: str) -> str:
    return (await asyncio.to_thread(scrape, url))[1]


async def test_posts_desks_what_is_held_and_a_failed_disk_are_told(tmp_path: Path) -> None:
    async with served(tmp_path) as (url, feed):
        assert "vigie_gateway_newest_age" not in await told(url)
        async with following(feed, desk := Desk(), Shelf()):
            await until(lambda: desk.state == "live")
            assert (await post(url, PRESS, token=TOKEN)).status == 202
            assert (await post(url, {"kind": "fix"}, token=TOKEN)).status == 400
            assert (await post(url, PRESS)).status == 401
            text = await told(url)
        for line in (
            "vigie_gateway_desks 1.0",
            "vigie_gateway_held_messages 1.0",
            "vigie_gateway_writable 1.0",
            *(f'vigie_gateway_posts_total{{code="{code}"}} 1.0' for code in (202, 400, 401)),
        ):
            assert line in text
        assert 0 <= float(re.findall(r"^vigie_gateway_newest_age_seconds (.*)", text, re.M)[0]) < 60
        assert 'vigie_disk_free_bytes{folder="feed"}' in text and str(tmp_path) not in text
        assert not [one for one in (*PERSONAL, PRESS["id"], PRESS["device"]) if one in text]
        (tmp_path / "vigie.feed").rename(tmp_path / "away")
        assert (await post(url, {**PRESS, "id": "another"}, token=TOKEN)).status == 503
        assert "vigie_gateway_writable 0.0" in await told(url)


async def test_metrics_are_for_this_machine_the_health_token_and_who_may_post(tmp_path: Path) -> None:
    passed_on = {"X-Forwarded-For": "203.0.113.7"}  # behind a proxy nobody is this machine
    async with served(tmp_path) as (url, _):
        ask = partial(asyncio.to_thread, scrape, url)
        for path, refused in (("/metrics", 403), ("/health", 200)):
            status, said = await ask(path, **passed_on)
            assert status == refused and "held" not in said
            for token in ("a-health-token", TOKEN):
                status, said = await ask(path, Authorization=f"Bearer {token}", **passed_on)
                assert status == 200 and "held" in said
            assert (await ask(path, Authorization="Bearer another", **passed_on))[0] == refused
        assert (await post(url, PRESS, token="a-health-token")).status == 401  # it opens nothing else


async def test_promtool_takes_a_gateways_scrape_with_every_metric_of_its_rules(tmp_path: Path) -> None:
    text = await gateway_scraped_once(tmp_path)
    promtool("check", "metrics", given=text)
    there = set(re.findall(r"^(\w+)[{ ]", text, re.M))
    asked = {name for rule in rules() for name in re.findall(r"\bvigie_gateway_\w+", rule["expr"])}
    assert asked and asked <= there
