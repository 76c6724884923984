// The case panel on a document without a browser: what stands in it, what other alarms change of it, what a fault
// leaves of it.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { parseHTML } from "linkedom";

const { document, MutationObserver } = parseHTML("<!doctype html><body></body>");
Object.assign(globalThis, { document, window: globalThis, sessionStorage: { getItem: () => null, setItem: () => {} } });
const { Store } = await import("../../../dashboard/shell/store.js");
const { CasePanel } = await import("../../../dashboard/components/case/case.js");

const NOW = 1_700_000_000_000;
const WORDS = { language: "en", zone: "PZ {name}", radius: "± {m}", m: "{n} m", ago: "{age} ago", s: "{n} s" };
const ROW = {
  id: "a",
  label: "AMR-00001",
  state: "acknowledged",
  owner: "Els",
  received: NOW - 28_000,
  changes: 1,
  priority: 1,
  zone: "5415",
  zone_name: "Gent",
  press: "single",
  presses: 2,
  call: "open",
  flags: ["late"],
};
const DETAIL = {
  id: "a",
  live: {
    id: "a",
    lat: 51.05,
    lon: 3.72,
    fix_at: NOW - 4_000,
    radius_m: 18,
    address: { near: "near", name: "Veldstraat 96", town: "Gent" },
    reason: "",
    unreadable: [["case.victim", "too long"]],
    line: "101",
  },
  case: {
    state: "open",
    number: "C-1",
    victim: "Sample Person",
    languages: ["nl"],
    language: "nl",
    suspect: "Sample Suspect",
    pinned: [
      { heading: "weapon", text: "Firearm", source: "PZ Gent", date: "2026-11-02" },
      { heading: "silent_approach", text: "No siren", source: "PZ Gent", date: "2026-11-02" },
      { heading: "plate", text: "1-SAM-001", source: "Court", date: "2026-11-03" },
    ],
    facts: [{ heading: "present", text: "Two children", source: "PZ Gent", date: "2026-11-02", doubted: "2026-11-04" }],
    valid_until: "2027-01-01",
    safe_numbers: ["0470 00 00 01"],
  },
  history: [{ code: "pressed", at: NOW - 28_000 }],
  flags: true,
};
const copy = () => /** @type {any} */ (structuredClone({ rows: { a: ROW }, detail: DETAIL }));
const nextTurn = () => new Promise((done) => setTimeout(done, 0));

/** A panel of a page that was told this. @param {any} message @param {(store: any) => void} [before] */
function panel(message, before) {
  const store = new Store({ ...WORDS });
  store.now = () => NOW;
  const root = /** @type {any} */ (document.createElement("div"));
  store.selected = "a";
  const access = { state: "signed", name: "Jan", roles: ["dispatcher"] };
  const welcome = { desk: "Jan", zones: {}, centres: { known: [], own: [], covers: [] } };
  store.take(JSON.stringify({ now: NOW, pace: 0, ...message, access, replies: [{ welcome }] }));
  before?.(store);
  new CasePanel(root, store, /** @type {any} */ (document.createElement("span")));
  return { store, root };
}

/** @param {any} root @param {string} selector */
const texts = (root, selector) => [...root.querySelectorAll(selector)].map((one) => one.textContent);

test("the address stands first, then what can kill with its source once, then every fact", () => {
  const { root } = panel(copy());
  assert.equal(root.querySelector(".named").textContent, "near Veldstraat 96");
  assert.equal(root.querySelector(".beside").textContent, "Gent · ± 18\u00a0m · 4\u00a0s ago");
  assert.deepEqual(texts(root, ".warning strong"), ["Firearm", "No siren", "1-SAM-001"]);
  assert.deepEqual(texts(root, ".warning strong.danger"), ["Firearm", "No siren"]);
  assert.deepEqual(texts(root, ".warning small .kind"), ["fact.weapon, fact.silent_approach · ", "fact.plate · "]);
  assert.deepEqual(texts(root, "dt").slice(0, 4), ["position", "unreadable", "line", "suspect"]);
  assert.match(root.querySelector("dd .doubted").textContent, /doubt.marked/);
});

