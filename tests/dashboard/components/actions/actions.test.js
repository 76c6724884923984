// The actions of the operator's page as they are drawn, on a document without a browser: their words, order and keys,
// what a digit means, and that a fact that throws keeps nobody from acting.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { parseHTML } from "linkedom";

const { document, Element, HTMLElement, HTMLInputElement, Event } = parseHTML("<!doctype html><body></body>");
/** @type {unknown[]} what was said to be a fault of the page */
const faults = [];
Object.assign(globalThis, {
  ...{ document, Element, HTMLElement, HTMLInputElement, window: globalThis },
  sessionStorage: { getItem: () => null, setItem: () => {} },
  ResizeObserver: class {
    observe() {}
    disconnect() {}
  },
  reportError: (/** @type {unknown} */ error) => faults.push(error),
});
Object.assign(Element.prototype, { getClientRects: () => [{}] });
const { DeskLine } = await import("../../../../dashboard/shell/desk.js");
const { GUARD_MS } = await import("../../../../dashboard/shell/guards.js");
const { Store } = await import("../../../../dashboard/shell/store.js");
const { Actions } = await import("../../../../dashboard/components/actions/actions.js");
const { ACTIONS } = await import("../../../../dashboard/components/actions/table.js");
const { TABLES } = await import("../../../../dashboard/components/shortcuts/tables.js");

mock.timers.enable({ apis: ["setTimeout"] }); // what would come seconds later keeps no test waiting
const NOW = 1_700_000_000_000;
const ZONES = { 5415: "Gent", 5416: "Deinze", 5340: "Polbru" };
/** @type {Record<string, string>} */
const WORDS = {
  language: "en",
  zone: "PZ {name}",
  send_to: "Send to {zone}",
  send_to_asking: "Send to {zone}, ask for {unit}",
  send_choose: "Send: choose a zone first",
  digit_zone: "zone",
  digit_unit: "unit",
  m: "{n} m",
  s: "{n} s",
};
const ROW = {
  id: "a",
  label: "AMR-00001",
  state: "acknowledged",
  owner: "Jan",
  received: NOW,
  changes: 1,
  priority: 1,
};
const DETAIL = {
  id: "a",
  live: {
    id: "a",
    proposal: {
      options: [
        { zone: "5415", name: "Gent", share: 0.7 },
        { zone: "5416", name: "Deinze", share: 0.3 },
      ],
    },
    times: { pressed: {} },
  },
  case: { state: "known", number: "2026-1", safe_word: "tulip" },
  history: [],
};
const SURE = { ...DETAIL, live: { ...DETAIL.live, proposal: { ...DETAIL.live.proposal, preselected: "5415" } } };
const MAY = ["route", "listen", "note", "classify", "close", "copy_brief", "release"];
const TOLD = {
  id: "a",
  why: Object.fromEntries(ACTIONS.map(({ name, asks = name }) => [asks, MAY.includes(name) ? "" : "not_routed"])),
  next: "route",
  likely: ["listen", "note"],
  anew: false,
};
const near = (/** @type {string} */ unit, zone = "5415") => ({ unit, zone, zone_name: "Gent", m: 100, at: NOW });
const UNITS = { id: "a", units: [near("G-1"), near("G-2"), near("D-1", "5416")] };

/** A page on which an alarm is chosen. @param {object} [told] in place of what the server tells of it */
function page(told = {}) {
  const root = /** @type {any} */ (document.createElement("div"));
  document.body.replaceChildren(root);
  const store = new Store({ ...WORDS });
  store.now = () => NOW;
  store.keys.rows = TABLES.operator;
  store.keys.take({});
  /** @type {any[]} */
  const sent = [];
  store.send = (message) => void sent.push(message);
  const desk = new DeskLine(store, /** @type {any} */ (document.createElement("p")));
  const actions = new Actions(root, store, desk);
  const welcome = { desk: "Jan", zones: ZONES, centres: { known: [], own: [], covers: [] } };
  const take = (/** @type {object} */ message) => store.take(JSON.stringify({ now: NOW, ...message }));
  take({ rows: { a: ROW }, access: { state: "signed", name: "Jan" }, replies: [{ welcome }] });
  store.live = true;
  store.select("a");
  take({ detail: DETAIL, actions: TOLD, units: UNITS, ...told });
  const names = (/** @type {string} */ at) => [...root.querySelectorAll(at)].map((one) => one.textContent);
  const commands = () => sent.filter((one) => one.do === "command").map(({ command: { id, ...facts } }) => facts);
  return { root, store, actions, desk, take, names, commands, said: () => desk.said.textContent };
}

