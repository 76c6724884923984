// The list of the nearest units: what stands in it under a hand, the sentence of the proposal, the keys that ask for
// one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { away, proposed, standing, uncompared } from "../../../../dashboard/components/actions/units.js";
import { fill } from "../../../../dashboard/shell/format.js";

/** @type {Record<string, string>} */
const words = {
  s: "{n} s",
  min: "{n} min",
  m: "{n} m",
  km: "{n} km",
  "units.road": "{time} by road ({m})",
  "units.straight": "{m} in a straight line",
  "units.age": "unit located {age} ago",
  "units.asking": "asking the router",
  "units.road_best": "{time} by road ({m}), {less} less than the next; unit located {age} ago",
  "units.road_even": "{time} by road ({m}), as long as the next; unit located {age} ago",
  "units.road_only": "{time} by road ({m}); unit located {age} ago",
  "units.straight_best": "{m} in a straight line, {less} nearer than the next; unit located {age} ago",
  radius: "± {m}",
  "units.within": "up to {m}",
  "units.from.wide": "Units, not compared: vague",
  "units.straight_only": "{m} in a straight line; unit located {age} ago",
};
const store = { words, t: (/** @type {string} */ key, facts = {}) => fill(words, key, facts) };
const NOW = 1_000_000;

/** @param {string} unit @param {number} m @param {object} [beside] @returns {any} */
const one = (unit, m, beside) => ({ unit, zone: "5415", zone_name: "Gent", m, at: NOW - 20_000, ...beside });
const [a, b, c, d] = [one("A", 700), one("B", 2100), one("C", 3000), one("D", 4000)];
const names = (/** @type {any[]} */ list) => list.map(({ unit, gone }) => unit + (gone ? " gone" : ""));
const plain = (/** @type {string} */ text) => text.replaceAll("\u00a0", " ");

test("the nearest three stand in the list, and the one that is asked for with them", () => {
  assert.deepEqual(names(standing([], [a, b, c, d], false, "")), ["A", "B", "C"]);
  assert.deepEqual(names(standing([a, b, c], [b, a, c, d], false, "D")), ["B", "A", "C", "D"]);
  assert.deepEqual(names(standing([a], [], false, "A")), []);
});

test("under a hand nothing moves: figures are new, and what is available no more says so in its place", () => {
  const nearer = one("D", 10);
  const held = standing([a, b, c], [nearer, { ...c, m: 5 }, a], true, "");
  assert.deepEqual(names(held), ["A", "B gone", "C"]);
  assert.equal(held[2].m, 5);
  assert.deepEqual(names(standing(held, [nearer, c, a], false, "")), ["D", "C", "A"]);
  assert.deepEqual(names(standing([], [a, b], true, "")), ["A", "B"], "a list that was empty is filled");
});

test("the proposal is explained in a sentence, by road or in a straight line, and by what it is before the next", () => {
  const said = (/** @type {any} */ best, /** @type {any} */ next) => plain(proposed(store, best, next, NOW));
  const by = (/** @type {number} */ road_s, road_m = 2300) => one("A", 700, { road_s, road_m });
  assert.equal(said(by(245), by(370)), "4 min by road (2.3 km), 2 min less than the next; unit located 20 s ago");
  assert.equal(said(by(245), by(250)), "4 min by road (2.3 km), as long as the next; unit located 20 s ago");
  assert.equal(said(by(10), undefined), "1 min by road (2.3 km); unit located 20 s ago");
  assert.equal(
    said(by(245), b),
    "4 min by road (2.3 km); unit located 20 s ago",
    "minutes are not compared with metres",
  );
  assert.equal(said(a, b), "700 m in a straight line, 1.4 km nearer than the next; unit located 20 s ago");
  assert.equal(said(a, undefined), "700 m in a straight line; unit located 20 s ago");
  assert.equal(said({ ...a, at: NOW + 5000 }, undefined), "700 m in a straight line; unit located 0 s ago");
  assert.equal(plain(away(store, by(245), NOW)), "4 min by road (2.3 km) · unit located 20 s ago");
  assert.equal(plain(away(store, b, NOW)), "2.1 km in a straight line · unit located 20 s ago");
});

test("a distance is no surer than her position: with its radius, or as far as it may be, and by how much is left unsaid", () => {
  const wide = (/** @type {any} */ near, off_m = 12_000) => ({ ...near, off_m });
  const said = (/** @type {any} */ best, blurred = true) => plain(proposed(store, best, b, NOW, blurred));
  assert.equal(said(wide(a)), "up to 13 km in a straight line; unit located 20 s ago");
  assert.equal(
    said(wide(a, 150), false),
    "700 m ± 150 m in a straight line, 1.4 km nearer than the next; unit located 20 s ago",
  );
  assert.equal(plain(away(store, wide(b, 900), NOW)), "2.1 km ± 900 m in a straight line · unit located 20 s ago");
  const road = { ...a, road_s: 245, road_m: 2300, off_m: 900 };
  assert.equal(said(road), "4 min by road (2.3 km ± 900 m); unit located 20 s ago");
});

test("a unit whose way by road is not known yet says so", () => {
  const asking = { ...a, asking: true };
  const said = "700 m in a straight line; unit located 20 s ago · asking the router";
  assert.equal(plain(proposed(store, asking, { ...b, road_s: 300 }, NOW)), said);
  const beside = "700 m in a straight line · asking the router · unit located 20 s ago";
  assert.equal(plain(away(store, asking, NOW)), beside);
});

test("from a position that does not bear it no unit is compared, and the list says how wide that is", () => {
  const said = (/** @type {object} */ facts) => plain(uncompared(store, /** @type {any} */ ({ id: "a", ...facts })));
  assert.equal(said({ unsure: "wide", off_m: 12_000 }), "Units, not compared: vague · ± 12 km");
  assert.equal(said({ off_m: 18 }), "");
});
