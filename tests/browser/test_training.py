"""The training room in browsers: a scenario is drawn on the map, saved, and played as an exercise."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.past import generate
from maps.zones import Zones
from reports.measures.history import read_table
from tests.browser.conftest import until
from tests.browser.parts import holds, in_state, route, row
from tests.browser.reach import UNREACHED, unreached
from tests.browser.training import PASSWORD, Browsers, TrainingRoom
from training.recordings import ENDING, SHIPPED

PLAYED = """\
format: vigie-scenario
version: 1
title: Played by two
briefing: An evening in Gent.
cases:
  - number: EX-0001
    victim: {name: C. Verzonnen, languages: [nl]}
    devices: [EX-1]
    valid_from: 2020-01-01
    valid_until: 2099-12-31
    source: made up
    date: 2026-01-01
tracks:
  - device: EX-1
    points: [{at: 0, lat: 51.0536, lon: 3.7253}, {at: 600, lat: 51.0546, lon: 3.7253}]
steps:
  - {at: 1, what: {do: press, device: EX-1}}
injects:
  - {name: The zone calls, what: [{do: message, sender: PZ Gent, text: "Which floor?"}]}
references:
  - {device: EX-1, zone: "5415"}
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, zones: Zones) -> Iterator[TrainingRoom]:
    folder = tmp_path_factory.mktemp("training")
    (folder / "training" / "scenarios").mkdir(parents=True)
    (folder / "training" / "scenarios" / "played-by-two.yaml").write_text(PLAYED)
    (folder / "training" / "recordings").mkdir()
    shutil.copy(SHIPPED / f"real-press-at-home{ENDING}", folder / "training" / "recordings" / f"from-elsewhere{ENDING}")
    generate(folder / "vigie.log", incidents=12, seed=3, locate=zones.locate)
    room = TrainingRoom(folder)
    yield room
    room.end()


@pytest.fixture(scope="module")
def opened(chromium: Browser, room: TrainingRoom) -> Browsers:
    return Browsers(chromium, room)


@pytest.fixture
def browsers(opened: Browsers, request: pytest.FixtureRequest) -> Iterator[Browsers]:
    failed, opened.wrong = request.session.testsfailed, []
    yield opened
    opened.close(all=request.session.testsfailed > failed)
    assert opened.wrong == []


SIZES = ((1920, 1080), (1366, 768))


def section(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Parts of the scenario").get_by_role("button", name=name).click()


def click_map(page: Page, x: float, y: float) -> None:
    """A click at a share of the map's width and height."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def begin(trainer: Page) -> None:
    """Start the exercise; while the page says that it has no server, its trainer presses again."""
    begun = trainer.get_by_role("button", name="Pause", exact=True)

    def pressed() -> bool:
        trainer.get_by_role("button", name="Start", exact=True).click()
        expect(begun.or_(trainer.get_by_text("Trying to reach the server")).first).to_be_visible()
        return begun.is_visible()

    until(pressed, 30)


def delete_the_recording(page: Page) -> None:
    """The room's own: asked twice, and a held key or a double click is not the second answer."""
    own = page.get_by_role("table", name="Recordings").get_by_role("row").filter(has_text="from-elsewhere")
    expect(page.get_by_role("button", name="Delete: ")).to_have_count(1)  # none of those that came with Vigie
    own.get_by_role("button", name="Delete: ").dblclick()
    sure = own.get_by_role("button", name="Delete for ever?")
    expect(sure).to_be_focused()
    page.keyboard.press("Shift+Tab")
    own.get_by_role("button", name="Delete: ").focus()
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")  # it repeats while it is held
    page.keyboard.up("Enter")
    expect(sure).to_be_focused()
    page.keyboard.press("Enter")
    expect(own).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="The recording is deleted.")).to_be_visible()


def only_what_the_server_has_is_saved(page: Page) -> None:
    """Of a field that was typed into and not left yet the editor does not say that it is saved."""
    state, ends, run = (
        page.locator(".foot .state"),
        page.get_by_label("Ends at (m:ss)"),
        page.get_by_role("button", name="Run it"),
    )
    expect(state).to_have_text("Saved as a-walk-through-brussels")
    ends.press_sequentially("20:0")
    expect(state).to_have_text("Not saved yet")
    expect(run).to_be_disabled()
    ends.press_sequentially("0")
    expect(ends).to_be_focused()
    page.keyboard.press("Control+s")
    expect(state).to_have_text("Saved as a-walk-through-brussels")
    ends.fill("soon")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Not saved: see what is marked.")).to_be_visible()
    expect(state).to_have_text("Not saved yet")
    section(page, "Course")
    section(page, "Story")
    expect(ends).to_have_value("20:00")
    expect(state).to_have_text("Saved as a-walk-through-brussels")


