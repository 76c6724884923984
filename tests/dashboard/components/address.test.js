// Where the chosen alarm is, at a glance: never surer than its position, and nothing that makes it less sure is left
// out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "../../../dashboard/components/case/address.js";
import { fill } from "../../../dashboard/shell/format.js";

/** @type {Record<string, string>} */
const WORDS = {
  radius: "± {m}",
  m: "{n} m",
  s: "{n} s",
  min: "{n} min",
  ago: "{age} ago",
  fix_old_of: "position of {time}",
  radius_unknown: "accuracy unknown",
  no_position: "NO POSITION",
  share: "{n} %",
  zone: "PZ {name}",
  routed_to: "routed to {zone}",
  doubt: "MAY BE WRONG: {m} in {span}",
  "flag.no_number": "number not known",
};
const AT = Date.UTC(2026, 10, 24, 20, 14, 7);
/** @type {any} */
const STORE = {
  words: WORDS,
  language: "en",
  now: () => AT + 4000,
  t: (/** @type {string} */ key, /** @type {Record<string, unknown>} */ facts) => fill(WORDS, key, facts),
  zone: (/** @type {string} */ name) => fill(WORDS, "zone", { name }),
};
/** @type {any} */
const ROW = { state: "raised", zone: "5415", zone_name: "Gent", fix_at: AT };
const NEAR = { near: "near", name: "Veldstraat 12", town: "Gent", apart: "20 m NE" };
/** @type {any} */
const LIVE = { lat: 51.05, lon: 3.72, radius_m: 18, fix_at: AT, address: NEAR };

test("what it is near to stands first, then its town, how far, how sure and how old", () => {
  const { near, name, doubt, beside } = addressOf(STORE, ROW, LIVE);
  assert.deepEqual([near, name, doubt], ["near", "Veldstraat 12", ""]);
  assert.equal(beside.replaceAll("\u00a0", " "), "Gent · 20 m NE · ± 18 m · 4 s ago");
});

test("without an address its zone stands there, with its share where that is not sure, beside the one that was sent", () => {
  const row = { ...ROW, zone_share: 0.6, order_zone: "Aalst" };
  const { name, beside } = addressOf(STORE, row, { ...LIVE, address: undefined });
  assert.equal(name.replaceAll("\u00a0", " "), "PZ Gent 60 %");
  assert.match(beside, /^routed to PZ Aalst/);
});

test("what makes it less sure stands beside it: a position that may be wrong, a circle that nobody knows, a doubted place", () => {
  const doubted = { ...ROW, doubt_m: 11000, doubt_s: 4, flags: ["no_number"] };
  const { doubt, beside } = addressOf(STORE, doubted, { ...LIVE, radius_m: undefined });
  assert.match(doubt, /number not known/);
  assert.match(doubt, /MAY BE WRONG/);
  assert.match(beside, /accuracy unknown/);
});

test("without a position it says so, also beside what a person named", () => {
  const none = { ...LIVE, lat: undefined, lon: undefined, fix_at: undefined };
  const row = { ...ROW, fix_at: undefined };
  assert.equal(addressOf(STORE, row, { ...none, address: undefined }).name, "NO POSITION");
  const named = addressOf(STORE, row, { ...none, address: { name: "Kerkstraat 4", town: "Gent" } });
  assert.deepEqual(named, { near: "", name: "Kerkstraat 4", doubt: "NO POSITION", beside: "Gent" });
});
