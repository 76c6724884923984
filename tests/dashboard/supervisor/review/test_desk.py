"""What a page asks of the review, and what it may not."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from centre.settings import Settings, SettingsError, profiles
from dashboard.supervisor.review.desk import answer
from incidents.audit import stream_of
from incidents.log import LogUnavailable
from incidents.roles import User
from reports.catalogue import translator
from tests.dashboard.conftest import House
from tests.dashboard.supervisor.review.parts import Kept, past
from tests.waiting import LONG_S


class Before:
    """A page with a person before it; what it is told is kept."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.translate = translator("en")
        self.told: list[dict[str, Any]] = []

    def reply(self, **facts: Any) -> None:
        self.told.append(facts)


def supervisor(house: House) -> Before:
    house.given.history = Kept(past(80, now=house.clock.now()))
    actor = house.desk.pseudonym("Sofie Voorbeeld")
    return Before(User(actor=actor, roles=frozenset({"supervisor"})))


async def ask(house: House, page: Before, **asked: Any) -> Any:
    found = await answer(house.consoles, page, {"do": "review", **asked})
    return found if found is None else json.loads(json.dumps(found, default=lambda raw: json.loads(bytes(raw))))


async def test_a_view_is_answered_with_its_facts_and_the_profiles_once(house: House) -> None:
    page = supervisor(house)
    first = await ask(house, page, what="view", n=1, view={}, first=True)
    assert first["facts"]["rows"] == 80
    assert [profile["key"] for profile in first["profiles"]][:4] == ["amr", "cic", "nena", "nfpa"]
    assert "profiles" not in await ask(house, page, what="view", n=2, view={"profile": "cic"})


async def test_a_centres_own_profile_is_offered_and_measured_against(house: House, tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(
        'name = "CIC Voorbeeld"\nmade_for = "presses of our province"\nsource = "an agreement"\n'
        '[[targets]]\ninterval = "received->acknowledged"\nlimit_s = 30\n'
    )
    page = supervisor(house)
    house.given.profiles = profiles(Settings(profile_file=file))
    first = await ask(house, page, what="view", n=1, view={"profile": "own"}, first=True)
    assert [(one["key"], one["name"]) for one in first["profiles"]][4:] == [("own", "CIC Voorbeeld")]
    assert [target["limit_s"] for target in first["facts"]["targets"]] == [30.0]
    file.write_text('name = "CIC Voorbeeld"\n')
    with pytest.raises(SettingsError, match="profile_file"):
        profiles(Settings(profile_file=file))


async def test_of_two_questions_of_a_page_only_the_newest_is_answered(house: House) -> None:
    page = supervisor(house)
    older, newer = await asyncio.gather(
        ask(house, page, what="view", n=1, view={}), ask(house, page, what="view", n=2, view={"period": "month"})
    )
    assert older is None
    assert newer["n"] == 2


@pytest.mark.parametrize(
    "view", [{"zones": [1]}, {"operators": ["x"]}, {"period": "ever"}, "all", {"zones": ["z"] * 3000}], ids=range(5)
)
async def test_what_is_no_view_is_refused(house: House, view: Any) -> None:
    assert await ask(house, supervisor(house), what="view", n=1, view=view) == {"refused": "invalid", "what": "view"}


async def test_an_address_made_here_opens_and_a_tampered_one_says_so(house: House) -> None:
    page = supervisor(house)
    word = (await ask(house, page, what="copy", view={"zones": ["5415"]}))["word"]
    assert await ask(house, page, what="open", word=word) == {"view": {"zones": ["5415"]}}
    changed = ("a" if word[0] != "a" else "b") + word[1:]
    assert await ask(house, page, what="open", word=changed) == {"refused": "unreadable", "what": "open"}


async def test_an_address_opens_for_no_role_without_the_page(house: House) -> None:
    page = supervisor(house)
    word = (await ask(house, page, what="copy", view={}))["word"]
    page.user = User(actor=page.user.actor, roles=frozenset({"dispatcher"}))
    assert await ask(house, page, what="open", word=word) == {"refused": "not_allowed", "what": "open"}


async def test_figures_by_operator_are_shown_after_the_reason_is_recorded(house: House) -> None:
    page = supervisor(house)
    none = await ask(house, page, what="operators", n=1, view={"profile": "cic"}, reason="  ")
    assert none == {"refused": "reason_missing", "what": "operators"}
    stream = stream_of(house.clock.now())
    assert await house.log.stream(stream) == []
    made = await ask(house, page, what="operators", n=2, view={"profile": "cic"}, reason="complaint of 3 November")
    assert sum(one["rows"]["value"] for one in made["operators"]["operators"]) > 40
    (record,) = await house.log.stream(stream)
    assert (record.type, record.actor) == ("operator_figures_opened", page.user.actor)
    assert "complaint" not in str(record.open) + record.sealed
    assert b"complaint" in (house.log.unseal(record) or b"")


async def test_no_figures_by_operator_for_other_roles_or_while_nothing_can_be_recorded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = supervisor(house)
    asked = {"what": "operators", "n": 1, "view": {}, "reason": "why"}
    page.user = User(actor=page.user.actor, roles=frozenset({"auditor", "dispatcher"}))
    assert await ask(house, page, **asked) == {"refused": "not_allowed", "what": "operators"}
    page.user = User(actor=page.user.actor, roles=frozenset({"supervisor"}))

    async def full(*facts: Any) -> None:
        raise LogUnavailable("the disk is full")

    monkeypatch.setattr(house.log, "append", full)
    assert await ask(house, page, **asked) == {"refused": "not_recorded", "what": "operators"}


async def test_while_the_log_is_read_the_page_is_told_how_far_it_is(house: House) -> None:
    page = supervisor(house)
    house.consoles.services.history.ready, house.consoles.services.history.done = False, 30
    asked = asyncio.ensure_future(ask(house, page, what="view", n=1, view={}))
    async with asyncio.timeout(LONG_S):
        while not page.told:
            await asyncio.sleep(0)
    assert page.told[0] == {"review": {"progress": {"n": 1, "done": 30, "total": 80}}}
    house.consoles.services.history.ready = True
    assert (await asked)["n"] == 1


async def test_the_map_has_every_zone_and_is_plain_json(house: House) -> None:
    made = (await ask(house, supervisor(house), what="map"))["map"]
    assert {zone["key"] for zone in made["zones"]} == set(house.consoles.services.places.names)
    assert all(zone["path"].startswith("M") for zone in made["zones"])
