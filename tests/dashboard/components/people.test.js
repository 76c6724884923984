// Who is on shift on a document without a browser: what is offered here and how it is answered, what a fault leaves.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { parseHTML } from "linkedom";

const { document, Node } = parseHTML('<!doctype html><body><div id="bar"></div><div id="panel"></div></body>');
Object.assign(globalThis, {
  document,
  Node,
  window: globalThis,
  sessionStorage: { getItem: () => null, setItem: () => {} },
});
const { Store } = await import("../../../dashboard/shell/store.js");
const { People } = await import("../../../dashboard/components/presence/people.js");

const NOW = 1_700_000_000_000;
const WORDS = { language: "en", title: "Vigie" };
const shift = { start: NOW - 1000, end: NOW + 1000, due: null, test: null };
const person = (/** @type {string} */ key, more = {}) => ({
  key,
  name: key,
  since: NOW,
  screen: "visible",
  heard: true,
  ...more,
});
const offer = (/** @type {string} */ id, more = {}) => ({
  id,
  label: id,
  giver: "Els",
  at: NOW,
  note: "",
  whole: false,
  ...more,
});

/** @param {object} together */
function shown(together) {
  const [bar, panel] = ["bar", "panel"].map((id) => /** @type {any} */ (document.getElementById(id)));
  bar.innerHTML = '<button class="shift"></button>';
  panel.innerHTML = "";
  const store = new Store({ ...WORDS });
  store.now = () => NOW;
  const desk = { say: mock.fn(), ask: mock.fn((/** @type {any[]} */ ..._) => {}), gate: mock.fn(() => false) };
  const actions = { ask: mock.fn((/** @type {any[]} */ ..._) => {}) };
  const people = new People(store, actions, /** @type {any} */ (desk), { bar, panel }, "/");
  const tell = (/** @type {object} */ news) =>
    store.take(
      JSON.stringify({ now: NOW, pace: 0, together: { me: "Jan", people: [], offers: [], shift, ready: 0, ...news } }),
    );
  tell(together);
  bar.querySelector(".shift").click();
  const asked = () => desk.ask.mock.calls.map((/** @type {any} */ call) => call.arguments.slice(0, 2).join(" "));
  return {
    people,
    panel,
    bar,
    desk,
    actions,
    tell,
    asked,
    press: (/** @type {string} */ words) => press(panel, words),
  };
}

const { Event } = /** @type {any} */ (document.defaultView);

/** @param {any} root @param {string} words */
const press = (root, words) =>
  [...root.querySelectorAll("button")]
    .find((one) => one.textContent === words)
    .dispatchEvent(Object.assign(new Event("click"), { detail: 1 }));

test("a whole desk is one offer with one answer, an alarm by itself another", () => {
  const whole = { whole: true, note: "home at seven" };
  const { panel, bar, desk, asked, actions, press } = shown({
    offers: [offer("1", whole), offer("2"), offer("3", whole)],
  });
  const offers = [...panel.querySelectorAll(".offer")].map((one) => one.querySelector("strong").textContent);
  assert.deepEqual(offers, ["offer_whole", "offer_one"]);
  assert.equal(panel.querySelector(".offer p").textContent, "home at seven");
  assert.equal(bar.querySelector(".offers").hidden, false);
  assert.equal(desk.say.mock.callCount(), 1);
  press("accept_all");
  assert.deepEqual(asked(), ["accept_hand_over 1", "accept_hand_over 3"]);
  press("decline_all");
  const [form, { label, incident, after }] = actions.ask.mock.calls[0].arguments;
  assert.deepEqual([form, label, incident], ["decline_hand_over", "1, 3", "1"]);
  after({ reason: "on two already" });
  assert.equal(desk.ask.mock.calls.at(-1)?.arguments[2].reason, "on two already");
  assert.deepEqual(asked().slice(2), ["decline_hand_over 3"]);
});

test("an offer that is told again is said once, and one that is over goes from the bar", () => {
  const { bar, desk, tell } = shown({ offers: [offer("1")] });
  tell({ offers: [offer("1")] });
  assert.equal(desk.say.mock.callCount(), 1);
  tell({});
  assert.equal(bar.querySelector(".offers").hidden, true);
});

test("whose page is neither seen nor heard is told; what cannot be drawn of one leaves the name and the others", async () => {
  globalThis.reportError = mock.fn();
  const holds = {
    get length() {
      throw new Error("broken");
    },
  };
  const { people, panel } = shown({
    people: [person("Jan", { screen: "hidden", heard: false }), person("Els", { screen: "gone", heard: false })],
  });
  const said = () =>
    [...panel.querySelectorAll("li")].map((one) =>
      [...one.querySelectorAll("b, .bad")].map((at) => at.textContent).join(),
    );
  assert.deepEqual(said(), ["Jan (people_me),screen.hidden,heard.no", "Els,screen.gone"]);
  people.store.together.people = people.store.together.people.map((one) =>
    one.name === "Jan" ? { ...one, holds: /** @type {any} */ ({ map: () => holds.length }) } : one,
  );
  people.update();
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(said(), ["Jan", "Els,screen.gone"]);
});

test("its button and Escape shut it, and nothing of it opens where nobody is signed in", () => {
  const { people, bar, desk } = shown({});
  people.root.dispatchEvent(Object.assign(new Event("keydown", { cancelable: true }), { key: "Escape" }));
  assert.deepEqual([people.open, bar.querySelector(".shift").getAttribute("aria-expanded")], [false, "false"]);
  desk.gate.mock.mockImplementation(() => true);
  people.show();
  assert.equal(people.open, false);
});
