// Words and figures as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, clockAndDay, day, duration, fill, formOf, metres, ticking } from "../../../dashboard/shell/format.js";
import { lasted, limit, percent } from "../../../dashboard/shell/rounding.js";
import { between, count, said } from "../../../dashboard/supervisor/review/figure.js";
import { folded, slug, timeOf, timeText } from "../../../dashboard/trainer/parts.js";

const WORDS = { s: "{n} s", min: "{n} min", h_min: "{h} h {m}", days: "{n} d {h} h", m: "{n} m", km: "{n} km" };
/** @param {string} text */
const plain = (text) => text.replaceAll("\u00a0", " ");

test("a sentence's gaps are filled, a key without a sentence stands for itself, and no object's own name is a key", () => {
  assert.equal(fill({ sent: "{what} to {who}" }, "sent", { what: "Order" }), "Order to {who}");
  assert.equal(fill({}, "missing"), "missing");
  assert.equal(fill({}, "constructor"), "constructor");
});

test("what is counted stands in the form that fits its number, written as a number or in digits", () => {
  const words = { alarms: "no alarm\x1f{n} alarm\x1f{n} alarms", open: "{n} open" };
  const told = [0, 1, 2, "1", "1,000"].map((n) => fill(words, "alarms", { n }));
  assert.deepEqual(told, ["no alarm", "1 alarm", "2 alarms", "1 alarm", "1,000 alarms"]);
  assert.equal(fill(words, "open", { n: 1 }), "1 open");
  assert.equal(formOf(words, "alarms", undefined), "{n} alarms");
});

test("a running clock shows hours only when there are any, and never less than nothing", () => {
  assert.deepEqual([42_000, 725_000, 3_725_000, -5].map(ticking), ["0:42", "12:05", "1:02:05", "0:00"]);
});

test("a duration is told in two units at most and never broken over lines", () => {
  const told = [8_000, 14 * 60_000, 80 * 60_000, 51 * 3_600_000].map((ms) => duration(WORDS, ms));
  assert.deepEqual(told.map(plain), ["8 s", "14 min", "1 h 20", "2 d 3 h"]);
  assert.ok(told.every((text) => !text.includes(" ")));
});

test("a length is told in metres below a kilometre and with a decimal below ten", () => {
  assert.deepEqual(
    [18.2, 4_100, 12_600].map((m) => plain(metres(WORDS, m))),
    ["18 m", "4.1 km", "13 km"],
  );
});

test("a moment is the time of day in Belgium, in winter and in summer; none is nothing", () => {
  assert.equal(clock(Date.UTC(2026, 0, 5, 11, 0, 1)), "12:00:01");
  assert.equal(clock(Date.UTC(2026, 6, 5, 11, 0, 1)), "13:00:01");
  assert.equal(clock(null), "");
});

test("a day that is none stays as it was written", () => {
  assert.equal(plain(day("2026-11-03", "en")), "3 Nov 2026");
  assert.equal(day("soon", "en"), "soon");
});

test("a figure shows what it is: seconds, shares, its interval, or a dash", () => {
  assert.deepEqual(
    [6.34, 521, 3725, -6.34, null].map((s) => plain(lasted(s))),
    ["6.3 s", "8:41", "1:02:05", "−6.3 s", "–"],
  );
  assert.equal(plain(percent(0.826)), "82.6 %");
  assert.equal(plain(limit(10)), "10 s");
  assert.equal(said(count(12)), "12");
  assert.equal(plain(between({ stat: "share", n: 20, low: 0.786, high: 0.86 })), "78.6 – 86.0 %");
  assert.equal(between({ stat: "median", n: 3 }), "");
});

test("a time of a scenario that is written is read back as the same time", () => {
  for (const s of [0, 59, 60, 605, 3600]) assert.equal(timeOf(timeText(s)), s);
  assert.match(slug("Een Naam, met leestekens!"), /^[a-z0-9-]+$/);
});

test("what follows by itself is one band on a replay's bar, and what persons did a mark each", () => {
  const told = folded(
    [
      [0, "press"],
      [1, "auto"],
      [9, "routed"],
      [11, "auto"],
      [21, "auto"],
      [90, "auto"],
    ],
    10,
  );
  assert.deepEqual(
    told.map(({ at, until, type }) => [at, until, type]),
    [
      [0, 0, "press"],
      [1, 21, "auto"],
      [9, 9, "routed"],
      [90, 90, "auto"],
    ],
  );
});

test("a time of another day has its day, by the clock in Belgium, and a time of the same day has none", () => {
  const late = Date.UTC(2026, 10, 24, 22, 59, 58);
  assert.equal(clockAndDay(late, late - 60_000, "en"), "23:59:58");
  assert.equal(plain(clockAndDay(late, late + 4_000, "en")), "24 Nov 2026 23:59:58");
  assert.equal(clockAndDay(null, late, "en"), "");
});