def test_a_scenario_is_drawn_on_the_map_saved_and_played(browsers: Browsers) -> None:
    page = browsers.trainer()
    delete_the_recording(page)
    page.get_by_role("button", name="Scenarios", exact=True).click()
    page.get_by_role("button", name="New scenario").click()
    page.get_by_label("Title").fill("A walk through Brussels")

    section(page, "Course")
    page.get_by_role("button", name="Draw on the map").click()
    holds(
        page,
        "() => document.querySelector('#map svg.ways') !== null && document.querySelector('#map').clientWidth > 300",
    )
    for _ in range(7):
        page.get_by_role("button", name="Nearer").click()
    points = page.get_by_role("button", name="Arrow keys move it").filter(has=page.locator("circle"))
    for n, place in enumerate(((0.45, 0.45), (0.5, 0.4), (0.55, 0.5)), 1):
        click_map(page, *place)
        expect(points).to_have_count(n)
    page.keyboard.press("Escape")
    points.nth(1).focus()
    before = points.nth(1).get_attribute("aria-label")
    page.keyboard.press("ArrowUp")
    expect(points.nth(1)).not_to_have_attribute("aria-label", before or "")
    page.keyboard.press("Delete")
    expect(points).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(points).to_have_count(3)

    page.get_by_role("button", name="+ Press").click()
    section(page, "Injects")
    page.get_by_role("button", name="Add an inject").click()
    page.get_by_label("Name of its button").fill("She presses again")
    section(page, "Reference")
    page.get_by_role("button", name="Judge EX-1").click()
    page.get_by_role("button", name="Where it presses").click()
    expect(page.get_by_label("Expected zone")).not_to_have_value("")

    section(page, "Story")
    page.get_by_label("Title").fill("")
    expect(page.get_by_text("needed")).to_be_visible()
    page.get_by_label("Title").fill("A walk through Brussels")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved as a-walk-through-brussels")).to_be_visible()
    only_what_the_server_has_is_saved(page)

    page.get_by_role("button", name="Run it").click()
    begin(page)
    incidents = page.locator("#strip .alarm")
    expect(incidents).to_have_count(1, timeout=15_000)
    page.get_by_role("button", name="She presses again").click()
    journal = page.get_by_role("list", name="What was sent and remarked")
    expect(journal).to_contain_text("She presses again")
    page.get_by_label("Remark for the debrief").last.fill("read the case first")
    page.get_by_role("button", name="Keep").click()
    expect(journal).to_contain_text("read the case first")
    expect(incidents.first).to_contain_text("pressed 2×")
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End it for all?").click()
    expect(page.get_by_role("table", name="Debriefs")).to_contain_text("A walk through Brussels")


def test_two_trainees_and_their_trainer_play_an_exercise_to_its_debrief(browsers: Browsers) -> None:
    trainer = browsers.trainer()
    trainer.get_by_role("button", name="Scenarios", exact=True).click()
    trainer.get_by_role("button", name="Open an exercise: Played by two").click()
    expect(
        trainer.get_by_role("button", name="Start", exact=True)
    ).to_be_enabled()  # one that is over has no code any more
    code = trainer.locator(".code").inner_text()
    one, two = (browsers.trainee(code, name) for name in ("D. Eerste", "E. Tweede"))
    trainees = trainer.get_by_role("region", name="Trainees").get_by_role("listitem")
    expect(trainees).to_have_count(2)
    begin(trainer)

    expect(row(two, "EX-1")).to_be_visible(timeout=15_000)
    route(one, "EX-1")
    in_state(two, "EX-1", "routed")
    row(two, "EX-1").click()
    expect(trainees.first).to_contain_text("has EX-1", timeout=10_000)
    expect(trainees.first).to_contain_text("looks at EX-1")
    expect(trainer.locator("#strip .alarm")).to_contain_text("routed to PZ Gent")
    one.set_viewport_size({"width": 1366, "height": 768})
    case = one.locator("#case").bounding_box()
    trainer.get_by_role("button", name="The zone calls").click()
    expect(trainer.get_by_role("list", name="What was sent and remarked")).to_contain_text("Which floor?")
    expect(one.get_by_text("Which floor?")).to_be_visible()
    assert one.locator("#case").bounding_box() == case  # what is said hides nothing of it

    trainer.get_by_role("button", name="Put E. Tweede out of the exercise").click()
    expect(trainees).to_have_count(1)
    trainer.get_by_role("button", name="End", exact=True).click()
    trainer.get_by_role("button", name="End it for all?").click()
    expect(one.get_by_text("The exercise is over")).to_be_visible()
    played = trainer.get_by_role("table", name="Debriefs").get_by_role("row").filter(has_text="Played by two")
    expect(played).to_contain_text("D. Eerste")
    with trainer.expect_popup() as opened:
        played.get_by_role("link", name="Open the debrief").click()
    incident = opened.value.get_by_role("region", name="Incident 1: EX-1")
    done = incident.locator("tr[data-row]")
    expect(done.filter(has_text="order to Gent")).to_contain_text("D. Eerste")
    expect(done.filter(has_text="opened the case").filter(has_text="E. Tweede")).to_have_count(1)
    expect(done.filter(has_text="Which floor?")).to_have_count(1)
    expect(incident.get_by_role("row", name="Zone of the order Gent Gent")).to_contain_text("agrees")


