// "Not here yet" and "not known" are two answers: until the facts of a chosen alarm came nobody is told that there are
// none.
import assert from "node:assert/strict";
import { test } from "node:test";

class Part {
  constructor() {
    /** @type {any} whatever a part of a page is asked for beside */
    const any = new Proxy(() => any, { get: (_, name) => (name === Symbol.toPrimitive ? () => "" : any) });
    return new Proxy(this, { get: (_, name) => (name === "textContent" ? "" : any) });
  }
}
Object.assign(globalThis, {
  Element: Part,
  HTMLElement: Part,
  Node: Part,
  window: globalThis,
  sessionStorage: { getItem: () => null, setItem: () => {} },
  document: { visibilityState: "hidden", createElement: () => new Part(), createTextNode: () => new Part() },
});
const { Store } = await import("../../../dashboard/shell/store.js");
const { Actions } = await import("../../../dashboard/components/actions/actions.js");
const { Routing } = await import("../../../dashboard/components/actions/routing.js");
const { ACTIONS } = await import("../../../dashboard/components/actions/table.js");
const { placeOf } = await import("../../../dashboard/components/case/place.js");

const LIVE = { id: "a", proposal: { why: "too_old" }, times: { pressed: {} } };

/** A page on which an alarm in somebody's hands is chosen, with its facts or before they came.
 * @param {object | null} live */
function chosen(live) {
  const store = new Store({});
  const row = { id: "a", label: "A", state: "acknowledged", changes: 1, received: 1, priority: 1 };
  const welcome = { desk: "Jan", zones: {}, centres: { known: [], own: [], covers: [] } };
  const detail = live && { id: "a", live, case: { state: "unknown" }, history: [] };
  const access = { state: "signed", name: "Jan" };
  store.take(JSON.stringify({ now: 1, rows: { a: row }, access, replies: [{ welcome }] }));
  store.live = true;
  store.select("a");
  if (detail) store.take(JSON.stringify({ now: 2, detail }));
  return store;
}

/** Why each action may not come now. @param {object | null} live */
function answers(live) {
  const store = chosen(live);
  const routing = Object.create(Routing.prototype, { searching: { value: false } });
  Object.assign(routing, { store, zone: "" });
  const buttons = new Map(ACTIONS.map((action) => [action.name, { action }]));
  const page = Object.assign(Object.create(Actions.prototype), { store, routing, buttons });
  return Object.fromEntries(ACTIONS.map(({ name }) => [name, page.against(name)]));
}

test("no action is refused for what has only not come yet, and every one that needs it says so", () => {
  const [before, after] = [answers(null), answers(LIVE)];
  const later = Object.keys(before).filter((name) => before[name] === "not_yet");
  for (const name of Object.keys(before)) assert.ok(later.includes(name) || before[name] === after[name], name);
  assert.deepEqual(later.sort(), ["copy_brief", "correct_time", "route"]);
  assert.equal(after.route, "why.too_old · choose_zone");
});

test("a digit, and where she is copied or spelled, say that it has not come, and then that it is not known", async () => {
  for (const [live, place, zone] of [
    [null, "not_yet", "not_yet"],
    [LIVE, "spelling.nothing", "no_such_zone"],
  ]) {
    const store = chosen(/** @type {object | null} */ (live));
    /** @type {string[]} */
    const said = [];
    const desk = { say: (/** @type {string} */ text) => said.push(text) };
    const spelling = placeOf(store, /** @type {any} */ (desk), /** @type {any} */ (new Part()));
    await spelling.do("copy");
    spelling.do("spell");
    const routing = Object.create(Routing.prototype);
    said.push(Object.assign(routing, { store, zone: "", options: [], turnedAt: -Infinity }).digit(1));
    assert.deepEqual(said, [place, place, zone]);
  }
});
