// The ages on the map: those of the queue's rows, to the second, made anew by the page and never by the server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { duration } from "../../../../dashboard/shell/format.js";

const source = readFileSync(new URL("../../../../dashboard/components/map/geometry.js", import.meta.url), "utf8");
/** @type {{ageText: (words: object, ms: number) => string, aged: (alarms: object, words: object, now: number) => [number, string][]}} */
const { ageText, aged } = new Function(`${source}; return { ageText, aged };`)();
const WORDS = { s: "{n} s", min: "{n} min", h_min: "{h} h {m}", days: "{n} d {h} h" };

test("an age on the map is the age of the row, at every moment of a day and of the days after", () => {
  for (const ms of [-5, 0, 499, 500, 59_499, 59_500, 60_000, 3_599_600, 4_800_000, 86_399_600, 183_600_000])
    assert.equal(ageText(WORDS, ms), duration(WORDS, ms).replaceAll("\u00a0", " "), String(ms));
  for (let ms = 0; ms < 200_000_000; ms += 77_777)
    assert.equal(ageText(WORDS, ms), duration(WORDS, ms).replaceAll("\u00a0", " "));
});

test("only what says another age is written again; a name, a count and an unknown age stay", () => {
  const at = [0, 0, NaN, 0, 0];
  const label = ["AMR-1\n± 18 m · 2 s", "AMR-2\n± 1.4 km · 7 s", "AMR-3\n± ? · ?", "AMR-4 +3", ""];
  assert.deepEqual(aged({ at, label }, WORDS, 7_000), [[0, "AMR-1\n± 18 m · 7 s"]]);
  assert.deepEqual(aged({ at: [0], label: ["a · b\n± 18 m · 2 s"] }, WORDS, 2_000), []);
});
