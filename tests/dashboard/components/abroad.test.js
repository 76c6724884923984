// An alarm abroad in words: how far beyond whose border, and whom to call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { beyond, toCall } from "../../../dashboard/components/case/abroad.js";

const words = {
  "abroad.beyond": "{m} beyond {country}",
  "abroad.sea": "{m} off the coast",
  "abroad.far": "{m} away",
  "abroad.within": "within",
  "abroad.call": "{country}: {contact}",
  "abroad.call_none": "{country}: none",
  "abroad.call_nobody": "nobody",
  either: "{first} or {second}",
  "country.FR": "France",
  "country.LU": "Luxembourg",
  m: "{n} m",
  km: "{n} km",
};
const t = (/** @type {string} */ key, /** @type {Record<string, unknown>} */ facts = {}) =>
  Object.entries(facts).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, String(value)),
    words[/** @type {keyof typeof words} */ (key)],
  );
const store = /** @type {import("../../../dashboard/shell/store.js").Store} */ (/** @type {unknown} */ ({ t, words }));
const [fr, lu, sea] = [{ country: "FR", contact: "0033" }, { country: "LU" }, { country: "sea" }];

test("whose border it is beyond is said, and both where two are about as near", () => {
  const said = (/** @type {import("../../../dashboard/shell/wire.js").Abroad} */ abroad) =>
    beyond(store, abroad).replace(/^\S+\s\S+ /, "");
  assert.equal(said({ beyond_m: 500, neighbours: [fr] }), "beyond France");
  assert.equal(said({ beyond_m: 500, neighbours: [lu, fr], within: true }), "beyond Luxembourg or France · within");
  assert.equal(said({ beyond_m: 500, neighbours: [sea, fr] }), "off the coast");
  assert.equal(said({ beyond_m: 500_000 }), "away");
});

test("whom to call is said of each neighbour, and once that nobody is set", () => {
  assert.deepEqual(toCall(store, { beyond_m: 1, neighbours: [lu, fr] }), ["Luxembourg: none", "France: 0033"]);
  assert.deepEqual(toCall(store, { beyond_m: 1, neighbours: [lu] }), ["nobody"]);
  assert.deepEqual(toCall(store, { beyond_m: 1 }), ["nobody"]);
});
