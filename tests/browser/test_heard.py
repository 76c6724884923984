"""What is heard, in a Chromium that blocks sound as a control room's does, in tabs that can be hidden: measured on the last wire
before the loudspeaker, never taken from what the page says it plays."""

import base64
import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import combinations, count
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from bench.running import FLAGS
from tests.browser.conftest import CHROMIUM, Centre, Desks, Feed, until
from tests.browser.parts import row
from tests.browser.tab import Hands, Tab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
_numbers = count(30)
NOBODY = "seen by nobody"

# An ear on the wire to the loudspeaker, and the handle on the page's context that the operating system would have.
EAR = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to === this.context.destination && this.context instanceof AudioContext) {
    window.audio = this.context;
    window.ear = new AnalyserNode(this.context, { fftSize: 4096, smoothingTimeConstant: 0 });
    connect.call(this, window.ear);
    window.echoes = [0, 0.6, 1.2, 1.8, 2.4].map((late) => {
      const delay = new DelayNode(this.context, { maxDelayTime: 3, delayTime: late });
      const ear = new AnalyserNode(this.context, { fftSize: 32768, smoothingTimeConstant: 0 });
      connect.call(this, delay);
      connect.call(delay, ear);
      return { late, ear };
    });
  }
  return connect.call(this, to, ...rest);
};
window.pitches = new Set();
window.loudest = 0;
window.listen = () => {
  if (!window.ear) return;
  const wave = new Float32Array(ear.fftSize), bins = new Float32Array(ear.frequencyBinCount);
  ear.getFloatTimeDomainData(wave);
  const strength = Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length);
  loudest = Math.max(loudest, strength);
  if (strength < 0.005) return;
  ear.getFloatFrequencyData(bins);
  pitches.add(Math.round((bins.indexOf(Math.max(...bins)) * audio.sampleRate) / ear.fftSize));
};
// What sounded in the last 3 s, for a page that was too busy to listen while it did: of these pitches, those that stand out.
window.since_s = 0;
window.remembered = (hertz) => {
  listen();
  return hertz.every((one) => [...pitches].some((p) => Math.abs(p - one) < 20) || (window.echoes ?? []).some(({ late, ear }) => {
    if (audio.currentTime - late - ear.fftSize / audio.sampleRate < since_s) return false;
    const bins = new Float32Array(ear.frequencyBinCount), at = (one * ear.fftSize) / audio.sampleRate;
    ear.getFloatFrequencyData(bins);
    const most = (from, to) => Math.max(...bins.slice(Math.round(at + from), Math.round(at + to)));
    const peak = most(-6, 6);
    if (peak > -70 && peak > Math.max(most(-27, -17), most(17, 27)) + 12) pitches.add(one);
    return pitches.has(one);
  }));
};
setInterval(listen, 30);  // a hidden tab's timers are slowed down: there the test asks
"""
# The only stand-in: headless Chromium shows no notification, so what it is given is kept.
NOTIFIED = """
window.notified = [];
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title, options) { this.closed = false; notified.push({ title, ...options, note: this }); }
  close() { this.closed = true; }
};
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A Chromium of its own that listens for its protocol, with the rule about sound that browsers have on a desk."""
    home = tmp_path_factory.mktemp("chromium")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    rule = "--autoplay-policy=document-user-activation-required"
    command = [str(CHROMIUM), "--headless", *FLAGS, "--mute-audio", rule, f"--remote-debugging-port={port}"]
    chromium = subprocess.Popen(
        [*command, f"--user-data-dir={home}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until(lambda: _answers(f"http://127.0.0.1:{port}/json/version"), 30)
    yield port
    chromium.terminate()
    chromium.wait(20)


@pytest.fixture
def tabs(port: int, centre: Centre) -> Iterator[Callable[..., Tab]]:
    """Opens operator pages as tabs of one window; the newest lies in front."""
    opened: list[Tab] = []

    def open_tab(script: str = EAR) -> Tab:
        tab = Tab(port, f"{centre.address}/operator", script=script)
        opened.append(tab)
        tab.until("document.querySelector('#feed')?.dataset.feedState === 'live'")
        return tab

    yield open_tab
    wrong = [fault for tab in opened for fault in tab.wrong]
    for tab in opened:
        tab.close()
    assert wrong == []


@pytest.fixture
def device() -> str:
    return f"AMR-{next(_numbers):05}"


def _answers(url: str) -> Any:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return json.load(answer)
    except OSError:
        return None


def health(centre: Centre) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{centre.address}/health", timeout=5) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as bad:
        return dict(json.load(bad))


def reported(centre: Centre, **counts: int) -> None:
    """Wait until the desk counts so many consoles."""
    until(lambda: counts.items() <= health(centre)["consoles"].items(), 30)


def arm(tab: Hands) -> None:
    tab.click(".sound-blocked .arm")
    tab.until("document.querySelector('.sound-state').dataset.sound === 'armed'")


def hears(tab: Hands, *hertz: int) -> None:
    """Wait until the ear hears these pitches and no other one."""
    known, near = json.dumps(hertz), "Math.abs(p - h) < 20"
    strange = f"[...pitches].some((p) => !{known}.some((h) => {near}))"
    all_of_them = f"{known}.every((h) => [...pitches].some((p) => {near}))"
    forget(tab)
    tab.until(f"listen(), {strange} ? (pitches.clear(), (loudest = 0), false) : {all_of_them}")


def heard(tab: Hands, *hertz: int) -> None:
    """Wait until these pitches are among all that the ear heard since `forget`: for what comes once a minute."""
    tab.until(f"remembered({json.dumps(hertz)})")


def forget(tab: Hands) -> None:
    tab("pitches.clear(), loudest = 0, since_s = window.audio?.currentTime ?? 0")


def silent(tab: Hands) -> None:
    """Wait until nothing was on the wire for longer than an alarm pauses."""
    tab("loudest = 0, window.since = performance.now()")
    tab.until(
        "listen(), loudest > 0.001 ? ((loudest = 0), (since = performance.now()), false) : performance.now() - since > 3000"
    )


def row_of(device: str, also: str) -> str:
    """An expression: whether the device has a row of which this is true, too."""
    return f"[...document.querySelectorAll('#queue .alarm')].some((r) => r.outerHTML.includes('{device}') && {also})"


def take(tab: Tab, device: str) -> None:
    """As a hand does: again after 3 s, where a page that was not live for a moment did not take it."""
    free = "const b = r.querySelector('.take'), now = Date.now(); if (r.dataset.state === 'acknowledged') return true; "
    again = "if (b && b.ariaDisabled !== 'true' && !(now - window.took < 3000)) { window.took = now; b.click(); }"
    tab.until(row_of(device, f"(() => {{ {free}{again} return false; }})()"))


def over(tab: Tab, device: str) -> None:
    """Close what was taken, so that the next test's screen is calm."""
    close = "{do: 'close', id: crypto.randomUUID(), incident: r.dataset.incident, as_class: 'test', outcome: 'test_ok',"
    close += " reason: 'over', verified: 'technician_present'}"
    tab.until(row_of(device, f"(vigieLine.send({{do: 'command', typed: {{}}, command: {close}}}), true)"))
    tab.until(row_of(device, "r.dataset.state === 'closed'"))


