// Each form: its title, its fields in order, which of them are needed, and the command it makes.

const on = (what) => (facts, row) => ({ do: what, incident: row.id, ...facts });

export const FORMS = {
  note: { title: "form_note", fields: ["text"], needed: ["text"], confirm: "confirm.note", command: on("note") },
  classify: { title: "form_classify", fields: ["as_class"], needed: ["as_class"], confirm: "confirm", words: true, command: on("classify") },
  close: {
    title: "form_close", fields: ["as_class", "verified", "outcome", "reason"], needed: ["as_class", "verified", "outcome", "reason"],
    confirm: "confirm.close", words: true, command: on("close"),
  },
  time: {
    title: "form_progress", fields: ["step", "unit", "happened_at"], needed: ["step"], confirm: "confirm", command: on("progress"),
  },
  declined: {
    title: "form_progress", fields: ["reason", "happened_at"], needed: [], confirm: "confirm",
    command: (facts, row) => ({ do: "progress", incident: row.id, step: "declined", ...facts }),
  },
  hand_over: { title: "form_hand_over", fields: ["person", "note"], needed: ["person"], confirm: "confirm.hand_over", command: on("hand_over") },
  hand_over_desk: {
    title: "form_hand_over_desk", fields: ["person", "note"], needed: ["person"], confirm: "confirm.hand_over",
    command: (facts) => ({ do: "hand_over_desk", ...facts }),
  },
  decline_hand_over: {
    title: "form_decline_hand_over", fields: ["reason"], needed: ["reason"], confirm: "do.decline_hand_over",
    command: (facts, row, about) => ({ do: "decline_hand_over", incident: row?.id ?? about.incident, ...facts }),
  },
  note_sheet: {
    title: "form_note_sheet", fields: ["text"], needed: ["text"], confirm: "confirm.note_sheet", command: (facts) => ({ do: "note_sheet", ...facts }),
  },
  release: { title: "form_release", fields: ["reason"], needed: [], confirm: "confirm", command: on("release") },
  cancel_order: { title: "form_cancel_order", fields: ["reason"], needed: [], confirm: "confirm", command: on("cancel_order") },
  correct_time: {
    title: "form_correct_time", fields: ["time", "to", "reason"], needed: ["time", "to", "reason"], confirm: "confirm", command: on("correct_time"),
  },
  extend_tracking: {
    title: "form_extend_tracking", fields: ["minutes", "reason"], needed: ["minutes", "reason"], confirm: "confirm", command: on("extend_tracking"),
  },
  shelve_device: {
    title: "form_shelve_device", fields: ["minutes", "reason"], needed: ["minutes", "reason"], confirm: "confirm",
    command: (facts, device) => ({ do: "shelve_device", stream: device.stream, condition: device.condition, ...facts }),
  },
  reopen: { title: "form_reopen", fields: ["reason"], needed: ["reason"], confirm: "confirm", command: on("reopen") },
  raise: {
    title: "form_raise", about: "an_alarm", other: { form: "from_paper", words: "from_paper", key: "⇧H" }, fields: ["case", "place", "zone", "reason", "happened_at"], needed: ["reason"], confirm: "confirm.raise",
    command: (facts) => ({ do: "raise", ...facts }),
  },
  from_paper: {
    title: "form_paper", about: "an_alarm", hint: "paper_hint", fields: ["paper_times", "reason", "case", "zone", "as_class", "verified", "outcome", "place"],
    needed: ["paper_times", "reason"], confirm: "confirm.from_paper", command: (facts) => ({ do: "from_paper", ...facts }),
  },
};
