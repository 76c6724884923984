// What stands over the actions: the zones that were told to stand down, each with its own button and words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";

const { document } = parseHTML("<!doctype html><body></body>");
Object.assign(globalThis, { document, window: globalThis, sessionStorage: { getItem: () => null } });
const { h, render } = await import("../../../../dashboard/shell/kit.js");
const { StandDown, standDownOf } = await import("../../../../dashboard/components/actions/stand_down.js");

/** @param {string} left the zones that were told, in their order @returns {any} */
const row = (left) => ({ standing_down: [...left].map((zone) => ({ zone, zone_name: zone, at: 0 })) });

test("each zone says its own words, also where the alarm before was left by the same in another order", () => {
  const root = /** @type {any} */ (document.createElement("div"));
  const store = /** @type {any} */ ({
    t: (/** @type {string} */ key, { zone = "" } = {}) => zone,
    zone: (/** @type {string} */ name) => name,
    now: () => 0,
  });
  const button = (/** @type {string} */ zone) => h("button", {}, `${zone} confirms`);
  for (const left of ["AB", "BA", "A"]) {
    render(h(StandDown, { store, row: row(left), button }), root);
    const said = [...root.querySelectorAll(".line")].map((line) => line.textContent);
    assert.deepEqual(
      said,
      [...left].map((zone) => `${zone}, 0:00${zone} confirms`),
    );
    assert.equal(!!root.querySelector(".several"), left.length > 1);
  }
  render(h(StandDown, { store, row: row(""), button }), root);
  assert.equal(root.textContent, "");
});

test("a key confirms the only one, and picks none of several", () => {
  assert.deepEqual(standDownOf(row("A")), { zone: "A", unit: "" });
  assert.equal(standDownOf(row("AB")), undefined);
  assert.deepEqual(standDownOf(row("AB"), "B"), { zone: "B", unit: "" });
});
