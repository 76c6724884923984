"""One whole incident in Debian's Firefox ESR, in Dutch: sign in, arm, find, take, send; the theme; a server killed and back."""

from collections.abc import Iterator

import bokeh
import pytest

from dashboard.i18n.words import words
from reports.catalogue import translator
from tests.browser.conftest import Centre, Feed
from tests.browser.firefox import ENTER, TAB, Firefox, firefox
from tests.browser.test_heard import EAR, arm, hears, row_of, silent
from tests.browser.test_outages import NAMES, PASSWORD, SignedIn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WORDS = words(translator("nl"))
MIEKE = NAMES[0]
SENT, MISSED = "AMR-00001", "AMR-00002"
SLOW_S = 60.0  # a page that is loaded, or comes back, beside other tests


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, feed: Feed) -> Iterator[Centre]:
    centre = SignedIn(tmp_path_factory.mktemp("centre"), feed)
    yield centre
    centre.kill()


@pytest.fixture
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    # A socket's path has 107 characters at most.
    with firefox(tmp_path_factory.mktemp("ff"), language="nl", script=EAR) as tab:
        yield tab


def do(tab: Firefox, key: str, state: str) -> None:
    """Do by its key what is the next step, once it acts, and read on the row that it is so."""
    step = f"#case .set[data-held=no] [aria-keyshortcuts={key.upper()}][aria-disabled=false]"
    tab.until(f"!!document.querySelector('{step}')")
    tab.type(key)
    tab.until(row_of(SENT, f"r.dataset.state === '{state}' && r.dataset.owner === '{MIEKE}'"))


def test_an_incident_goes_from_the_press_to_the_order_and_through_a_killed_server_in_firefox(
    centre: Centre, feed: Feed, tab: Firefox
) -> None:
    tab.goto(f"{centre.address}/operator")
    tab.until("document.activeElement?.id === 'username'")
    tab.type(f"{MIEKE}{TAB}{PASSWORD}{ENTER}")
    tab.until("document.querySelector('#feed')?.dataset.feedState === 'live'", SLOW_S)
    assert tab("document.documentElement.lang") == "nl"
    loaded = tab("performance.timeOrigin")

    # Firefox silences each load, and a look at the page is no touch of it: one click lets sound out.
    assert tab("[audio.state, document.querySelector('.sound-blocked').hidden]") == ["suspended", False]
    arm(tab)
    feed.press(SENT)
    hears(tab, 440, 554, 659)

    # Three keys, which wait for a second after the window came.
    tab.until("performance.now() > 2500")
    tab.type("u")
    tab.until(f"[...document.querySelectorAll('#case h2')].some((one) => one.innerText.includes('{SENT}'))")
    do(tab, "a", "acknowledged")
    silent(tab)
    do(tab, "r", "routed")
    tab.until(f"document.querySelector('#case').innerText.includes('{WORDS['delivery.radio']}')")

    tab.click("#top .who")
    tab.click(".own .theme")
    tab.until("document.documentElement.dataset.theme === 'light'")
    assert tab.wrong == []

    centre.kill()
    lost = WORDS["lost"].partition(" {")[0]
    tab.until(f"document.querySelector('.lost-banner:not([hidden])')?.innerText.startsWith('{lost}')")
    hears(tab, 587, 440, 330)
    feed.press(MISSED)
    centre.start()
    tab.until("!document.body.classList.contains('lost')", SLOW_S)
    tab.until(row_of(MISSED, "r.dataset.state === 'raised'"))
    assert tab(row_of(SENT, "r.dataset.state === 'routed'"))
    hears(tab, 440, 554, 659)
    assert [tab("performance.timeOrigin"), tab("document.documentElement.dataset.theme")] == [loaded, "light"]
    # On a busy machine a new line that takes long to open is left for another one: that alone may be said.
    line = f"ws://localhost:{centre.port}/operator/ws"
    late = {
        f"Firefox can\u2019t establish a connection to the server at {line}.",
        f"The connection to {line} was interrupted while the page was loading.",
        f"[bokeh {bokeh.__version__}] Failed to connect to Bokeh server: Could not open websocket",
    }
    assert {*tab.wrong} <= late
