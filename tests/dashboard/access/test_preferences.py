"""What a person prefers is kept with their account: for all of their browsers, over a restart, never in the way of signing in."""

import sqlite3

import msgspec
import pytest

from dashboard.access.accounts import Accounts
from dashboard.access.rules import AccountError
from dashboard.access.signins import SignIns
from dashboard.access.standing import standing
from dashboard.shell.preferences import Preferences
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import Browser
from tests.dashboard.conftest import DrivenClock, House

MIEKE = "Mieke Voorbeeld"
OWN = Preferences(language="nl", single_keys="alt", keys={"fly": "b", "layers": ""})


def kept(accounts: Accounts) -> Preferences:
    account = accounts.get(MIEKE)
    assert account is not None
    return account.preferences


def test_a_preference_lives_over_a_restart_and_ends_with_the_account(accounts: Accounts) -> None:
    accounts.prefer(MIEKE.upper(), lambda before: OWN)
    assert kept(accounts) == kept(Accounts(accounts.path, hasher=QUICK)) == OWN
    accounts.prefer(MIEKE, lambda before: msgspec.structs.replace(before, language="fr"))
    assert kept(accounts) == msgspec.structs.replace(OWN, language="fr")
    accounts.remove(MIEKE)
    accounts.add(MIEKE, ["dispatcher"], PASSWORD)
    assert kept(accounts) == Preferences()
    with pytest.raises(AccountError):
        accounts.prefer("Nobody", lambda before: OWN)


@pytest.mark.parametrize(
    "damage", ["{", "[]", b"\xff", 7, '{"single_keys": "loud"}', '{"keys": {"fly": "a very long key"}}', "[" * 9000]
)
def test_what_is_damaged_counts_as_no_preference_and_keeps_nobody_out(accounts: Accounts, damage: object) -> None:
    accounts.prefer(MIEKE, lambda before: OWN)
    with sqlite3.connect(accounts.path) as db:
        db.execute("UPDATE accounts SET preferences = CAST(? AS TEXT)", (damage,))
    db.close()
    assert accounts.verify(MIEKE, PASSWORD) is not None
    assert kept(accounts) == kept(Accounts(accounts.path, hasher=QUICK)) == Preferences()


def test_a_file_of_before_is_opened_and_keeps_preferences_from_then_on(accounts: Accounts) -> None:
    with sqlite3.connect(accounts.path) as db:
        db.execute("ALTER TABLE accounts DROP COLUMN preferences")
    db.close()
    again = Accounts(accounts.path, hasher=QUICK)
    again.prefer(MIEKE, lambda before: OWN)
    assert kept(again) == OWN


async def test_it_is_told_to_each_page_of_the_person_and_to_nobody_elses(
    accounts: Accounts, clock: DrivenClock
) -> None:
    accounts.add("Jan Fictief", ["dispatcher"], PASSWORD)
    signins = SignIns(accounts, clock=clock)
    names = (MIEKE, MIEKE, "Jan Fictief")
    here, there, other = (signins.open(account) for name in names if (account := accounts.get(name)))
    notified = []
    signins.listen(lambda: notified.append(standing(signins, there).preferences))
    assert await signins.prefer(here, lambda before: OWN)
    assert notified == [OWN]
    assert standing(signins, other).preferences == Preferences()
    signins.lock(here)
    assert not await signins.prefer(here, lambda before: Preferences())
    assert standing(signins, here).preferences is None
    assert standing(signins, there).preferences == OWN
    accounts.path.unlink()
    assert not await signins.prefer(there, lambda before: Preferences())
    signins.close_file()


async def test_a_page_says_what_its_person_prefers_and_a_foreign_field_changes_nothing(base: str, house: House) -> None:
    browser = Browser(base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    here, there = await browser.open(), await browser.open()
    await here.say(do="prefer", single_keys="alt", keys={"fly": "b"})
    assert await here.reply(lambda reply: "preferred" in reply) == {"preferred": True}
    told = await there.until(lambda message: message.get("access", {}).get("preferences"))
    assert told["access"]["preferences"] == {"single_keys": "alt", "keys": {"fly": "b"}}
    for hostile in ({"single_keys": "loud"}, {"keys": {"fly": "x" * 99}}, {"keys": {f"k{n}": "b" for n in range(999)}}):
        await here.say(do="prefer", **hostile)
    await here.say(do="prefer", single_keys="off")
    told = await there.until(
        lambda message: message.get("access", {}).get("preferences", {}).get("single_keys") == "off"
    )
    assert told["access"]["preferences"]["keys"] == {"fly": "b"}
    await here.close()
    await there.close()
