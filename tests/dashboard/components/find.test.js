// Finding incidents as it is drawn, on a document without a browser: what is understood, asked, found and forgotten.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { parseHTML } from "linkedom";

const { document, Element, Event, HTMLElement, HTMLInputElement, Node } = parseHTML("<!doctype html><body></body>");
Object.assign(globalThis, {
  ...{ document, Element, HTMLElement, HTMLInputElement, Node, window: globalThis },
  sessionStorage: { getItem: () => null },
});
Object.assign(HTMLElement.prototype, { select: () => {} });
const { Store } = await import("../../../dashboard/shell/store.js");
const { Find } = await import("../../../dashboard/components/find/find.js");

mock.timers.enable({ apis: ["setTimeout"] });
const NOW = Date.UTC(2026, 10, 3, 10);
const HIT = { id: "a", label: "AMR-00001", state: "closed", outcome: "real", received: NOW, place: "Veldstraat 1" };
const PLACE = { kind: "street", name: "Veldstraat", place: "", zone: "5415", zone_name: "Gent", asked: "veld" };

/** @param {import("../../../dashboard/components/find/find.js").Act[]} [acts] */
function page(acts = []) {
  const place = /** @type {any} */ (document.createElement("div"));
  document.body.replaceChildren(place);
  const store = new Store({ language: "en", "find.none": "none found" });
  store.live = true;
  store.now = () => NOW;
  /** @type {any[]} */
  const asked = [];
  /** @type {any[]} */
  const gone = [];
  const find = new Find(store, place, { ask: (one) => asked.push(one), acts: () => acts, go: (to) => gone.push(to) });
  find.show();
  const names = (/** @type {string} */ at) => [...place.querySelectorAll(at)].map((one) => one.textContent);
  const type = (/** @type {string} */ text) => {
    find.input.value = text;
    find.input.dispatchEvent(/** @type {any} */ (new Event("input", { bubbles: true })));
    mock.timers.tick(200);
  };
  const search = (/** @type {object} */ answer) => {
    find.root.dispatchEvent(/** @type {any} */ (new Event("submit", { cancelable: true })));
    find.take({ n: asked.at(-1).n, chips: [{ kind: "who", text: "x", since: "", until: "" }] });
    place.querySelector('[data-why="review"]').click();
    find.take({ n: asked.at(-1).n, ...answer });
  };
  return { place, store, find, asked, gone, names, type, search, said: () => names(".said")[0] };
}

test("what a word means is said while it is typed, and nobody is asked why for nothing", () => {
  const { find, asked, names, type, said } = page();
  type("3 nov");
  assert.deepEqual(asked, [{ n: 1, text: "3 nov" }]);
  find.take({ n: 1, chips: [{ kind: "days", text: "", since: "2026-11-03", until: "2026-11-03" }] });
  assert.deepEqual(names(".chips li"), ["find.kind.days3\u00a0Nov\u00a02026"]);
  type("zzz");
  find.root.dispatchEvent(/** @type {any} */ (new Event("submit", { cancelable: true })));
  find.take({ n: 3, chips: [] });
  assert.equal(said(), "find.refused.nothing");
  assert.equal(find.reason.open, false);
});

test("a reason is given before incidents are told of, and other words say that they are of the last ones", () => {
  const { place, asked, names, type, search, said } = page([
    { name: "timeline", run: () => {} },
    { name: "evidence", href: "/evidence/a.pdf" },
  ]);
  type("x");
  search({ count: 1, rows: [HIT] });
  assert.deepEqual({ ...asked.at(-1), n: 0 }, { n: 0, text: "x", why: "review", reason: "" });
  assert.equal(said(), "find.count_one · find.keys");
  assert.deepEqual(names(".hits .hit > *").slice(1), [
    "AMR-00001",
    "3\u00a0Nov\u00a02026 11:00",
    "Veldstraat 1",
    "outcome.real",
  ]);
  assert.equal(place.querySelector(".acts a").getAttribute("href"), "/evidence/a.pdf");
  type("xy");
  assert.equal(said(), "find.changed");
});

test("where nothing may be opened a hit shows its times, one that throws stands there by its number", async () => {
  const { place, names, type, search } = page();
  type("x");
  const bad = Object.defineProperty({ id: "b", label: "AMR-00002" }, "state", { get: () => assert.fail("a fault") });
  search({ count: 2, rows: [bad, { ...HIT, times: { closed: NOW, pressed: NOW - 1000 } }] });
  await null; // it is drawn after what failed
  assert.deepEqual(names(".hits > li > .label"), ["AMR-00002"]);
  place.querySelector(".hits .hit").click();
  assert.deepEqual(names(".times > *"), ["time.pressed", "10:59:59", "time.closed", "11:00:00"]);
  place.querySelector(".hits .hit").click();
  assert.deepEqual(names(".times"), []);
});

test("the place that was chosen is marked, and an older answer takes nothing away", () => {
  const { place, find, gone, names, type } = page();
  type("veld");
  find.offer({ n: 1, answer: 7, found: [PLACE, { ...PLACE, name: "Veldwegel" }], more: true });
  place.querySelectorAll(".place")[1].click();
  assert.deepEqual(gone, [{ answer: 7, at: 1 }]);
  assert.deepEqual(names(".place[aria-current] .label"), ["Veldwegel"]);
  type("veldw");
  find.offer({ n: 2, answer: 8, found: [PLACE], more: false });
  find.offer({ n: 1, answer: 9, found: [], more: false });
  assert.deepEqual(names(".place .label"), ["Veldstraat"]);
});

test("all is said in the language of now, and nothing stays for whoever comes next", () => {
  const { place, store, find, type, search, said } = page();
  type("x");
  search({ count: 0, rows: [] });
  assert.equal(said(), "none found");
  store.words["find.none"] = "niets";
  store.emit("language");
  assert.equal(said(), "niets");
  store.access = /** @type {any} */ ({ state: "signed", name: "Jan" });
  store.emit("access");
  assert.deepEqual([find.open, find.text, place.textContent], [false, "", ""]);
  assert.doesNotMatch(find.root.textContent ?? "", /niets/);
});