/** Let the moment pass in which digits do nothing. @param {() => void} does */
function later(does) {
  const now = performance.now();
  mock.method(performance, "now", () => now + GUARD_MS + 50);
  does();
  mock.restoreAll();
}

test("what comes next is large, what is likely stands under it, and what cannot be done is not drawn", () => {
  const { root, actions, names } = page({ detail: SURE });
  assert.deepEqual(names(".large .do"), ["Send to PZ GentR"]);
  assert.deepEqual(names(".likely button"), ["do.listenL", "do.noteN", "more,"]);
  assert.equal(root.querySelector(".large .do").getAttribute("aria-label"), "action_label");
  assert.equal(root.querySelector(".large .do").getAttribute("aria-keyshortcuts"), "R");
  actions.list();
  assert.deepEqual(names(".more-list .do"), ["do.classifyC", "do.close⇧X", "do.copy_briefQ", "do.release"]);
  assert.deepEqual(names(".large .do, .routing"), [], "the list takes their room");
  actions.find("CLÁ");
  assert.deepEqual(names(".more-list .do.first"), ["do.classifyC"]);
  assert.deepEqual(names(".agreed"), ["safe_word"]);
});

test("a key of what cannot be done says why, over the keys", () => {
  const { actions, names, said } = page();
  actions.perform("safe");
  assert.deepEqual(names(".refusal"), ["colon"]);
  assert.equal(said(), "not_now.not_routed");
});

test("a digit names zones while none is chosen, units after, and the line says which", () => {
  const { actions, names, said, root } = page();
  assert.deepEqual(names(".routing .note kbd"), ["1–2"]);
  assert.match(names(".routing .note")[0], /^1–2 zone/);
  assert.deepEqual(names(".option kbd"), ["1", "2"]);
  assert.deepEqual(names(".unit kbd"), []);
  actions.digit(2);
  assert.deepEqual(names(".step .do"), ["Send to PZ DeinzeR"]);
  assert.match(names(".routing .note")[0], /^1–3 unit/);
  assert.deepEqual(names(".option kbd"), ["⌫"]);
  assert.deepEqual(names(".unit kbd"), ["1", "2", "3"]);
  // What named a zone a moment ago asks for no unit, and looks so.
  assert.ok(root.querySelector(".routing.held"));
  actions.digit(3);
  assert.equal(said(), "digits_turned");
  assert.equal(actions.routing.asked, "");
  later(() => actions.digit(3));
  assert.deepEqual(names(".step .do"), ["Send to PZ Deinze, ask for D-1R"]);
});

test("Backspace takes the chosen zone back, also one that was chosen beforehand: then digits name zones again", () => {
  const { actions, names } = page({ detail: SURE });
  assert.match(names(".routing .note")[0], /^1–3 unit/, "what is chosen beforehand is chosen");
  assert.ok(actions.takesBack);
  actions.routing.back();
  assert.ok(!actions.takesBack);
  assert.deepEqual(names(".step .do"), ["Send: choose a zone firstR"]);
  assert.match(names(".routing .note")[0], /^1–2 zone/);
  later(() => actions.digit(2));
  assert.deepEqual(names(".step .do"), ["Send to PZ DeinzeR"]);
});

