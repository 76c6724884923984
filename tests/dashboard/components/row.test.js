// A row of the queue as it is drawn, on a document without a browser: its words, their order, and that it harms none
// beside it.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { parseHTML } from "linkedom";

const { document } = parseHTML("<!doctype html><body></body>");
Object.assign(globalThis, { document, window: globalThis, sessionStorage: { getItem: () => null } });
const { render } = await import("../../../dashboard/shell/kit.js");
const { alone } = await import("../../../dashboard/shell/views.js");
const { Store } = await import("../../../dashboard/shell/store.js");
const { Alarm, Plain } = await import("../../../dashboard/components/queue/row.js");

/** @typedef {import("../../../dashboard/shell/wire.js").Row} Row */

const NOW = 1_700_000_000_000;
const WORDS = { zone: "PZ {name}", radius: "± {m}", m: "{n} m", km: "{n} km", presses: "pressed {n}×", language: "en" };
const ROW = /** @type {any} */ ({
  id: "a",
  label: "AMR-00001",
  state: "raised",
  received: NOW - 28_000,
  zone: "5415",
  zone_name: "Gent",
  municipality: "Gent",
  near: "near Veldstraat 96, Gent · 20 m N",
  fix_at: NOW,
  radius_m: 18,
  warns: ["weapon", "silent_approach"],
  presses: 3,
  realarm: "pressed",
  call: "open",
  flags: ["late", "delayed"],
});

/** The rows drawn, each alone, as the queue draws them. @param {Row[]} rows @param {object} [stands] */
function list(rows, stands = {}) {
  const store = new Store(WORDS);
  store.now = () => NOW;
  const place = /** @type {any} */ (document.createElement("ol"));
  const base = {
    store,
    lines: 2,
    selected: false,
    stop: false,
    top: "",
    begins: "",
    place: "main",
    does: { pick: () => {}, take: () => {}, fly: () => {} },
    ...stands,
  };
  const draw = (/** @type {Row[]} */ these) =>
    render(
      these.map((row) => alone(Alarm, { ...base, row }, { key: row.id, of: row, plain: Plain })),
      place,
    );
  draw(rows);
  return { place, draw };
}

/** The words of an element's parts, in their order. @param {any} at */
const words = (at) => [...(at?.children ?? [])].map((one) => one.textContent).filter(Boolean);

test("two lines say where, the gravest danger and the line; under it two tags, how many more, and its number", () => {
  const { place } = list([ROW]);
  assert.deepEqual(words(place.querySelector(".one")), ["Gent", "near Veldstraat 96", "warns.weapon", "line.open"]);
  assert.deepEqual(words(place.querySelector(".two")), ["pressed 3×", "warns.silent_approach", "+2", "AMR-00001"]);
  assert.equal(place.querySelector(".more").title, "flag.late · flag.delayed");
  assert.equal(place.querySelector(".age").textContent, "0:28");
  assert.match(
    place.querySelector(".pick").getAttribute("aria-label"),
    /^AMR-00001, .*weapon.*flag\.delayed/,
    "whoever hears it hears all",
  );
});

test("one line says what never goes from a row, and how sure only from 100 m on", () => {
  const one = (/** @type {object} */ more) =>
    words(list([{ ...ROW, ...more }], { lines: 1 }).place.querySelector(".one"));
  assert.deepEqual(one({}), ["Gent", "near Veldstraat 96", "warns.weapon", "line.open", "pressed 3×"]);
  assert.deepEqual(one({ warns: [], call: "", presses: 1, realarm: "", radius_m: 12_000 }).at(-1), "±\u00a012\u00a0km");
  assert.deepEqual(one({ state: "routed", owner: "An. D." }).at(-1), "An. D.");
  assert.equal(list([ROW], { lines: 1 }).place.querySelector(".two"), null);
});

test("Take stands on what nobody has and nowhere else", () => {
  const takes = (/** @type {object} */ more) => !!list([{ ...ROW, ...more }]).place.querySelector(".take");
  assert.equal(takes({}), true);
  assert.equal(takes({ gone: "lost", state: "routed" }), true);
  assert.equal(takes({ state: "routed", owner: "An. D." }), false);
  assert.equal(takes({ state: "closed" }), false);
});

test("a row of which any fact throws still says that it is there, and the next press is drawn beside it", async () => {
  // Which it is, how it is called, since when and what it is are all that is left to say.
  for (const fact of Object.keys(ROW).filter((name) => !["id", "label", "received", "state"].includes(name))) {
    const bad = { ...ROW };
    Object.defineProperty(bad, fact, { enumerable: true, get: () => assert.fail(fact) });
    const { place, draw } = list([bad]);
    draw([bad, { ...ROW, id: "b" }]);
    await new Promise((done) => setTimeout(done));
    const [broken, next] = place.querySelectorAll("li");
    assert.equal(next.querySelector(".town, .pick").textContent, "Gent", fact);
    assert.equal(broken.textContent, "AMR-00001 · state.raised0:28", fact);
    assert.ok(broken.querySelector("svg path"), fact);
    draw([ROW, { ...ROW, id: "b" }]);
    assert.equal(
      place.querySelector(".one .street")?.textContent,
      "near Veldstraat 96",
      "what comes next of it is drawn whole",
    );
  }
});

test("what somebody else did stands on its row for ten seconds, whatever the system adds, and hides nothing that asks", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const store = new Store({ ...WORDS, "history.ordered": "{who}: sent to {zone}", "history.late": "late" });
  store.desk = "Desk 1";
  const two = (/** @type {object} */ more) => {
    store.take(JSON.stringify({ now: NOW, rows: { a: { ...ROW, ...more } } }));
    return list([/** @type {any} */ (store.rows.get("a"))], { store }).place.querySelector(".two").textContent;
  };
  const own = { n: 2, code: "ordered", who: "Desk 1", zone: "Gent" };
  const theirs = { n: 3, code: "ordered", who: "Desk 2", zone: "Gent" };
  const late = [{ n: 4, code: "late" }, theirs];
  assert.doesNotMatch(two({ changes: 1 }), /sent to/);
  assert.doesNotMatch(two({ changes: 2, latest: [own] }), /sent to/);
  assert.match(two({ changes: 4, latest: late }), /pressed 3×.*Desk 2: sent to PZ Gent/);
  assert.match(two({ changes: 5, latest: [{ n: 5, code: "late" }, ...late] }), /Desk 2: sent to PZ Gent/);
  mock.timers.tick(9_999);
  assert.match(two({ changes: 5 }), /Desk 2/);
  mock.timers.tick(1);
  assert.doesNotMatch(two({ changes: 5 }), /Desk 2/);
  mock.reset();
});
