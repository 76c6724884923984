// The brief for CAD and radio: which facts, in which order, and that none that is missing is left out in silence.
import assert from "node:assert/strict";
import { test } from "node:test";
import { brief } from "../../../dashboard/components/case/brief.js";
import { fill } from "../../../dashboard/shell/format.js";

/** @type {Record<string, string>} */
const WORDS = {
  "brief.at": "{what} at {time}",
  "brief.unit_of": "a unit of {zone}",
  "brief.exercise": "EXERCISE",
  fix_old_of: "position of {time}",
  radius: "± {m}",
  m: "{n} m",
  speaks: "speaks {languages}",
  case_number: "Case {number}",
  zone: "PZ {name}",
};
/** A page, as far as a brief asks it. @param {object | null} [training] @param {number} [late] ms after the press
 * @returns {any} */
function page(training = null, late = 1000) {
  const now = () => AT + late;
  const t = (/** @type {string} */ key, /** @type {Record<string, unknown>} */ facts) => fill(WORDS, key, facts);
  return {
    t,
    words: WORDS,
    training,
    now,
    language: "en",
    zone: (/** @type {string} */ name) => (name ? t("zone", { name }) : ""),
  };
}
const AT = Date.UTC(2026, 10, 24, 20, 14, 7);
/** @type {any} */
const ROW = {
  label: "AMR-00412",
  press: "hold",
  received: AT,
  presses: 2,
  zone: "5415",
  zone_name: "Gent",
  municipality: "Gent",
  cad: "G17",
};
/** @type {any} */
const DETAIL = {
  live: {
    lat: 51.0536,
    lon: 3.7253,
    radius_m: 18,
    fix_at: AT - 2000,
    proposal: { options: [{ zone: "5415", name: "Gent" }], preselected: "5415" },
  },
  case: {
    state: "open",
    number: "2026-0001",
    victim: "A. Voorbeeld",
    languages: ["nl", "fr"],
    suspect: "B. Fictief",
    pinned: [
      { heading: "silent_approach", text: "Silent approach,\n second unit at the rear" },
      { heading: "weapon", text: "Firearm reported" },
      { heading: "plate", text: "grey van 1-ABC-000" },
    ],
    facts: [
      { heading: "present", text: "two children, 4 and 7" },
      { heading: "suspect", text: "1.90 m, beard" },
      { heading: "risk", text: "told nobody" },
    ],
    duress_word: "winter",
    safe_word: "tulip",
  },
};

test("a brief says alarm, CAD, place, position, who, from whom, weapon, approach and what is asked, a line each", () => {
  assert.deepEqual(brief(page(), ROW, DETAIL).split("\n"), [
    "brief.alarm: AMR-00412 · press.hold · 21:14:07 · presses",
    "brief.cad: G17",
    "brief.place: PZ Gent",
    "brief.position: 51.05360, 3.72530 ± 18 m at 21:14:05",
    "brief.who: A. Voorbeeld · speaks NL, FR · Case 2026-0001",
    "brief.present: two children, 4 and 7",
    "brief.from: B. Fictief · grey van 1-ABC-000 · 1.90 m, beard",
    "brief.weapon: Firearm reported",
    "brief.approach: brief.no_call; Silent approach, second unit at the rear",
    "brief.asked: a unit of PZ Gent · not_routed",
  ]);
});

test("a position that is too old to send by says from when, with its day, and an alarm of another day has its own", () => {
  const hour = 3_600_000;
  const said = (/** @type {number} */ late) => brief(page(null, late), ROW, DETAIL).split("\n");
  assert.equal(said(hour)[3], "brief.position: 51.05360, 3.72530 ± 18 m · position of 21:14");
  assert.match(said(48 * hour)[3], / · position of 24 Nov 2026 21:14:05$/);
  assert.match(said(48 * hour)[0], / · 24 Nov 2026 21:14:07 · /);
});

test("where she is stands in words of the nearest address once they are known, the coordinates on their own line", () => {
  const near = "near Veldstraat 12, Gent · 20 m\u00a0NE · ± 18 m";
  const said = brief(page(), ROW, { ...DETAIL, live: { ...DETAIL.live, near } }).split("\n");
  assert.equal(said[2], "brief.place: PZ Gent · near Veldstraat 12, Gent · 20 m NE · ± 18 m");
  assert.match(said[3], /^brief\.position: 51\.05360, 3\.72530/);
});

test("what is not known is said, the words agreed with her are never in it, and an exercise says so first", () => {
  const bare = { live: { proposal: {} }, case: { state: "unknown" } };
  const said = brief(
    page({}),
    { ...ROW, zone_name: "", municipality: "", cad: "", presses: 1 },
    /** @type {any} */ (bare),
  );
  assert.deepEqual(said.split("\n"), [
    "brief.alarm: EXERCISE · AMR-00412 · press.hold · 21:14:07",
    "brief.place: brief.unknown",
    "brief.position: no_position",
    "brief.who: case_state.unknown",
    "brief.present: brief.nobody_known",
    "brief.from: brief.unknown",
    "brief.weapon: brief.none_known",
    "brief.approach: brief.no_call",
    "brief.asked: brief.unit · not_routed",
  ]);
  assert.ok(!/winter|tulip/.test(brief(page(), ROW, DETAIL)));
});

test("of an alarm raised by hand what the caller said stands after the alarm, as one line, or that it is not known", () => {
  const row = { ...ROW, origin: "hand", press: "" };
  const live = { ...DETAIL.live, reason: "he is at the door,\n she whispers <b>" };
  const said = brief(page(), row, { ...DETAIL, live }).split("\n");
  assert.match(said[0], /^brief\.alarm: AMR-00412 · by_hand/);
  assert.equal(said[1], "brief.said: he is at the door, she whispers <b>");
  assert.equal(brief(page(), row, DETAIL).split("\n")[1], "brief.said: brief.unknown");
  assert.ok(!brief(page(), ROW, DETAIL).includes("brief.said"));
});

test("an order under way is what is asked, since when, and whether it must be said by radio", () => {
  const row = { ...ROW, order_zone: "Gent", delivery: "radio" };
  const live = { ...DETAIL.live, order_at: AT + 30_000 };
  assert.match(brief(page(), row, { ...DETAIL, live }), /asked: a unit of PZ Gent at 21:14:37 · delivery\.radio$/);
});

test("a refusal, and who may still drive for an order that was called off, stand in it with their time", () => {
  const said = (/** @type {object} */ facts) =>
    brief(page(), { ...ROW, ...facts }, DETAIL)
      .split("\n")
      .at(-1);
  const back = { standing_down: [{ zone: "1", zone_name: "A", at: AT }] };
  assert.equal(
    said({ declined: "Aalst", realarm: "declined" }),
    "brief.asked: a unit of PZ Gent · not_routed · declined_now · choose_elsewhere",
  );
  assert.match(said(back) ?? "", / · not_routed · stand_down_row, 21:14:07$/);
  const lost = { undelivered: [{ what: "cancel", zone_name: "A", final: false }] };
  assert.match(said({ ...back, ...lost, order_zone: "Gent" }) ?? "", /, 21:14:07 · undelivered\.cancel_late$/);
});