test("the zone that has the order already is none that is chosen: to re-route, digits name zones", () => {
  const row = { ...ROW, state: "routed", order_zone: "Gent", changes: 2 };
  const { actions, names } = page({ rows: { a: row }, detail: SURE });
  mock.method(performance, "now", () => Infinity); // nothing changed a moment ago
  assert.deepEqual(names(".routing"), []);
  actions.perform("route");
  assert.ok(actions.choosing);
  assert.deepEqual(names(".option kbd"), ["1", "2"]);
  assert.equal(actions.against("route"), "choose_other");
  mock.restoreAll();
});

test("a form acts by what was typed, and says what it lacks; it stays whatever changes beside it", async () => {
  const { root, actions, take, commands, names, store } = page();
  actions.perform("note");
  const text = root.querySelector("textarea");
  assert.equal(root.querySelector("label[for=note-text]").textContent, "field_text");
  await actions.form.send();
  assert.deepEqual(names("[role=alert]"), ["required"]);
  text.value = "a grey van";
  text.dispatchEvent(new Event("input", { bubbles: true }));
  assert.deepEqual(names("[role=alert]"), [""]);
  take({ rows: { a: { ...ROW, changes: 2 } }, detail: SURE });
  assert.equal(root.querySelector("textarea"), text, "the field is the same element");
  assert.equal(text.value, "a grey van");
  assert.deepEqual(store.drafts.get("form note a"), ["a grey van"]);
  void actions.form.send();
  assert.deepEqual(commands(), [{ do: "note", incident: "a", text: "a grey van" }]);
});

test("another language is spoken at once, and nothing that was typed is lost", () => {
  const { root, actions, take, names } = page({ detail: SURE });
  actions.perform("note");
  const text = root.querySelector("textarea");
  text.value = "een grijze";
  text.dispatchEvent(new Event("input", { bubbles: true }));
  take({ words: { ...WORDS, language: "nl", form_note: "Notitie", send_to: "Doorsturen naar {zone}" } });
  assert.deepEqual(names(".form h3"), ["Notitie"]);
  assert.deepEqual(names(".step .do"), ["Doorsturen naar PZ GentR"]);
  assert.equal(root.querySelector("textarea"), text);
  assert.equal(text.value, "een grijze");
});

test("whatever fact throws, what comes next stands there by word and key, and acts", async () => {
  assert.deepEqual(faults, []);
  for (const of of /** @type {const} */ (["row", "detail", "live", "case", "told", "units"])) {
    const known = { row: ROW, detail: SURE, live: SURE.live, case: SURE.case, told: TOLD, units: UNITS }[of];
    const beside = { row: "order_zone closed drill offered_to standing_down next realarm gone", live: "abroad" };
    const more = of === "row" || of === "live" ? beside[of].split(" ") : [];
    for (const fact of [...Object.keys(known), ...more]) {
      if (["id", "label", "state"].includes(fact)) continue; // which it is, and what it is, are all that is left to say
      const { actions, store, names, commands } = page({ detail: SURE });
      const bad = { ...known };
      Object.defineProperty(bad, fact, { enumerable: true, get: () => assert.fail(`${of} ${fact}`) });
      if (of === "row") store.rows.set("a", /** @type {any} */ (bad));
      if (of === "told") store.actions = /** @type {any} */ (bad);
      if (of === "units") store.units = /** @type {any} */ (bad);
      if (of === "detail") store.detail = /** @type {any} */ (bad);
      if (of === "live" || of === "case") store.detail = /** @type {any} */ ({ ...SURE, [of]: bad });
      actions.update();
      for (let n = 0; n < 9; n += 1) await null; // what was asked to be drawn again is
      assert.ok(
        names(".do").some((words) => /^(Send to PZ Gent|do.route|Send: choose.*)R$/.test(words)),
        `${of} ${fact}: ${names(".do")}`,
      );
      actions.perform("note");
      assert.deepEqual(names(".form .confirm .primary"), ["confirm.note"], `${of} ${fact}`);
      actions.form.fields[0].value = "typed";
      void actions.form.send();
      assert.deepEqual(commands(), [{ do: "note", incident: "a", text: "typed" }], `${of} ${fact}`);
    }
  }
  assert.ok(faults.length > 0, "a fault that nobody hears of is mended by nobody");
});
