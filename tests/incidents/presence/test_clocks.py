"""A server's clock among those of the others: what most say is told; a jump changes nothing before it is known who is right."""

from datetime import UTC, datetime

import pytest

from incidents.presence.clocks import HeldClock

HOUR = 3600.0


class World:
    """So many servers, whose clocks are wrong by some seconds. Each hears all others once a second."""

    def __init__(self, *wrong_s: float) -> None:
        self.true_s, self.wrong_s, self.there = 1.8e9, [*wrong_s], set(range(len(wrong_s)))
        self.clocks = [
            HeldClock(lambda n=n: self.true_s + self.wrong_s[n], lambda: self.true_s - 1.7e9) for n in self.there
        ]

    def passes(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.true_s += 1
            for hears in self.there:
                for n in self.there - {hears}:
                    self.clocks[hears].hear(f"{n}", self.clocks[n].own_ms())
                self.clocks[hears].settle({f"{n}" for n in self.there})

    def wrong(self) -> list[int]:
        """By how many seconds each is wrong in what it tells."""
        return [
            round((clock.now() - datetime.fromtimestamp(self.true_s, UTC)).total_seconds()) for clock in self.clocks
        ]


@pytest.mark.parametrize("wrong_s", [HOUR, -HOUR, 95.0, 400 * 86400.0])
def test_a_server_whose_clock_is_wrong_when_it_starts_tells_the_time_of_the_others(wrong_s: float) -> None:
    world = World(wrong_s, 0, 0.4)
    world.passes(1)
    assert world.wrong() == [0, 0, 0]
    assert "this machine's clock is" in world.clocks[0].fault
    assert [clock.fault for clock in world.clocks[1:]] == ["", ""]


@pytest.mark.parametrize("servers", [2, 3])
@pytest.mark.parametrize("jump_s", [HOUR, -HOUR])
def test_a_clock_that_jumps_alone_changes_no_time_that_is_told(servers: int, jump_s: float) -> None:
    world = World(*[0.0] * servers)
    world.passes(5)
    world.wrong_s[0] += jump_s
    for _ in range(20):
        assert world.wrong() == [0] * servers
        world.passes(1)
    assert "this machine's clock is 3600 s" in world.clocks[0].fault
    world.wrong_s[0] = 0
    world.passes(5)
    assert world.wrong() == [0] * servers
    assert world.clocks[0].fault == ""


def test_a_clock_that_all_machines_set_together_is_followed() -> None:
    world = World(0, 0, 0)
    world.passes(5)
    world.wrong_s = [60.0] * 3
    world.passes(5)
    assert world.wrong() == [60] * 3


def test_a_server_alone_follows_its_clock_unless_the_others_said_that_it_is_wrong() -> None:
    alone = World(0)
    alone.passes(5)
    alone.wrong_s[0] = 60
    alone.passes(5)
    assert alone.wrong() == [60]
    world = World(HOUR, 0, 0)
    world.passes(5)
    world.there = {0}
    world.passes(60)
    assert world.wrong()[0] == 0
    world.wrong_s[0] = 20  # somebody set it
    world.passes(5)
    assert world.wrong()[0] == 20


def test_two_servers_whose_clocks_never_agreed_each_keep_their_own_and_say_so() -> None:
    world = World(0, HOUR)
    world.passes(10)
    assert world.wrong() == [0, 3600]
    assert all("which is right is not known" in clock.fault for clock in world.clocks)


def test_a_server_that_drifts_is_followed_as_long_as_it_is_of_one_mind_with_the_others() -> None:
    world = World(0, 0, 0)
    for _ in range(4):
        world.wrong_s[0] += 1
        world.passes(2)
    assert world.wrong() == [4, 0, 0]
    assert world.clocks[0].fault == ""


def test_words_that_were_held_up_on_their_way_change_no_time() -> None:
    world = World(0, 0, 0)
    world.passes(5)
    hears = world.clocks[0]
    for server in ("1", "2"):
        for _ in range(10):
            hears.hear(server, world.clocks[0].own_ms() - 30_000)
    hears.settle({"1", "2"})
    assert world.wrong()[0] == 0
    world.passes(5)
    assert world.wrong() == [0, 0, 0]
    assert hears.fault == ""