test("presses that it does not show change nothing in it, and a second its ages alone", async () => {
  const { store, root } = panel(copy());
  const nodes = [...root.querySelectorAll("*")];
  const before = root.innerHTML;
  /** @type {unknown[]} */
  const seen = [];
  const observer = new MutationObserver((/** @type {unknown[]} */ records) => seen.push(...records));
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  for (let n = 0; n < 40; n += 1)
    store.take(JSON.stringify({ now: NOW, pace: 0, rows: { [`b${n}`]: { ...ROW, id: `b${n}`, presses: n } } }));
  await nextTurn();
  assert.equal(seen.length, 0);
  assert.equal(root.innerHTML, before);
  store.now = () => NOW + 1000;
  store.emit("second");
  await nextTurn();
  observer.disconnect();
  assert.ok(seen.length > 0, "it sees what changes");
  assert.deepEqual([...root.querySelectorAll("*")], nodes);
  assert.equal(root.querySelector(".age").textContent, "0:29");
  assert.match(root.querySelector(".beside").textContent, /5\u00a0s ago$/);
});

test("what somebody types of a doubt stays while the facts change, and goes with another alarm", () => {
  const { store, root } = panel(copy());
  const at = root.querySelector("textarea");
  at.value = "It was sold";
  const { detail } = copy();
  detail.case.facts.push({ heading: "other", text: "Dog", source: "PZ Gent", date: "2026-11-05" });
  store.take(JSON.stringify({ now: NOW, pace: 0, detail }));
  assert.equal(root.querySelector("textarea"), at);
  assert.deepEqual(texts(root, "option").at(-1), "Dog");
  store.take(JSON.stringify({ now: NOW, pace: 0, rows: { b: { ...ROW, id: "b" } } }));
  store.select("b");
  assert.equal(root.querySelector("textarea"), null);
});

test("nothing of what stood in it is left once nothing may be shown", () => {
  const { store, root } = panel(copy());
  store.take(JSON.stringify({ now: NOW, pace: 0, rows: { a: null }, access: { state: "locked", dark: true } }));
  assert.doesNotMatch(root.innerHTML, /AMR-00001|Veldstraat|Firearm|Sample|children/);
  assert.equal(root.querySelector(".nothing").hidden, false);
});

/** Every fact of a thing and of what is in it, with what makes it throw. @param {any} thing @param {string} at
 *  @returns {[string, () => void][]} */
function facts(thing, at) {
  return Object.keys(thing).flatMap((name) => {
    const value = thing[name];
    /** @type {[string, () => void][]} */
    const inside = value && typeof value === "object" ? facts(value, `${at}.${name}`) : [];
    const breaks = () => {
      throw new Error("broken");
    };
    return [[`${at}.${name}`, () => Object.defineProperty(thing, name, { get: breaks })], ...inside];
  });
}

test("whichever fact throws, the others stand: its number and age, what can kill, what was written", async () => {
  const names = facts(copy().detail, "detail").map(([name]) => name);
  assert.ok(names.length > 50);
  const reported = mock.fn();
  globalThis.reportError = reported;
  for (const [n, name] of names.entries()) {
    // of which it is; what JSON has as a whole or not at all
    if (name.endsWith(".id") || /pinned\.\d$/.test(name)) continue;
    const { root } = panel(copy(), (store) => facts(store.detail, "detail")[n][1]());
    await nextTurn();
    assert.equal(root.querySelector(".head h2").textContent, "AMR-00001", name);
    assert.equal(root.querySelector(".head .age").textContent, "0:28", name);
    const whole = name === "detail.case" || name === "detail.case.pinned";
    const left = ["Firearm", "No siren", "1-SAM-001"].filter((_, at) => name !== `detail.case.pinned.${at}.text`);
    for (const text of whole ? [] : left)
      assert.ok(texts(root, ".pinned strong").join().includes(text), `${name} ${text}`);
  }
  assert.ok(reported.mock.callCount() > 40);
});
