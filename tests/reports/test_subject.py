"""What is kept of a person: hers, nobody else's; a suspect's leads to no alarm, device or place; safe whatever stands in it."""

import html.parser
import json
import unicodedata
from datetime import datetime
from typing import Any

import msgspec
import pytest

from incidents.case import Case
from incidents.cases.life import FACTS, Step
from incidents.events import EVENT_TYPES
from incidents.log import PARTS
from incidents.timeline import Moment
from incidents.withheld import WITHHELD
from reports.catalogue import PSEUDO, translator
from reports.render import html as as_html
from reports.subject import HERS, Gathered, NothingKept, Whom, as_json, as_paper, extract
from tests.incidents.cases.conftest import case
from tests.incidents.log.samples.types import event_of
from tests.words.unsaid import of_page, unsaid

AT = "2026-11-27T12:00:00.000Z"
HOSTILE = [
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "</script><svg onload=alert(1)>", "\"><b>x</b>", "'>x",
    "&lt;b&gt;", "<!--", "]]>", "{{7*7}}", "{% raw %}", "${7*7}", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "|cmd",
    "'; DROP TABLE keys; --", "\u202egnirts", "\u2066x\u2069", "\u200bx", "\x00x", "\x1b[31mx", "a\r\nb: c", "\u2028x",
    "\ufeffx", "javascript:alert(1)", "%s%n{0}", "../../etc/passwd", "\U000e0041x", "style=\"x:expression(1)\"", "a" * 200,
]  # fmt: skip
PLACE = {
    "name": "Maison de repos Fictif",
    "lat": 50.84671,
    "lon": 4.35247,
    "address": "Rue Imaginaire 12, 1000 Bruxelles",
}


def fact(text: str) -> dict[str, str]:
    return {"text": text, "source": text[:200], "date": "2026-11-02"}


def full(text: str, **fields: Any) -> Case:
    """A case with this text in every field that takes one."""
    name, said = text[:200], fact(text)
    person = {"name": name, "languages": ["nl"], "facts": [said]}
    given = {
        "source": name, "victim": person, "suspect": person, "measures": [said], "risks": [said], "weapons": [said],
        "present": [said],
        "places": [{"name": name, "lat": 50.8, "lon": 4.3, "address": name, "source": name}],
        "instructions": [{"kind": "other", **said}], "safe_word": name, "duress_word": name, "safe_numbers": [name],
        "exclusions": [{"reason": text, "account": name, "source": name}],
    }  # fmt: skip
    if text.strip() == text and text.isprintable():
        given["devices"] = [name]
    return msgspec.convert(case(**(given | fields)), Case)


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def tags_of(page: str) -> Tags:
    found = Tags()
    found.feed(page)
    return found


def printed(gathered: Gathered, whom: Whom) -> str:
    return as_html(as_paper(extract(gathered, whom, AT), str))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("whom", ["victim", "suspect"])
