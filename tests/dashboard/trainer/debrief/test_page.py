"""The debrief's page: whole in itself, nothing that a person wrote is markup in it, its numbers are the debrief's."""

import base64
import hashlib
import json
import re

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.trainer.debrief.page import policy
from dashboard.trainer.debrief.view import Axis
from incidents.exercises.debrief import Decision
from incidents.exercises.room import Halt, Remark, Told
from incidents.exercises.scenario import Message
from reports.locale_formats import formats_of
from tests.dashboard.trainer.debrief.parts import Read, debrief, page_of

NASTY = (
    "</script>",
    "<!--",
    "<script>",
    "-->",
    "]]>",
    "\u2028",
    "&lt;",
    "\\u003c/script",
    '"',
    "<img src=x onerror=alert(1)>",
)
TEXTS = st.lists(st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"), max_size=12)), max_size=5).map(
    "".join
)
PLAIN = Read(page_of(debrief(incidents=())))


@settings(max_examples=30, deadline=None)
@given(title=TEXTS, remark=TEXTS, said=TEXTS, who=TEXTS, device=TEXTS)
def test_no_text_breaks_out_of_the_data_or_becomes_markup(
    title: str, remark: str, said: str, who: str, device: str
) -> None:
    found = debrief(
        title=title,
        trainer=who,
        trainees=(who, who),
        incidents=(),
        missed=(device,),
        told=(Told(at_s=1.0, by="inject", inject=title, what=Message(sender=who or "x", text=said or "x")),) * 4,
        remarks=(Remark(at_s=2.0, by=who, text=remark),),
        halts=(Halt(at_s=3.0, out=who),) * 3,
    )
    read = Read(page_of(found))
    assert read.data["debrief"] == json.loads(msgspec.json.encode(found))
    assert [tag for tag, _ in read.elements] == [tag for tag, _ in PLAIN.elements]
    assert [sorted(facts) for _, facts in read.elements] == [sorted(facts) for _, facts in PLAIN.elements]
    assert not read.comments


def test_a_text_of_an_incident_is_text_wherever_it_stands() -> None:
    (incident,) = debrief().incidents
    bad = "</script><script>alert(1)</script><!--"
    course = msgspec.structs.replace(
        incident.course,
        decisions=(Decision(at_s=11.0, who=bad, type="acknowledged"),),
        spots=tuple(msgspec.structs.replace(spot, near=bad) for spot in incident.course.spots),
    )
    worse = msgspec.structs.replace(incident, device=bad, who=bad, why=bad, worked=(bad,), course=course)
    read = Read(page_of(debrief(incidents=(worse,))))
    assert read.count("script") == 2 and not read.comments
    assert read.data["debrief"]["incidents"][0]["why"] == bad
    assert sum(bad in text for text in read.texts) >= 5


def test_it_asks_nothing_of_any_address_and_runs_what_its_policy_names_alone() -> None:
    page = page_of(debrief())
    assert set(re.findall(r"https?://[^\s\"'<>]+", page)) == {
        "http://www.w3.org/2000/svg"
    }  # the name of SVG, asked of nobody
    read = Read(page)
    ways = [
        facts[name]
        for _, facts in read.elements
        for name in ("src", "href", "srcset", "action", "style")
        if name in facts
    ]
    assert all(way is not None and way.startswith(("#", "data:,")) for way in ways)
    assert not [name for _, facts in read.elements for name in facts if name.startswith("on")]
    assert "@import" not in page and "url(" not in page
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.S)
    (script,) = re.findall(r'<script type="module">(.*?)</script>', page, re.S)
    assert "import " not in re.sub(r"(?m)^\s*(//|/?\*).*$", "", script)
    for text in (style, script):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy()
    meta = next(facts["content"] for tag, facts in read.elements if tag == "meta" and "http-equiv" in facts)
    assert meta is not None and policy().startswith(meta) and meta.startswith("default-src 'none'")


def test_the_numbers_on_the_page_are_the_debriefs() -> None:
    found = debrief()
    read = Read(page_of(found))
    (incident,) = found.incidents
    said = [text.strip() for text in read.texts]
    for measured in incident.course.measured:
        assert (formats_of("en").lasted(measured.seconds) if measured.seconds is not None else "missing") in said
    assert "8.7\u00a0s" in said  # the original's, in its column
    assert "CIC under 10\u00a0s:" in said and "NENA-STA-020 within 15\u00a0s:" in said and "AMR within 10:00:" in said
    assert said.count("MISSED") == 1 and said.count("met") == 2 and said.count("not known") == 1
    assert "Regio Puyenbroeck, then Gent" in said
    assert said.count("agrees") == 1 and said.count("DIFFERS") == 3
    assert "points as the reference: 1 of 4" in " ".join(said)
    assert "No incident came of: EX-9. They were expected and never raised." in said
    (facts,) = read.data["incidents"]
    marks = [(mark["at"], mark["words"]) for mark in facts["marks"]]
    assert marks == [
        (10.0, "scenario: EX-1: hold"),
        (14.0, "Leerling Een: acknowledged"),
        (19.0, "when recorded: Person 1: acknowledged"),
        (22.5, "Leerling Twee: opened the case"),
        (30.0, "inject “She whispers”: EX-1: the line is open · “Come.”"),
        (40.0, "Leerling Een: order to Gent"),
        (45.0, "remark of Trainer Fictief: Well listened."),
        (47.0, "trainer: paused for 2:05 on the wall clock"),
        (47.0, "trainer: put out: Leerling Drie"),
        (60.0, "trainer: paused, and not resumed"),
        (70.0, "trainer: PZ Gent: Two cars."),
        (310.0, "Leerling Een: closed as real"),
    ]
    assert [one["words"] for one in facts["reached"]][2:4] == ["listening", "acknowledged"]  # by their time
    rows = [facts for tag, facts in read.elements if tag == "tr" and "data-row" in facts]
    assert len(rows) == len(marks)


def test_an_exercise_that_was_cut_off_and_one_where_nothing_was_raised_say_so() -> None:
    said = " ".join(
        Read(page_of(debrief(cut_off=True, incidents=(), trainees=(), told=(), remarks=(), halts=()))).texts
    )
    assert "CUT OFF" in said and "No incident was raised." in said and "nobody" in said and "Nothing was sent" in said


@given(st.lists(st.floats(0, 5000), min_size=2, max_size=20), st.floats(0, 100), st.floats(1, 5000))
def test_moments_keep_their_order_on_the_axis(moments: list[float], start: float, lasts: float) -> None:
    axis = Axis(start, start + lasts)
    shares = [axis.share(at) for at in sorted(moments)]
    assert shares == sorted(shares) and all(0 <= share <= 1 for share in shares)
