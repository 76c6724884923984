// The auditor's list as it is drawn, on a document without a browser: what its filters ask for.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { parseHTML } from "linkedom";

const { document, Element, Event, HTMLElement, HTMLSelectElement, Node } = parseHTML("<!doctype html><body></body>");
const sessionStorage = { getItem: () => null };
Object.assign(globalThis, { document, Element, HTMLElement, Node, sessionStorage, window: globalThis });
Object.defineProperty(HTMLSelectElement.prototype, "value", { value: "", writable: true }); // linkedom's is read alone
const { Store } = await import("../../../dashboard/shell/store.js");
const { List } = await import("../../../dashboard/auditor/list.js");

mock.timers.enable({ apis: ["setTimeout"] });

function page() {
  const place = /** @type {any} */ (document.createElement("div"));
  document.body.replaceChildren(place);
  const view = /** @type {import("../../../dashboard/auditor/wire.js").View} */ ({
    ...{ who: "", role: "", what: "", case: "", device: "", alarm: "", missing: false, notice: "" },
    ...{ since: "2026-11-01", until: "2026-11-30", sort: "at_ms", rising: false },
  });
  /** @type {any[]} */
  const asked = [];
  const people = /** @type {any} */ ({});
  const list = new List(new Store({ language: "en" }), place, people, view, {
    ask: () => asked.push({ ...view }),
    open: () => {},
  });
  const field = (/** @type {string} */ name) => place.querySelector(`.${name} input`);
  const type = (/** @type {string} */ name, /** @type {string} */ text) => {
    field(name).value = text;
    field(name).dispatchEvent(/** @type {any} */ (new Event("input", { bubbles: true })));
  };
  return { list, asked, type, field };
}

test("what is typed into two filters one after another is asked for of both, once", () => {
  const { asked, type } = page();
  type("case", "2026-0412");
  type("device", "AMR-00412");
  mock.timers.tick(300);
  assert.deepEqual(
    asked.map((view) => [view.case, view.device]),
    [["2026-0412", "AMR-00412"]],
  );
});

test("what is typed stands while it is not asked for yet, whatever is chosen or told meanwhile", () => {
  const { list, asked, type, field } = page();
  type("case", "2026-0412");
  mock.timers.tick(300);
  type("case", "");
  list.show();
  assert.equal(field("case").value, "");
  list.set({ alarm: "with" });
  mock.timers.tick(300);
  assert.deepEqual(
    asked.map((view) => [view.case, view.alarm]),
    [
      ["2026-0412", ""],
      ["", "with"],
    ],
  );
});

test("everything is asked for: nothing that was typed comes after it", () => {
  const { list, asked, type, field } = page();
  type("device", "AMR-00412");
  list.everything();
  mock.timers.tick(300);
  assert.deepEqual(
    asked.map((view) => view.device),
    [""],
  );
  assert.equal(field("device").value, "");
});
