// Each form: its title, its fields in order, which of them are needed, and the command it makes where that is not its
// name on its alarm.

/** @typedef {Record<string, unknown>} Facts
 *  @typedef {{label?: string, incident?: string, n?: number, command?: Facts, zone?: string,
 *    after?: (facts: Facts) => void}} About what a form is about beside its alarm
 *  @typedef {{confirm?: string, words?: boolean, about?: string, hint?: string, other?: {other: string, words: string},
 *    command?: (facts: Facts, row: any, about: About) => Facts}} More
 *    `confirm`: what its button says; `words`: it names who announced a test, and warns of what may be said under
 *    duress; `about`: what it is about where that is no alarm
 *  @typedef {More & {title: string, fields: string[], needed: string[]}} FormKind */

/** @param {string} title @param {string} fields what is needed has a "!" @param {More} [more] @returns {FormKind} */
function form(title, fields, more = {}) {
  const all = fields.split(" ").filter(Boolean);
  const names = (/** @type {string[]} */ some) => some.map((one) => one.replace("!", ""));
  return { title, fields: names(all), needed: names(all.filter((one) => one.endsWith("!"))), ...more };
}

/** A command about no alarm. @param {string} what @returns {More["command"]} */
const alone = (what) => (facts) => ({ do: what, ...facts });
/** @type {More["command"]} that was refused once */
const once = (facts, row, about) => about.command ?? {};
/** @param {object} says @returns {More["command"]} */
const progress = (says) => (facts, row) => ({ do: "progress", incident: row.id, ...says, ...facts });
const HAND = { confirm: "confirm.hand_over" };
const BY_HAND = { about: "an_alarm", other: { other: "from_paper", words: "from_paper" } };
const CLOSING = "as_class! verified! outcome! reason! recording_reference";
const PAPER = "paper_times! reason! case where zone as_class verified outcome recording_reference";

/** @type {Record<string, FormKind>} */
export const FORMS = {
  note: form("form_note", "text!", { confirm: "confirm.note" }),
  classify: form("form_classify", "as_class!", { words: true }),
  close: form("form_close", CLOSING, { confirm: "confirm.close", words: true }),
  time: form("form_progress", "step! unit happened_at", { command: progress({}) }),
  declined: form("form_progress", "reason happened_at", { command: progress({ step: "declined" }) }),
  set_cad_number: form("form_set_cad_number", "number!"),
  hand_over: form("form_hand_over", "person! note", HAND),
  hand_over_desk: form("form_hand_over_desk", "person! note", { ...HAND, command: alone("hand_over_desk") }),
  decline_hand_over: form("form_decline_hand_over", "reason!", {
    confirm: "do.decline_hand_over",
    command: (facts, row, { incident }) => ({ do: "decline_hand_over", incident: row?.id ?? incident, ...facts }),
  }),
  note_sheet: form("form_note_sheet", "text!", { confirm: "confirm.note_sheet", command: alone("note_sheet") }),
  route: form("form_route", "", { hint: "stand_down_hint", command: once }),
  safe: form("form_safe", "", { hint: "safe_hint", command: once }),
  release: form("form_release", "reason"),
  cancel_order: form("form_cancel_order", "reason", { hint: "stand_down_hint" }),
  correct_time: form("form_correct_time", "time! to! reason!"),
  extend_tracking: form("form_extend_tracking", "minutes! reason!"),
  shelve_device: form("form_shelve_device", "minutes! reason!", {
    command: (facts, { stream, condition }) => ({ do: "shelve_device", stream, condition, ...facts }),
  }),
  reopen: form("form_reopen", "reason!"),
  raise: form("form_raise", "where case happened_at reason", {
    ...BY_HAND,
    confirm: "confirm.raise",
    command: alone("raise"),
  }),
  from_paper: form("form_paper", PAPER, {
    about: "an_alarm",
    hint: "paper_hint",
    confirm: "confirm.from_paper",
    command: alone("from_paper"),
  }),
};
