"""Pages that cover different centres: an alarm is always in the queue of one that is seen and heard."""

import base64
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from incidents.centres import Belongs, everyones, unheard
from tests.browser.conftest import GENT, Desks, Feed
from tests.browser.parts import button, holds, own, row
from tests.incidents.conftest import START
from tests.incidents.facts import incident_of
from tests.processes import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
_numbers = count(7001)
LEUVEN = {**GENT, "lat": 50.8798, "lon": 4.7005}
BORDER = {**GENT, "lat": 50.88, "lon": 4.05, "radius": 3000.0}  # in East Flanders, beside Flemish Brabant

NEAR = {"ANT": ("OVL", "VBR"), "LUX": (), "OVL": ("ANT", "VBR"), "VBR": ("ANT", "OVL")}
CICS = st.sampled_from(sorted(NEAR))
CONSOLES = st.lists(st.tuples(st.frozensets(CICS, min_size=1), st.booleans(), st.booleans()), max_size=5)
WHOSE = st.builds(
    Belongs,
    own=st.one_of(st.just(""), CICS),
    why=st.sampled_from(["position", "last_fix", "home"]),
    announced=st.lists(CICS, max_size=2).map(tuple),
)
STATE = st.sampled_from(["raised", "acknowledged", "routed", "on_scene"])


@pytest.fixture(scope="module", autouse=True)
def times() -> Iterator[None]:
    """A centre without a console is an alarm after two seconds here; the watch brings nothing to everyone by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIGIE_WATCH_BLIND_S", "2")
        patch.setenv("VIGIE_WATCH_EVERYONE_S", "600")
        yield


@pytest.fixture
def device() -> Iterator[str]:
    yield f"AMR-{next(_numbers):05}"


def test_every_open_alarm_is_in_the_queue_of_a_page_that_is_heard_if_there_is_one(chromium: Browser) -> None:
    page = chromium.new_page()
    script = base64.b64encode((ROOT / "dashboard/shell/coverage.js").read_bytes()).decode()
    page.evaluate(f"import('data:text/javascript;base64,{script}').then((all) => {{ window.coverage = all; }})")

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(consoles=CONSOLES, whose=WHOSE, state=STATE, unpresented=st.booleans())
    def always(consoles: list[Any], whose: Belongs, state: Any, unpresented: bool) -> None:
        incident = incident_of("a", START, state=state, attention__unpresented=unpresented)
        facts = {
            "state": state,
            "centre": whose.own,
            "announced": whose.announced,
            "everyones": everyones(incident, whose),
        }
        heard = {cic for covers, listens, _ in consoles if listens for cic in covers}
        silent = unheard(heard, NEAR)
        stands = [_place(page, facts, covers, silent, supervisor) for covers, _, supervisor in consoles]
        listening = [stands[n] for n, (_, listens, _) in enumerate(consoles) if listens]
        assert not listening or "main" in listening
        if state == "raised" and (whose.unlocated or unpresented):
            assert set(stands) <= {"main"}

    always()
    page.close()


def _place(page: Page, row: dict[str, Any], covers: frozenset[str], silent: Any, supervisor: bool) -> str:
    facts = {"covers": sorted(covers), "unheard": silent, "supervisor": supervisor, "desk": "Desk 1"}
    return str(page.evaluate("([row, me]) => coverage.place(row, {...me, covers: new Set(me.covers)})", [row, facts]))


def cover(page: Page, *cics: str) -> None:
    """Choose the centres this position covers."""
    own(page)
    page.get_by_role("button", name=re.compile("^Centres this position covers")).click()
    form = page.get_by_role("form", name="Centres this position covers")
    for box in form.get_by_role("checkbox").all():
        box.set_checked(box.get_attribute("value") in cics)
    form.get_by_role("button", name="Cover these").click()
    expect(form).to_be_hidden()


def test_a_press_is_in_its_own_centres_queue_and_comes_to_the_neighbour_when_that_page_is_gone(
    desks: Desks, feed: Feed, device: str
) -> None:
    gent = desks.open()
    cover(gent, "OVL", "WVL")
    expect(gent.get_by_role("button", name=re.compile("^Centres this position covers: OVL, WVL"))).to_have_text(
        "Covers: OVL +1"
    )
    assert "vigie_cics=OVL%2CWVL" in gent.evaluate("document.cookie")
    # What another browser kept from its last shift.
    leuven = desks.open(1366, 768, script="document.cookie = 'vigie_cics=VBR'; document.cookie = 'vigie_desk=%'")
    expect(leuven.locator("#top .covers")).to_have_text("Covers: VBR")
    feed.press(device)
    expect(row(gent, device)).to_have_attribute("data-stands", "main")
    others = leuven.get_by_role("button", name=re.compile(r"^Other centres \(1\)"))
    expect(others).to_be_visible()
    expect(row(leuven, device)).to_have_count(0)
    expect(leuven).to_have_title("Vigie")
    holds(leuven, "performance.now() > 2500")  # keys wait a second after the window came
    leuven.keyboard.press("Shift+U")
    expect(row(leuven, device)).to_have_attribute("data-stands", "other")
    leuven.keyboard.press("Shift+U")

    unlocated, border = f"AMR-{next(_numbers):05}", f"AMR-{next(_numbers):05}"
    feed.press(unlocated, fix=None)
    feed.press(border, fix=BORDER)
    for page in (gent, leuven):
        expect(row(page, unlocated)).to_have_attribute("data-stands", "main")
        expect(row(page, unlocated)).to_contain_text("UNLOCATED")
    expect(row(leuven, border)).to_have_attribute("data-stands", "announced")
    expect(row(leuven, border)).to_contain_text("OVL has it")
    expect(row(gent, border)).to_have_attribute("data-stands", "main")

    gent.context.close()
    expect(row(leuven, device)).to_have_attribute("data-stands", "main", timeout=10_000)
    expect(row(leuven, device)).to_contain_text("no console of OVL listens")
    expect(leuven).to_have_title(re.compile(r"\(\d+\) Vigie"))
    banner = leuven.get_by_role("alert").filter(has_text=re.compile("CENTRE.* OVL.* NO LISTENING CONSOLE"))
    expect(banner).to_be_visible(timeout=20_000)
    button(leuven, "Centres this position covers").click()
    leuven.get_by_role("button", name="Tick all").click()
    leuven.get_by_role("button", name="Cover these").click()
    expect(leuven.get_by_role("alert").filter(has_text="NO LISTENING CONSOLE")).to_have_count(0)