def test_thirty_hostile_strings_in_every_field_are_text(text: str, whom: Whom) -> None:
    gathered = Gathered(versions=[full(text, victim={"name": "B. Exemple", "facts": [fact(text)]})])
    plain = tags_of(printed(Gathered(versions=[full("harmless", victim={"name": "B. Exemple"})]), whom))
    page = printed(gathered, whom)
    found = tags_of(page)
    assert found.tags <= plain.tags | {"table", "thead", "tbody", "tr", "th", "td"}
    assert found.attributes <= plain.attributes | {"class", "scope"}
    assert not [c for c in page if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")]
    assert json.loads(as_json(extract(gathered, whom, AT)))["kind"] == "subject-extract"


def test_others_are_withheld_and_counted() -> None:
    told = "Her brother saw Karel Onbestaand with the car"
    one = full(
        "nothing",
        victim={"name": "Anna Voorbeeld", "facts": [fact("Wears glasses"), fact(told)]},
        suspect={"name": "Karel Onbestaand", "facts": [fact("Drives a van")]},
        present=[fact("Two children of a neighbour")],
        risks=[fact("Threatened by ONBESTAAND, Kärel"), fact("Lives alone")],
        measures=[fact("Officer Jansens-Fictief explained it")],
        safe_numbers=["+32 000 00 00 00"],
        safe_word="pancake",
    )
    found = as_json(extract(Gathered(versions=[one], officers=["P. Jansens-Fictief"]), "victim", AT)).decode()
    for kept in ("Anna Voorbeeld", "Wears glasses", "Lives alone"):
        assert kept in found
    for withheld in ("nbestaand", "NBESTAAND", "van", "children", "Jansens", "pancake", "+32"):
        assert withheld not in found, withheld
    counts = json.loads(found)["withheld"]
    assert (counts["suspect"], counts["other_persons"], counts["agreed_words"]) == (1, 1, 2)
    assert counts["texts"] >= 3


def test_a_name_that_both_bear_withholds_nothing_of_hers() -> None:
    one = full(
        "nothing",
        victim={"name": "Anna Voorbeeld", "facts": [fact("Family Voorbeeld")]},
        suspect={"name": "Jan Voorbeeld"},
    )
    assert [d.text for d in extract(Gathered(versions=[one]), "victim", AT).about] == ["Family Voorbeeld"]


LEADS = [
    "Her alarm went off", "wears an AMR", "seen near Maison de repos fictif", "AMR-0001", "lives in Rue Imaginaire 12",
    "she wears a bracelet that calls the police", "stays away from the Lindenhof, where she works",
    "her mother Agnes Verzonnen told us", "Insp. Fictief spoke to him", "may not come within 300 m of the station",
]  # fmt: skip


@pytest.mark.parametrize("text", LEADS)
def test_a_suspects_extract_says_nothing_that_leads_to_an_alarm_a_device_or_a_place(text: str) -> None:
    suspect = {"name": "K. Onbestaand", "languages": ["fr"], "facts": [fact("Drives a grey van"), fact(text)]}
    one = full("nothing", victim={"name": "A. Voorbeeld"}, suspect=suspect, places=[PLACE], devices=["AMR-0001"])
    found = extract(Gathered(versions=[one]), "suspect", AT)
    assert (found.name, found.languages, found.about, found.cases) == ("K. Onbestaand", ("fr",), (), ())
    assert (found.courses, found.withheld) == ((), {"texts": 2})
    for form in (as_json(found).decode(), as_html(as_paper(found, str))):
        assert text not in form
        for word in ("2026-0001", "AMR", "alarm", "Vigie", "Voorbeeld", "Imaginaire", "50.8", "victim", "2027"):
            assert word.casefold() not in form.casefold(), word


def test_a_text_that_names_who_may_be_there_is_withheld_from_the_victims_extract() -> None:
    one = full(
        "nothing",
        victim={"name": "A. Voorbeeld", "facts": [fact("Agnes has a key"), fact("Walks with a stick")]},
        suspect=None,
        present=[fact("her mother Agnes Verzonnen")],
    )
    assert [d.text for d in extract(Gathered(versions=[one]), "victim", AT).about] == [WITHHELD, "Walks with a stick"]


def test_who_is_not_there_is_said_without_a_name() -> None:
    with pytest.raises(NothingKept):
        extract(Gathered(versions=[]), "victim", AT)
    with pytest.raises(NothingKept):
        extract(Gathered(versions=[full("x", suspect=None)]), "suspect", AT)


def test_the_paper_says_every_record_and_step_that_may_be_hers_in_the_readers_language() -> None:
    hers = {tag: kind for tag, kind in EVENT_TYPES.items() if {"case", "cases", "device"} & {*kind.__struct_fields__}}
    assert [tag for tag, kind in hers.items() if not kind.SAYS] == []
    at = datetime.fromisoformat(AT)
    moments = [
        Moment(
            version=1, id=tag, type=tag, actor=actor, at=at, source_at=at, clock="ours", hash="", prev="",
            facts=msgspec.to_builtins(event_of(tag)),
        )
        for tag in hers
        for actor in ("someone", "keeper", *PARTS)
    ]  # fmt: skip
    steps = [Step(id=kind, at=at, by="keeper", kind=kind, day=at.date(), text="x") for kind in FACTS]
    functions = {"someone": "dispatcher supervisor", "keeper": "keeper"}
    gathered = Gathered(versions=[full("x")], others=moments, steps=steps, functions=functions)
    page = as_html(as_paper(extract(gathered, "victim", AT), translator(PSEUDO), language="fr"))
    left = unsaid(of_page(page), *(f"voorbeeld-{name}" for name in HERS), "gnss")
    assert left == set()
