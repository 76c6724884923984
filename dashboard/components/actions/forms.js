// Each form: its title, its fields in order, which of them are needed, and the command it makes where that is not its
// name on its alarm.

/** @typedef {import("../../shell/wire.js").Row} Row @typedef {import("../../shell/wire.js").DeviceRow} DeviceRow
 * @typedef {Record<string, unknown>} Facts
 * @typedef {{label?: string, incident?: string, n?: number, command?: Facts, zone?: string, after?: (facts: Facts) =>
 * void}} About what a form is about beside its alarm
 * @typedef {{title: string, fields: string[], needed?: string[], confirm?: string, words?: boolean, about?: string,
 * hint?: string, other?: {form: string, words: string}, command?: (facts: Facts, row: any, about: About) => Facts}}
 * FormKind */

/** A command about no alarm. @param {string} what */
const alone = (what) => (/** @type {Facts} */ facts) => ({ do: what, ...facts });

/** @type {Record<string, FormKind>} */
export const FORMS = {
  note: { title: "form_note", fields: ["text"], needed: ["text"], confirm: "confirm.note" },
  classify: { title: "form_classify", fields: ["as_class"], needed: ["as_class"], words: true },
  close: {
    title: "form_close",
    fields: ["as_class", "verified", "outcome", "reason", "recording_reference"],
    needed: ["as_class", "verified", "outcome", "reason"],
    confirm: "confirm.close",
    words: true,
  },
  time: {
    title: "form_progress",
    fields: ["step", "unit", "happened_at"],
    needed: ["step"],
    command: (facts, row) => ({ do: "progress", incident: row.id, ...facts }),
  },
  declined: {
    title: "form_progress",
    fields: ["reason", "happened_at"],
    command: (facts, row) => ({ do: "progress", incident: row.id, step: "declined", ...facts }),
  },
  set_cad_number: { title: "form_set_cad_number", fields: ["number"], needed: ["number"] },
  hand_over: { title: "form_hand_over", fields: ["person", "note"], needed: ["person"], confirm: "confirm.hand_over" },
  hand_over_desk: {
    title: "form_hand_over_desk",
    fields: ["person", "note"],
    needed: ["person"],
    confirm: "confirm.hand_over",
    command: alone("hand_over_desk"),
  },
  decline_hand_over: {
    title: "form_decline_hand_over",
    fields: ["reason"],
    needed: ["reason"],
    confirm: "do.decline_hand_over",
    command: (facts, row, about) => ({ do: "decline_hand_over", incident: row?.id ?? about.incident, ...facts }),
  },
  note_sheet: {
    title: "form_note_sheet",
    fields: ["text"],
    needed: ["text"],
    confirm: "confirm.note_sheet",
    command: alone("note_sheet"),
  },
  route: {
    title: "form_route",
    hint: "stand_down_hint",
    fields: [],
    command: (facts, row, about) => about.command ?? {},
  },
  safe: { title: "form_safe", hint: "safe_hint", fields: [], command: (facts, row, about) => about.command ?? {} },
  release: { title: "form_release", fields: ["reason"] },
  cancel_order: { title: "form_cancel_order", hint: "stand_down_hint", fields: ["reason"] },
  correct_time: {
    title: "form_correct_time",
    fields: ["time", "to", "reason"],
    needed: ["time", "to", "reason"],
  },
  extend_tracking: { title: "form_extend_tracking", fields: ["minutes", "reason"], needed: ["minutes", "reason"] },
  shelve_device: {
    title: "form_shelve_device",
    fields: ["minutes", "reason"],
    needed: ["minutes", "reason"],
    command: (facts, device) => ({ do: "shelve_device", stream: device.stream, condition: device.condition, ...facts }),
  },
  reopen: { title: "form_reopen", fields: ["reason"], needed: ["reason"] },
  raise: {
    title: "form_raise",
    about: "an_alarm",
    other: { form: "from_paper", words: "from_paper" },
    fields: ["where", "case", "happened_at", "reason"],
    confirm: "confirm.raise",
    command: alone("raise"),
  },
  from_paper: {
    title: "form_paper",
    about: "an_alarm",
    hint: "paper_hint",
    fields: [
      "paper_times",
      "reason",
      "case",
      "where",
      "zone",
      "as_class",
      "verified",
      "outcome",
      "recording_reference",
    ],
    needed: ["paper_times", "reason"],
    confirm: "confirm.from_paper",
    command: alone("from_paper"),
  },
};
