"""What leads to a protected place is withheld, and nothing else."""

import base64
import json
import time
from typing import Any

import msgspec
import pytest

from incidents.case import Protected
from incidents.events import EVENT_TYPES
from incidents.withheld import FREE_TEXT, OF_A_PLACE, WITHHELD, Withholding

HOME = Protected(name="home, Lindestraat 7, 9000 Gent", lat=51.0536, lon=3.7253, radius_m=300)
SCHOOL = Protected(name="Sint-Jozefsschool", lat=51.06, lon=3.74)
RULE = Withholding((HOME, SCHOOL))


def test_a_position_that_may_lie_within_the_radius_is_withheld_with_its_accuracy() -> None:
    assert RULE.near(51.0536 + 0.0026, 3.7253)  # 290 m
    assert not RULE.near(51.0536 + 0.0029, 3.7253)  # 323 m
    assert RULE.near(51.0536 + 0.0029, 3.7253, radius_m=30.0)
    assert RULE.near(51.06 + 0.0015, 3.74) and not RULE.near(51.06 + 0.0021, 3.74)  # no radius: 200 m


@pytest.mark.parametrize(
    "text",
    [
        "she is at HOME",
        "she went into the lindestraat",
        "waits near the Lindestraat, n° 7",
        "the sint jozefsschool is closed",
        "he waits at Sint-Jozefsschóól",
        "last seen at 51.0537, 3.7251",
        "last seen at 51,0537 3,7251",
        "3.7251/51.0537",
        "at 51° 3' 13\" N",
        "now at her aunt's, Kerkstraat 12",
        "chez sa tante, rue de la Station 5",
    ],
)
def test_a_text_that_leads_to_a_place_is_withheld(text: str) -> None:
    assert RULE.text(text) == WITHHELD


def test_the_address_that_a_case_gives_of_a_place_leads_to_it_as_its_name_does() -> None:
    rule = Withholding((Protected(name="refuge", address="Kouterdreef 81, 9000 Gent", lat=51.0, lon=4.0),))
    assert rule.leads("seen in the Kouterdreef") and rule.says_where(52.0, 5.0, 0.0, "near Kouterdreef 3, Gent")
    assert not rule.leads("a patrol of PZ Gent is on its way")  # what follows a house's number leads nowhere


@pytest.mark.parametrize(
    "text",
    [
        "she whispers: he is at the door",
        "en route to zone 5415, 10 min",
        "PZ Gent, unit GT 12, 21:04",
        "homeless man nearby, plate 1-ABC-000",
        "last seen at 51.2, 4.40",
        "he said at 51.2094, 3.2247 that he leaves",
        "",
    ],
)
def test_a_text_that_leads_to_none_stands(text: str) -> None:
    assert RULE.text(text) == text


@pytest.mark.parametrize(
    "hostile",
    [
        "rue " + " ".join(["a" * 400] * 5) + " x",
        "rue " + "a.-'" * 4000 + "!",
        "rue" + " " * 20_000 + "x",
        "straat" * 4000 + " 12345",
        "1.5 " * 4000,
        "Rue " + "x1 " * 5000,
    ],
)
def test_no_text_of_a_feed_keeps_the_rule_busy(hostile: str) -> None:
    began = time.perf_counter()
    RULE.leads(hostile)
    Withholding((Protected(name="Kade" + " 11" * 60 + " x!", lat=51.0, lon=4.0),))
    assert time.perf_counter() - began < 1.0


def test_an_order_and_a_message_that_hold_one_go_whole() -> None:
    def told(lat: float) -> dict[str, Any]:
        inner = json.dumps({"fix": {"lat": lat, "lon": 3.7253, "radius": 10.0}})
        return {"body": inner, "raw": base64.b64encode(inner.encode()).decode(), "fix": {"lat": lat, "lon": 3.7253}}

    assert RULE.facts(told(51.0536)) == ({"body": WITHHELD, "raw": "", "fix": None}, ("body", "raw", "fix"))
    assert RULE.facts(told(51.2)) == (told(51.2), ())
    broken = base64.b64encode(b'{"lat": 51.05').decode()  # what can't be read may hold anything
    assert RULE.facts({"raw": broken})[0] == {"raw": ""}
    assert Withholding().facts({"raw": broken})[0] == {"raw": broken}


def test_where_nobody_knows_the_places_no_position_and_no_free_text_stands() -> None:
    facts = {"fix": {"lat": 50.0, "lon": 5.0}, "text": "anything", "device": "AMR-1", "reason": ""}
    kept, names = Withholding(unknown=True).facts(facts)
    assert kept == {"fix": None, "text": WITHHELD, "device": "AMR-1", "reason": ""} and names == ("fix", "text")


def test_every_sealed_text_is_known_to_be_free_or_a_name() -> None:
    """A new sealed fact is decided on here: people's words are withheld where the places are unknown."""
    names = {
        "case",
        "device",
        "unit",
        "line",
        "desk",
        "packet",
        "transport",
        "battery",
        "case_version",
        "case_digest",
        "to",
        "zone",
    }
    names |= {"asked_unit", "number"}  # the CAD's of an event: its pattern has room for no address
    values = {"call", "fix", "unreadable", "lat", "lon", "due"}
    not_of_an_incident = {
        "cases",
        "incidents",
        "selection",
        "person",
        "about",
        "victim",
        "story",
        "label",
        "said",
        "says",
        "account",
        "confirmed_by",
        "proposed_by",
        "settings",
    }  # of drills, of the audit, of accounts
    sealed = {name for kind in EVENT_TYPES.values() for name in kind.SEALED}
    assert sealed - FREE_TEXT == names | values | not_of_an_incident | OF_A_PLACE


def test_which_place_she_left_is_withheld_whatever_it_is_called() -> None:
    """Also of a place that the case names no more, and of one whose name alone leads nowhere."""
    told = {"protected": "B", "way": "left"}
    assert RULE.facts(told) == ({"protected": WITHHELD, "way": ""}, ("protected", "way"))
    assert Withholding(unknown=True).facts(told)[0] == {"protected": WITHHELD, "way": ""}
    assert Withholding().facts(told)[0] == told, "in the annex nothing is withheld"


def test_a_case_is_told_without_its_places_and_counts_what_names_them() -> None:
    fact = {"source": "PZ Gent", "date": "2026-11-24"}
    case = {
        "number": "1",
        "places": msgspec.to_builtins([HOME]),
        "home_zone": "5415",
        "risks": [fact | {"text": "he was seen near her home"}, fact | {"text": "threats"}],
    }
    kept, texts = RULE.case(case)
    assert kept == {"number": "1", "risks": [fact | {"text": WITHHELD}, fact | {"text": "threats"}]} and texts == 1


def test_in_a_paper_about_many_a_word_that_is_no_name_leads_nowhere() -> None:
    many = Withholding((Protected(name="work", lat=51.0, lon=4.0), HOME), of_many=True)
    assert many.text("the printer does not work") == "the printer does not work"
    assert many.text("call the lindestraat 7") == WITHHELD