def says(device: str, text: str) -> str:
    """An expression: whether the device's row says this."""
    return row_of(device, f"r.outerHTML.includes({json.dumps(text)})")


def test_each_sound_lies_between_300_and_3000_hertz_comes_in_pulses_and_is_like_no_other(
    tabs: Callable[..., Tab], record_testsuite_property: Callable[[str, object], None]
) -> None:
    tab = tabs()
    rendered = tab("""(async () => {
      const { SOUNDS, RATE, samples } = await import("/assets/components/alert/tones.js");
      const all = {};
      for (const [name, { pulses, every }] of Object.entries(SOUNDS)) {
        const context = new OfflineAudioContext(1, 44100 * 8, 44100);
        const turn = samples(name);
        const buffer = new AudioBuffer({ length: turn.length, sampleRate: RATE });
        buffer.copyToChannel(turn, 0);
        const source = new AudioBufferSourceNode(context, { buffer, loop: true });
        source.connect(context.destination);
        source.start();
        const wave = (await context.startRendering()).getChannelData(0);
        const bytes = new Uint8Array(wave.buffer);
        let text = "";
        for (let n = 0; n < bytes.length; n += 32768) text += String.fromCharCode(...bytes.subarray(n, n + 32768));
        all[name] = { wave: btoa(text), pulses: pulses.length, every };
      }
      return all;
    })()""")
    assert list(rendered) == ["press", "escalation", "technical", "lost"]
    found = {}
    for name, told in rendered.items():
        wave = np.frombuffer(base64.b64decode(told["wave"]), dtype="<f4")
        power = np.abs(np.fft.rfft(wave)) ** 2
        hertz = np.fft.rfftfreq(len(wave), 1 / 44100)
        share = float(power[(hertz >= 300) & (hertz <= 3000)].sum() / power.sum())
        record_testsuite_property(f"sound_{name}_share_300_3000_hz", round(share, 4))
        assert share > 0.95, name
        # Pulses: stretches of 5 ms frames that are not silent.
        frames = np.sqrt((wave[: len(wave) // 220 * 220].reshape(-1, 220) ** 2).mean(axis=1)) > 0.02
        edges = np.flatnonzero(np.diff([False, *frames, False])) * 220 / 44100
        begins, ends = edges[::2], edges[1::2]
        turn = begins[begins < min(told["every"], 8) - 0.01]
        assert len(turn) == told["pulses"], name
        assert frames.mean() < 0.5, name
        lasts = (ends[: len(turn)] - turn).round(2)
        assert all(0.07 <= pulse <= 0.26 for pulse in lasts), name
        pitch = []
        for at, length in zip(turn, lasts, strict=True):
            pulse = wave[int(at * 44100) : int((at + length) * 44100)]
            pitch.append(int(np.abs(np.fft.rfft(pulse, 44100)).argmax()))
        found[name] = {"pitch": pitch, "begins": turn.round(2).tolist()}
    assert rendered["press"]["every"] - max(found["press"]["begins"]) > 2.5  # IEC 60601-1-8, table 3
    assert rendered["technical"]["every"] == 60
    for one, other in combinations(found.values(), 2):
        assert one["begins"] != other["begins"], "the rhythms differ"
        assert one["pitch"][:2] != other["pitch"][:2], "and so do the pitches"


def test_a_page_whose_sound_the_browser_blocks_alarms_and_one_click_arms_it(
    tabs: Callable[..., Tab], centre: Centre, feed: Feed, device: str
) -> None:
    tab = tabs()
    banner = "document.querySelector('.sound-blocked')"
    assert tab(f"{banner}.getAttribute('role')") == "alert"
    assert "you will not hear an alarm" in tab(f"{banner}.innerText")
    assert tab("document.querySelector('#top').innerText").count("SOUND BLOCKED") == 1
    assert tab("audio.state") == "suspended"
    reported(centre, visible=1, audible=0, watching=0)

    feed.press(device)  # painted, but it calls nobody
    tab.until(says(device, NOBODY))
    assert health(centre)["unpresented"] == 1

    arm(tab)
    assert tab(f"{banner}.hidden")
    assert "Sound on" in tab("document.querySelector('#top').innerText")
    hears(tab, 440, 554, 659)
    reported(centre, audible=1, watching=1)
    tab.until(f"!({says(device, NOBODY)})")  # now it called somebody
    take(tab, device)
    silent(tab)
    over(tab, device)

    other = tabs()
    other.key("ArrowDown", "ArrowDown")  # any key will do
    other.until("document.querySelector('.sound-state').dataset.sound === 'armed'")


def test_sound_that_stops_later_alarms_at_once_and_comes_back_with_the_next_touch(
    tabs: Callable[..., Tab], centre: Centre
) -> None:
    tab = tabs()
    arm(tab)
    reported(centre, watching=1)
    for lost, state in (
        ("audio.suspend()", "blocked"),
        ("audio.close()", "blocked"),
        ("audio.setSinkId({ type: 'none' })", "muted"),
        # A machine without a loudspeaker, where nothing ever runs, as Firefox tells it.
        ("Object.defineProperty(audio.destination, 'maxChannelCount', { value: 0 }), audio.suspend()", "muted"),
    ):
        tab(lost)
        tab.until(f"document.querySelector('.sound-state').dataset.sound === '{state}'")
        assert not tab("document.querySelector('.sound-blocked').hidden")
        why = "MUTED: no loudspeaker" if state == "muted" else "SOUND BLOCKED"
        assert why in tab("document.querySelector('.sound-blocked').innerText")
        assert why in tab("document.querySelector('.sound-state').innerText")
        reported(centre, audible=0, watching=0)
        tab.click("#top .mark")
        tab.until("document.querySelector('.sound-state').dataset.sound === 'armed'")
    reported(centre, watching=1)


def test_a_hidden_tab_goes_on_sounding_and_calls_without_a_word_about_the_person(
    tabs: Callable[..., Tab], centre: Centre, feed: Feed, device: str
) -> None:
    tab = tabs(EAR + NOTIFIED)
    arm(tab)
    tabs()  # lies in front now
    tab.until("document.visibilityState === 'hidden'")
    reported(centre, visible=1, audible=1, watching=0)
    feed.press(device)
    tab.until("document.title === '(1) ▲ Vigie'")
    hears(tab, 440, 554, 659)
    assert tab("document.querySelector('link[rel=icon]').href").endswith("/waiting.svg")
    told = tab("notified.map(({ note, ...said }) => said)")
    assert told == [
        {"title": "Vigie", "body": "A press is waiting", "tag": "vigie", "requireInteraction": True, "silent": True}
    ]

    centre.kill()
    try:
        tab.until("document.title === '▲ CONNECTION LOST · Vigie'")
        hears(tab, 587, 440, 330)
        assert tab("notified.at(-1).body") == "Vigie has lost its server"
    finally:
        centre.start()
    tab.until("document.title === '(1) ▲ Vigie'")
    tab.front()
    tab.until("document.title === '(1) Vigie'")
    assert tab("document.querySelector('link[rel=icon]').href").endswith("/calm.svg")
    tab.until("notified.every(({ note }) => note.closed)")
    take(tab, device)
    silent(tab)
    over(tab, device)


def test_a_technical_alarm_sounds_technical_until_somebody_takes_note_and_a_press_drowns_it(
    tabs: Callable[..., Tab], feed: Feed, device: str
) -> None:
    tab = tabs()
    arm(tab)
    silent(tab)
    forget(tab)
    feed.put(kind="device", device=device, state="link_lost")
    heard(tab, 392, 330)
    quiet = tab("loudest")
    feed.press(device)
    hears(tab, 440, 554, 659)
    assert tab("loudest") > quiet
    forget(tab)
    take(tab, device)
    heard(tab, 392, 330)
    over(tab, device)
    tab.until(row_of(device, "r.dataset.kind === 'technical' && (r.querySelector('.pick').click(), true)"))
    free = "b.textContent.startsWith('Acknowledge') && b.ariaDisabled !== 'true'"
    tab.until(f"[...document.querySelectorAll('#case .do')].some((b) => {free} && (b.click(), true))")
    silent(tab)


@pytest.mark.prove
def test_the_sound_test_plays_all_four_and_keeps_the_answer(tabs: Callable[..., Tab], feed: Feed) -> None:
    tab = tabs("localStorage.setItem('vigie.volume', '0');" + EAR)
    arm(tab)
    came = tab("performance.now()")
    tab.until(f"performance.now() > {came} + 1500")  # keys wait for a second after the window came
    tab.key("v", "KeyV")
    tab.until("!!document.querySelector('.sounds')")
    assert tab("document.querySelector('.sounds input:checked').value") == "100"  # what is no volume is none
    assert min(tab("[...document.querySelectorAll('.sounds input')].map((i) => Number(i.value))")) == 50
    assert "Not tested" in tab("document.querySelector('.sounds').innerText")
    tab.key("V", "KeyV", shift=True)
    hears_all = {440, 554, 659, 740, 494, 392, 330, 587}
    tab.until("listen(), !!document.querySelector('.sounds .asked')")
    said = tab("[...pitches]")
    assert all(any(abs(p - h) < 20 for p in said) for h in hears_all), said
    tab.click(".sounds .asked button")
    tab.until("/Tested \\d\\d:\\d\\d: all four heard/.test(document.querySelector('.sounds .said').innerText)")


def test_a_press_that_only_hidden_and_muted_pages_have_says_so_until_a_page_is_seen_and_heard(
    tabs: Callable[..., Tab], desks: Desks, centre: Centre, feed: Feed, device: str
) -> None:
    hidden, muted = tabs(), tabs()
    hidden.front()
    arm(hidden)
    muted.front()
    arm(muted)
    muted("audio.setSinkId({ type: 'none' })")
    hidden.until("document.visibilityState === 'hidden'")
    reported(centre, open=2, visible=1, audible=1, watching=0)
    feed.press(device)
    muted.until(says(device, NOBODY))
    assert health(centre)["unpresented"] == 1

    page = desks.open()
    expect(row(page, device)).to_be_visible()
    expect(row(page, device)).not_to_contain_text(NOBODY)
    reported(centre, open=3, watching=1)
    assert health(centre)["unpresented"] == 0
    take(hidden, device)
    over(hidden, device)
