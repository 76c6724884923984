"""The demo's bench device: pressed some time after the first page can be seen and heard, as at a shift's start."""

import asyncio
from datetime import UTC, datetime

from dashboard.consoles import Consoles
from feeds.gateway import Gateway

DEVICE = "AMR-BENCH-1"
AFTER_S = 20
# The demo's own desk, in Brussels.
HERE = {"lat": 50.8466, "lon": 4.3528, "radius": 12.0, "confidence": 68, "method": "gnss"}


async def press_bench(gateway: Gateway, consoles: Consoles) -> None:
    """Press once, through the feed."""
    watched_s = 0
    while watched_s < AFTER_S:
        await asyncio.sleep(1)
        watched_s += any(page.both for page in consoles.watching())
    fix = HERE | {"time": datetime.now(UTC).isoformat()}
    await gateway.publish({"kind": "press", "device": DEVICE, "press": "hold", "fix": fix})
