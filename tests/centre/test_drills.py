"""A centre as it is wired: whether a drill may come is asked of the health that every screen shows."""

from pathlib import Path

from centre.runtime import Centre
from centre.settings import Settings
from incidents.health import FeedHealth


async def test_a_centres_drills_ask_its_health_and_end_before_anything_would_be_told_outside(tmp_path: Path) -> None:
    settings = Settings(log=tmp_path / "vigie.log", no_sign_in=True)
    centre = await Centre.open(settings)
    try:
        drills, now = centre.desk.drills, centre.desk.clock.now()
        assert drills._disturbed() == "health"  # no feed: nothing can come in
        await centre.desk.feed_health(FeedHealth(name="112-app", state="live", since=now, heartbeat_at=now))
        assert drills._disturbed() is None
        await centre.desk.feed_health(FeedHealth(name="112-app", state="silent", since=now))
        assert drills._disturbed() == "health"
        assert drills._rules.unanswered_s < settings.watch.confirm_s + settings.watch.outside_s
    finally:
        await centre.close()
