"""Feeds that call themselves alike are followed apart, each under a name that stays its own; one alone keeps the plain name."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from feeds.subscriber import FeedNames, address_of
from tests.feeds.parts import Desk, Line, Shelf, following, press, scripted
from tests.waiting import until


@contextlib.asynccontextmanager
async def two_feeds(desk: Desk, shelf: Shelf, *urls: str) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as both:
        names = FeedNames()
        for url in urls:
            seen = len({health.name for health in desk.healths})
            await both.enter_async_context(following(url, desk, shelf, names=names))
            await until(lambda seen=seen: len({h.name for h in desk.healths if h.state == "live"}) > seen)  # type: ignore[misc]
        yield


@pytest.mark.parametrize("epoch", ["E1", None])
async def test_two_feeds_of_one_name_are_two_and_the_end_of_one_is_told(
    epoch: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    desk, shelf = Desk(), Shelf()

    def server(name: str) -> Callable[[Line, int], Awaitable[None]]:
        async def script(line: Line, connection: int) -> None:
            await line.accept(feed="112-app", **({"epoch": epoch, "oldest": 1, "head": 1} if epoch else {}))
            await line.event("t", press(1, id=name))

        return script

    async with scripted(server("one")) as one:
        async with scripted(server("other")) as other:
            apart = f"112-app ({address_of(other)})"
            async with two_feeds(desk, shelf, one, other):
                await until(lambda: {(m.id, m.feed) for m in desk.presses} == {("one", "112-app"), ("other", apart)})
                await until(lambda: f"address {address_of(other)}" in shelf.kept)
            assert {health.name for health in desk.healths} == {"112-app", apart}
            assert caplog.text.count("two feeds call themselves 112-app") == 1
            # Whichever is there first after a restart, each has the name it had.
            desk = Desk()
            async with two_feeds(desk, shelf, other, one):
                assert [*dict.fromkeys(health.name for health in desk.healths)] == [apart, "112-app"]
        desk = Desk()
        async with (
            following(one, desk, shelf, names=(names := FeedNames())),
            following(other, desk, shelf, names=names),
        ):
            await until(lambda: {h.name: h.state for h in desk.healths} == {apart: "down", "112-app": "live"})


async def test_a_feed_that_is_followed_again_has_its_plain_name(caplog: pytest.LogCaptureFixture) -> None:
    names, shelf = FeedNames(), Shelf()

    async def script(line: Line, connection: int) -> None:
        await line.accept(feed="112-app", epoch="E1", oldest=1, head=1)
        await line.event("t", press(1))

    async with scripted(script) as url:
        for _ in range(2):
            desk = Desk()
            async with following(url, desk, shelf, names=names):
                await until(lambda desk=desk: desk.presses)  # type: ignore[misc]
            assert {health.name for health in desk.healths} == {"112-app"}
    assert "two feeds" not in caplog.text


def test_a_name_that_another_gave_up_is_free_and_one_made_up_is_no_other_s() -> None:
    names, one, other = FeedNames(), object(), object()
    assert names.taken("a (x)", "y", other) == "a (x)"
    assert names.taken("a", "x", one) == "a"
    assert names.taken("a", "y", other) == "a (y)"
    names.free(one)
    assert names.taken("b", "x", one) == "b"