def test_nothing_of_a_way_is_cut_on_a_small_screen(browsers: Browsers) -> None:
    page = browsers.trainer(1366, 768)
    page.get_by_role("button", name="Scenarios", exact=True).click()
    page.get_by_role("button", name="Edit a copy: By car across three zones").click()
    section(page, "Course")
    fields = page.locator(".points-list input")
    expect(fields.first).to_be_visible()
    shown = ".points-list :is(input, .heads span)"
    cut = f"() => [...document.querySelectorAll('{shown}')].filter((one) => one.scrollWidth > one.clientWidth).length"
    assert fields.count() > 8 and page.evaluate(cut) == 0


def test_a_late_answer_takes_the_trainer_out_of_nothing_and_a_closed_replay_says_so(browsers: Browsers) -> None:
    page = browsers.trainer(1366, 768)
    expect(page.get_by_text("Training room", exact=False).filter(visible=True).first).to_be_visible()
    page.get_by_role("button", name="Replay Mis-press in a bag").click()
    expect(page.get_by_role("slider", name="Moment of the recording")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open its operator page").click()
    beside = opened.value
    expect(beside.get_by_role("region", name="REPLAY")).to_contain_text("nothing can be done here")
    expect(beside.get_by_role("region", name="Feed health")).to_have_attribute(
        "data-feed-state", "live", timeout=20_000
    )
    page.bring_to_front()
    # The trainer goes on before the replay is closed and its answer here.
    page.evaluate(
        """() => {
          const button = (name) => [...document.querySelectorAll('button')].find((one) => one.textContent === name);
          button('Close this replay').click();
          button('Scenarios').click();
        }"""
    )
    expect(page.get_by_role("button", name="New scenario")).to_be_visible()
    page.get_by_role("button", name="New scenario").click()
    page.wait_for_timeout(1500)  # what must not happen has no moment: an answer takes some 50 ms
    expect(page.get_by_label("Title")).to_be_visible()
    page.get_by_role("button", name="Recordings").click()
    expect(page.get_by_role("region", name="Open replays")).to_be_hidden()
    # What stood open beside says what became of it, not that the server is lost.
    expect(beside.get_by_text("This replay was closed.")).to_be_visible()


def test_the_keyboard_goes_on_in_the_room_it_opened(browsers: Browsers) -> None:
    page = browsers.trainer()
    page.get_by_role("button", name="Replay Mis-press in a bag").press("Enter")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()
    assert unreached(page.evaluate(UNREACHED)) == []
    page.get_by_role("button", name="Recordings").last.press("Enter")
    expect(page.get_by_role("button", name="Recordings").first).to_be_focused()
    page.get_by_role("button", name="Scenarios", exact=True).press("Enter")
    page.get_by_role("button", name="Open an exercise: Played by two").press("Enter")
    expect(page.get_by_role("button", name="Exercise", exact=True)).to_be_focused()
    assert unreached(page.evaluate(UNREACHED)) == []
    page.get_by_role("button", name="End", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Debriefs", exact=True)).to_be_focused()


def test_a_trainer_finds_incidents_by_a_key_and_puts_them_among_those_to_record(browsers: Browsers) -> None:
    page = browsers.trainer()
    page.get_by_role("button", name="Scenarios").click()
    page.keyboard.press("/")
    sheet = page.get_by_role("search", name="Find incidents")
    expect(sheet).to_be_visible()
    page.keyboard.type("closed")
    page.keyboard.press("Enter")
    whole = "sheet => sheet.scrollHeight <= sheet.clientHeight + 1"
    expect(sheet.locator(".reason")).to_be_visible()
    for width, height in SIZES:  # the question is not cut, nor are the results
        page.set_viewport_size({"width": width, "height": height})
        assert sheet.evaluate(whole)
    page.keyboard.press("Digit6")  # training
    hits = sheet.get_by_role("list", name="Incidents found").locator("li[data-id]")
    expect(hits).to_have_count(12, timeout=30_000)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert sheet.evaluate(whole)
        box = hits.nth(2).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
    page.keyboard.press("Enter")
    numbers = page.get_by_label("Closed incidents")
    expect(numbers).to_have_value(hits.first.get_attribute("data-id") or "?")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_an_incident_that_comes_from_the_desk_outlasts_the_sign_in_and_is_recorded(browsers: Browsers) -> None:
    past = read_table(browsers.room.folder / "vigie.log", starts=("07:00", "19:00"))
    wanted = next(iter(past[past["state"] == "closed"]["incident"]))
    page = browsers.page(1366, 768)
    page.goto(f"{browsers.room.address}/trainer#incident={wanted}")
    page.get_by_label("User name").fill("trainer")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Closed incidents", exact=True)).to_have_value(wanted, timeout=20_000)
    expect(page.get_by_label("Title, naming nobody")).to_be_focused()
    assert "#" not in page.url
    page.keyboard.type("Oefening")
    page.get_by_label("Reason", exact=True).fill("shows what was learned")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Recordings").get_by_text("Oefening")).to_be_visible(timeout=20_000)
