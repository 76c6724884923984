// The ages on the map: those of the queue's rows, to the second, made by the page and never by the server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { duration } from "../../../../dashboard/shell/format.js";
import { parts, word } from "./map_parts.js";

const WORDS = { s: "{n} s", min: "{n} min", h_min: "{h} h {m}", days: "{n} d {h} h" };
const AGES = { 400: "0 s", 500: "1 s", 59_400: "59 s", 59_600: "1 min", 4_800_000: "1 h 20", 183_600_000: "2 d 3 h" };

test("an age on the map is the age of the row, at every moment of a day and of the days after", () => {
  const same = (/** @type {number} */ ms) =>
    assert.equal(parts.ageText(word, ms), duration(WORDS, ms).replaceAll("\u00a0", " "), String(ms));
  for (const ms of [-5, 0, 499, 59_499, 59_500, 60_000, 3_599_600, 86_399_600]) same(ms);
  for (let ms = 0; ms < 200_000_000; ms += 77_777) same(ms);
  for (const [ms, text] of Object.entries(AGES)) assert.equal(parts.ageText(word, Number(ms)), text);
});
