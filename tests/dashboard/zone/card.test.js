// The card of an order on a document without a browser: what a fault in one leaves, what stays typed, what is left of
// what is over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";

const { document, Node, HTMLElement } = parseHTML("<!doctype html><body></body>");
const sessionStorage = { getItem: () => null, setItem: () => {} };
Object.assign(globalThis, { document, Node, HTMLElement, window: globalThis, sessionStorage });
const { Store } = await import("../../../dashboard/shell/store.js");
const { h, render } = await import("../../../dashboard/shell/kit.js");
const { alone } = await import("../../../dashboard/shell/views.js");
const { Card, PlainCard, callsOf } = await import("../../../dashboard/zone/card.js");

const NOW = 1_700_000_000_000;
const BODY = { device: "AMR-1", fix: { lat: 51.05, lon: 3.72, radius: 18 }, instructions: ["Listen only"] };
const ORDER = {
  order: "o1",
  incident: "i1",
  body: BODY,
  over: "",
  step: null,
  done: false,
  open: ["accepted", "declined"],
  place: "Veldstraat",
  since: NOW,
  changed: NOW,
};

const nextTurn = () => new Promise((done) => setTimeout(done, 0));

/** A list of orders that can be drawn again. */
function list() {
  const store = new Store({ language: "en" });
  store.now = () => NOW;
  const root = /** @type {any} */ (document.createElement("div"));
  /** @type {any} */
  const props = { store, desk: { say: () => {} }, cards: new Map() };
  const view = /** @type {any} */ (Card);
  const show = (/** @type {any[]} */ ...orders) =>
    render(
      h(
        "div",
        {},
        orders.map((order) => alone(view, { ...props, order }, { of: order, plain: PlainCard, key: order.order })),
      ),
      root,
    );
  return { root, show, ...props };
}

test("what cannot be drawn of an order keeps nobody from answering, and the one beside it is whole", async () => {
  const { root, show } = list();
  /** @type {unknown[]} */
  const faults = [];
  globalThis.reportError = (fault) => void faults.push(fault);
  show({ ...ORDER, order: "o2", body: { ...BODY, instructions: 3 } }, { ...ORDER, order: "o3", since: "never" }, ORDER);
  await nextTurn();
  assert.equal(faults.length, 2);
  const [unheeded, broken, whole] = root.querySelectorAll("article");
  assert.ok(unheeded.querySelector(".silence") && unheeded.querySelector(".do.primary"));
  assert.equal(broken.textContent, "AMR-1Veldstraat");
  assert.equal(broken.className, "order waiting");
  assert.ok(whole.textContent.includes("Listen only"));
});

test("what is typed stays while the order changes, and what is over keeps nothing of her", () => {
  const { root, show, cards } = list();
  show(ORDER);
  const typed = root.querySelector(".unit input");
  typed.value = "Gent 12";
  show({ ...ORDER, step: "accepted", open: ["en_route", "declined"] });
  assert.equal(root.querySelector(".unit input"), typed);
  assert.equal(cards.size, 1);
  show({ ...ORDER, over: "rerouted", open: ["stood_down"], unit: "Gent 12", place: "Gent" });
  assert.ok(!root.innerHTML.includes("51.05") && !root.textContent.includes("Listen only"));
  show();
  assert.equal(cards.size, 0);
});

test("an order calls until it is answered, and again where a patrol is to be called off", () => {
  const at = (/** @type {object} */ facts) => callsOf(/** @type {any} */ ({ ...ORDER, ...facts }));
  assert.equal(at({}), "o1 ");
  assert.equal(at({ step: "accepted" }), "");
  assert.equal(at({ over: "rerouted", open: ["stood_down"] }), "o1 rerouted");
  for (const facts of [{ over: "closed" }, { over: "rerouted", open: [] }, { reserved: true }])
    assert.equal(at(facts), "");
});
