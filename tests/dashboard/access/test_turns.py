"""Whose password is checked next: an address that tries much waits behind itself alone."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.turns import Turns


async def test_a_newcomer_waits_for_one_check_of_each_address_however_much_they_try() -> None:
    turns, done = Turns(1), []

    async def attempt(address: str, account: str) -> None:
        async with turns.turn(address, account):
            await asyncio.sleep(0)
            done.append((address, account))

    flood = [("a", f"name {n}") for n in range(200)] + [("b", "mieke")] * 200 + [("c", "mieke")] * 200
    waiting = [asyncio.create_task(attempt(*one)) for one in flood]
    await asyncio.sleep(0)
    await attempt("d", "mieke")
    assert len(done) <= 6
    newcomer = asyncio.create_task(attempt("a", "jan"))  # of an address that tries 200 others
    await asyncio.gather(*waiting, newcomer)
    assert len(done) == 602


async def test_who_never_failed_waits_for_two_checks_though_thousands_of_addresses_try() -> None:
    turns, done = Turns(1, lambda address: 0 if address == "elsewhere" else 3), []

    async def attempt(address: str) -> None:
        async with turns.turn(address, "mieke"):
            await asyncio.sleep(0)
            done.append(address)

    waiting = [asyncio.create_task(attempt(f"address {n}")) for n in range(3000)]
    await asyncio.sleep(0)
    await attempt("elsewhere")
    assert len(done) <= 3
    await asyncio.gather(*waiting)


async def test_within_an_address_the_accounts_take_turns() -> None:
    turns, done = Turns(1), []

    async def attempt(account: str) -> None:
        async with turns.turn("room", account):
            await asyncio.sleep(0)
            done.append(account)

    await asyncio.gather(*(attempt("mieke") for _ in range(20)), attempt("jan"))
    assert done.index("jan") <= 2


def test_whoever_leaves_and_whenever_no_place_is_lost_and_nothing_stays() -> None:
    @given(
        st.integers(1, 3),
        st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 6)), max_size=30),
    )
    def try_it(places: int, attempts: list[tuple[str, str, int]]) -> None:
        async def run() -> None:
            turns, inside, most = Turns(places), 0, 0

            async def attempt(address: str, account: str) -> None:
                nonlocal inside, most
                async with turns.turn(address, account):
                    inside += 1
                    most = max(most, inside)
                    try:
                        await asyncio.sleep(0)
                    finally:
                        inside -= 1

            async def one(address: str, account: str, leaves: int) -> None:
                task = asyncio.create_task(attempt(address, account))
                for _ in range(leaves):
                    await asyncio.sleep(0)
                if leaves:
                    task.cancel()
                await asyncio.gather(task, return_exceptions=True)

            await asyncio.gather(*(one(*facts) for facts in attempts))
            assert most <= places
            assert (turns._free, dict(turns._waiting)) == (places, {})

        asyncio.run(run())

    try_it()
