"""Who need not say why they look: what an open alarm is to a person now, and who is shown the words agreed with her."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import events as ev
from incidents.centres import Belongs
from incidents.commands.whose import holds
from incidents.fold import apply
from incidents.incident import STATES, HandOverOffer, Incident
from incidents.need import Seat, need, need_of_device
from incidents.roles import ROLES, Role, User
from incidents.technical import DeviceAlarm
from tests.incidents.conftest import START
from tests.incidents.facts import incident_of

HERE = Seat(covers=frozenset({"OVL"}))


def user(*roles: Role, actor: str = "me") -> User:
    return User(actor=actor, roles=frozenset(roles or ("dispatcher",)))


def incident(**facts: Any) -> Incident:
    return incident_of("a", START, **facts)


def asks(one: Incident, who: User, own: str = "OVL", seat: Seat = HERE) -> str:
    return need(one, who, lambda: Belongs(own=own, why="position"), seat)


OWNED = {"state": "acknowledged", "owner": "ann"}


@pytest.mark.parametrize(
    ("facts", "own", "seat", "what"),
    [
        ({}, "OVL", HERE, "unowned"),
        ({}, "", HERE, "unowned"),
        ({}, "BRU", HERE, ""),
        ({"attention__unpresented": True}, "BRU", HERE, "unowned"),
        ({}, "BRU", Seat(covers={"OVL"}, unheard={"BRU": ("OVL", "LIE")}), "neighbour"),
        ({}, "BRU", Seat(covers={"OVL"}, unheard={"BRU": ("LIE",)}), ""),
        ({}, "BRU", Seat(covers={"OVL"}, unheard={"BRU": ()}), "neighbour"),
        (OWNED, "BRU", Seat(covers={"OVL"}, unheard={"BRU": ("OVL",)}), ""),
        (OWNED, "OVL", HERE, ""),
        (OWNED | {"owner": "me"}, "BRU", HERE, "mine"),
        (OWNED | {"ownership__helpers": ("me",)}, "BRU", HERE, "helper"),
        (OWNED | {"ownership__helpers": ("me",), "line__listener": "me"}, "BRU", HERE, "second_seat"),
        (OWNED | {"ownership__offer": HandOverOffer(to="me", at=START)}, "BRU", HERE, "offered"),
        (OWNED | {"ownership__offer": HandOverOffer(to="bob", at=START)}, "BRU", HERE, ""),
        (OWNED | {"ownership__gone": "lost"}, "BRU", HERE, "offered"),
        (OWNED | {"escalation__rung": "everyone"}, "BRU", HERE, "escalation"),
        (OWNED | {"escalation__confirmed_by": "me"}, "BRU", HERE, "escalation"),
    ],
)
def test_nothing_is_asked_of_who_has_to_do_with_it_now(facts: Any, own: str, seat: Seat, what: str) -> None:
    assert asks(incident(**facts), user(), own, seat) == what
    assert asks(incident(**facts | {"state": "closed"}), user(), own, seat) == "", "it is over"
    assert asks(incident(**facts), user("auditor"), own, seat) == "", "who may take no alarm needs none"


def test_the_watch_calls_supervisors_to_what_its_owner_only_listens_to_and_to_a_centre_that_nobody_hears() -> None:
    copied = incident(**OWNED, attention__copied_at=START)
    assert (asks(copied, user("supervisor")), asks(copied, user())) == ("escalation", "")
    blind = Seat(covers={"OVL"}, unheard={"BRU": ("LIE",)})
    assert (asks(incident(), user("supervisor"), "BRU", blind), asks(incident(), user(), "BRU", blind)) == (
        "neighbour",
        "",
    )


def test_a_person_whom_the_log_can_not_name_is_nobody_that_it_names() -> None:
    nobody = user(actor="")
    assert asks(incident(**OWNED), nobody) == ""
    assert asks(incident(), nobody) == "unowned", "an alarm is never hidden for it"
    assert not holds(incident(**OWNED | {"owner": None}), "")


@given(
    state=st.sampled_from(STATES),
    owner=st.sampled_from(["me", "ann", None]),
    helpers=st.sampled_from([(), ("me",), ("bob", "me")]),
    roles=st.sets(st.sampled_from(ROLES), min_size=1),
)
def test_whoever_is_shown_the_words_has_the_alarm_or_its_second_seat_and_is_asked_nothing(
    state: Any, owner: Any, helpers: Any, roles: set[Role]
) -> None:
    one = incident(state=state, owner=owner, ownership__helpers=helpers)
    if holds(one, "me"):
        assert one.open and (owner == "me" or "me" in helpers)
        assert asks(one, user(*roles), "BRU") or not roles & {"dispatcher", "supervisor"}
    else:
        assert state == "closed" or (owner != "me" and "me" not in helpers)


def test_a_technical_alarm_is_needed_until_somebody_else_took_note_of_it() -> None:
    alarm = DeviceAlarm(stream="device/x", device="AMR-1", condition="silent", since=START, changed_at=START)
    assert need_of_device(alarm, user()) == "unowned"
    noted = msgspec.structs.replace(alarm, acknowledged_by="me")
    assert (need_of_device(noted, user()), need_of_device(noted, user(actor="bob"))) == ("mine", "")
    assert need_of_device(alarm, user("auditor")) == ""


def _entry(n: int, event: ev.Event, actor: str) -> ev.Entry:
    return ev.Entry(stream="incident/a", version=n, id=str(n), at=START, source_at=START, actor=actor, event=event)


EVIDENCE = ev.EvidenceMade(incident="a", form="pdf", sha256="", json_sha256="", how="page")


def test_each_look_counts_the_history_says_the_first_of_a_person_and_no_look_of_another_keeps_an_owner_awake() -> None:
    one = apply(None, _entry(1, ev.Raised(origin="press"), "feed"))
    one = apply(one, _entry(2, ev.Acknowledged(), "ann"))
    acted = one.attention.acted_at
    later = msgspec.structs.replace
    for n in range(3, 2003):
        look = later(_entry(n, ev.CaseOpened(need=""), "bob"), at=START.replace(year=2030))
        one = apply(one, look)
    one = apply(one, later(_entry(2003, ev.ReasonGiven(of="3", why="review"), "bob"), at=START.replace(year=2030)))
    assert one.readers.looks == {"bob": 2000} and one.attention.acted_at == acted
    assert [e.version for e in one.history.entries] == [1, 2, 3]
    one = apply(one, later(_entry(2004, ev.CaseOpened(need="mine"), "ann"), at=START.replace(year=2031)))
    assert one.attention.acted_at == START.replace(year=2031), "its owner reads the case: that is work"
    one = apply(one, later(_entry(2005, ev.CaseOpened(need="mine"), "ann"), at=START.replace(year=2032)))
    one = apply(one, later(_entry(2006, EVIDENCE, "ann"), at=START.replace(year=2033)))
    assert one.attention.acted_at == START.replace(year=2031), "a page that comes back is not"
