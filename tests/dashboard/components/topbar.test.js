// The top bar on a document without a browser: what it says of the feeds, what was lost, the sound, the desk's name.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { parseHTML } from "linkedom";

const { document, Event, Node } = parseHTML("<!doctype html><body></body>");
const storage = { getItem: () => null, setItem: () => {} };
Object.assign(globalThis, { document, Node, window: globalThis, sessionStorage: storage });
const { Store } = await import("../../../dashboard/shell/store.js");
const { TopBar } = await import("../../../dashboard/components/topbar/topbar.js");

document.createElement("input").constructor.prototype.select = () => {};
const NOW = 1_700_000_000_000;
const WORDS = { language: "en", title: "Vigie", s: "{n} s", ago: "{age} ago", colon: "{name}: {text}" };
const shift = { start: NOW, end: NOW, due: NOW - 1, test: { ok: true, at: NOW, took_ms: 1, feed: "a" } };
const feed = { name: "a", state: "live", message: NOW - 2000, heartbeat: NOW - 1000 };

/** @param {object[]} feeds */
function shown(feeds) {
  const part = () => /** @type {any} */ (document.body.appendChild(document.createElement("div")));
  const places = { feed: part(), bar: part(), top: part(), panel: part() };
  const store = new Store({ ...WORDS });
  Object.assign(store, { now: () => NOW, desk: "Desk 1", shift: 3 });
  const sound = /** @type {any} */ ({ state: "armed", armed: true, start: mock.fn(), on() {} });
  const does = { raise: mock.fn(), sound: mock.fn(), gap: mock.fn() };
  const bar = new TopBar(places, store, sound, does, []);
  const health = { feed_state: "live", recording: "ok", feeds, degraded: "ok" };
  const tell = (/** @type {object} */ more) => store.take(JSON.stringify({ now: NOW, pace: 0, ...more }));
  tell({ health, together: { me: "", people: [], offers: [], shift, ready: 0 } });
  return { ...places, store, sound, does, person: bar.person, update: () => bar.update() };
}

/** @param {any} root @param {string} selector */
const texts = (root, selector) => [...root.querySelectorAll(selector)].map((one) => one.textContent);

test("the newest message and the test stand in the bar, all else in the sheet under it", () => {
  const { feed: at, bar, panel } = shown([{ ...feed, ids_again: 2 }]);
  assert.deepEqual([at.className, at.dataset.recording], ["live", "ok"]);
  assert.deepEqual(texts(at, "b, .facts"), ["feed.live", "feed_message · test_passed"]);
  assert.deepEqual(texts(bar, ".shift b, .shift .test"), ["3", "test_overdue"]);
  assert.equal(bar.querySelector(".test").className, "test late");
  at.querySelector("button").click();
  const all = ["feed_health", "feed_message", "feed_heartbeat", "feed_ids_again", "feed_no_gap", "test_passed"];
  assert.deepEqual(texts(panel, "h3, p"), all);
  at.querySelector("button").click();
  assert.equal(panel.textContent, "");
});

test("the worst feed is named; what one lost or brings late stands over the page until it was seen", () => {
  const down = { ...feed, name: "b", state: "down", since: NOW };
  const { feed: at, top, does } = shown([{ ...feed, gaps: 1, gap_why: "jump", lag_ms: 2000 }, down]);
  assert.equal(texts(at, ".facts")[0], "b · feed_since · feed_message · test_passed");
  assert.deepEqual(texts(top, ".wrong > span"), ["feed_lag", "feed_gap: gap_why.jumpgap_seen"]);
  top.querySelector("button").click();
  assert.deepEqual(does.gap.mock.calls[0].arguments, ["a"]);
  assert.equal(shown([feed]).top.firstElementChild.hidden, true);
});

test("the sound's button opens its sheet, or lets the sound out where it cannot be heard", () => {
  const { bar, sound, does, update } = shown([feed]);
  const button = bar.querySelector(".sound-state");
  button.click();
  Object.assign(sound, { state: "muted", armed: false });
  update();
  assert.equal(bar.querySelector(".sound-state.bad"), button);
  assert.deepEqual([button.dataset.sound, button.getAttribute("aria-label")], ["muted", "sound_muted. sound_again"]);
  button.click();
  assert.deepEqual(
    [does.sound, sound.start].map((fn) => fn.mock.callCount()),
    [1, 1],
  );
});

test("a desk's name that another has is asked again, with what was typed; Escape leaves it as it was", () => {
  const { bar, panel, store } = shown([feed]);
  const replies = (/** @type {object} */ renamed) =>
    store.take(JSON.stringify({ now: NOW, pace: 0, replies: [{ renamed }] }));
  bar.querySelector(".who").click();
  const form = panel.querySelector("form.desk");
  const edit = () => form.querySelector("button").click();
  edit();
  const input = form.querySelector("input");
  input.value = "Desk 2";
  const send = mock.fn((/** @type {any} */ _) => {});
  store.send = send;
  form.dispatchEvent(new Event("submit", { cancelable: true }));
  assert.deepEqual(send.mock.calls[0].arguments, [{ do: "rename", desk: "Desk 2" }]);
  replies({ ok: false, desk: "Desk 1" });
  assert.deepEqual([form.querySelector("input").value, texts(form, ".why")], ["Desk 2", ["desk_taken"]]);
  form.dispatchEvent(Object.assign(new Event("keydown"), { key: "Escape" }));
  assert.deepEqual(texts(form, "*"), ["Desk 1"]);
  edit();
  replies({ ok: true, desk: "Desk 3" });
  assert.deepEqual(texts(form, "*"), ["Desk 3"]);
});

test("the clock goes on where nothing else can be drawn", () => {
  const { bar, store, update } = shown([feed]);
  store.together = /** @type {any} */ ({});
  store.now = () => NOW + 61_000;
  assert.throws(update);
  assert.deepEqual(texts(bar, ".time"), ["23:14:21"]);
});
