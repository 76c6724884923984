// Axes: where a moment and a value lie, and which marks have room.
import assert from "node:assert/strict";
import { test } from "node:test";
import { burst, RATE, samples, SOUNDS } from "../../../dashboard/components/alert/tones.js";
import { Scale } from "../../../dashboard/components/timeline/scale.js";
import { months, scale } from "../../../dashboard/supervisor/review/dots.js";

test("a moment and its share of the line lead to each other; what is outside lies at the nearer end", () => {
  const line = new Scale(1_000_000, 1_600_000);
  for (const at of [1_000_000, 1_004_000, 1_300_000, 1_600_000])
    assert.ok(Math.abs(line.at(line.share(at)) - at) < 1e-3);
  assert.deepEqual([line.share(0), line.share(9e9)], [0, 1]);
});

test("the first seconds are wider than the last, and figures never touch", () => {
  const line = new Scale(0, 3_600_000);
  assert.ok(line.share(10_000) > 0.1 && 1 - line.share(3_590_000) < 0.01);
  const places = line.ticks(800).map((s) => line.share(s * 1000) * 800);
  assert.ok(places.length > 4);
  for (const [n, x] of places.entries()) if (n) assert.ok(x - places[n - 1] >= 52);
});

test("what was held up on the way has a part of its own, and what followed keeps the room it had", () => {
  const late = new Scale(0, 651_000 + 600_000, 651_000);
  const share = late.share(651_000);
  assert.ok(share > 0.1 && share < 0.4);
  assert.ok(late.share(661_000) - share > 0.1);
  for (const at of [0, 300_000, 651_000, 700_000, 1_251_000]) assert.ok(Math.abs(late.at(late.share(at)) - at) < 1e-3);
  assert.deepEqual(late.ticks(900).slice(0, 3), [0, 651, 660]);
});

test("figures count from the press, also where a feed's clock is ahead of ours", () => {
  const line = new Scale(-3000, 60_000);
  assert.deepEqual(line.ticks(2000, 0).slice(0, 2), [0, 5]);
});

test("an incident of no length still has a line", () => {
  assert.equal(new Scale(5, 5).end, 1005);
});

test("a value lies on its axis, one without extent at its beginning", () => {
  assert.equal(scale(0, 10, 100, 200)(5), 150);
  assert.equal(scale(3, 3, 100, 200)(3), 100);
});

test("a year shows its months, a week its days, and no more of them than there is room for", () => {
  const year = months(Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1), 1200, "en");
  assert.deepEqual(
    year.slice(0, 2).map(([, name]) => name),
    ["Feb 2026", "Mar"],
  );
  const years = months(Date.UTC(2023, 5, 9), Date.UTC(2026, 5, 9), 600, "en").map(([, name]) => name);
  assert.deepEqual(years, ["Jul 2023", "Jan 2024", "Jul", "Jan 2025", "Jul", "Jan 2026"]);
  const turn = months(Date.UTC(2025, 11, 20), Date.UTC(2026, 0, 10), 700, "en").map(([, name]) => name);
  assert.equal(turn.filter((name) => /2026/.test(name)).length, 1);
  assert.equal(months(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 8), 1200, "en").length, 7);
  assert.ok(months(Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1), 300, "en").length <= 3);
});

test("a sound's samples fill one turn, stay between -1 and 1, and are silent after its burst", () => {
  for (const name of Object.keys(SOUNDS)) {
    const turn = samples(name);
    assert.equal(turn.length, Math.round(SOUNDS[name].every * RATE));
    assert.ok(turn.every((one) => Math.abs(one) <= 1));
    assert.ok(turn.slice(Math.ceil(burst(name) * RATE) + 1).every((one) => one === 0));
  }
});
