// Every action of an operator: its key, where it stands, what it asks. Whether it may come now the server says.

/** @typedef {{name: string, key?: string, shift?: boolean, form?: boolean, step?: string, offer?: boolean, watch?:
 *  boolean, back?: boolean, technical?: boolean, copies?: boolean, facts?: boolean, asks?: string}} Action
 *  `copies`: it asks the desk for nothing, the page does it; `facts`: those of the alarm must be here */
/** @type {Action[]} */
export const ACTIONS = [
  { name: "acknowledge", key: "a" },
  { name: "route", key: "r", facts: true },
  { name: "listen", key: "l" },
  { name: "en_route", key: "e", step: "en_route" },
  { name: "on_scene", key: "o", step: "on_scene" },
  { name: "safe", key: "s", step: "safe" },
  { name: "note", key: "n", form: true },
  { name: "classify", key: "c", form: true },
  { name: "close", key: "x", shift: true, form: true },
  { name: "accepted", key: "y", step: "accepted" },
  { name: "declined", key: "d", form: true },
  { name: "time", key: "t", form: true, asks: "progress" },
  { name: "copy_brief", key: "q", copies: true, facts: true },
  { name: "set_cad_number", key: "q", shift: true, form: true },
  { name: "hand_over", key: "p", form: true },
  { name: "accept_hand_over", key: "j", offer: true },
  { name: "decline_hand_over", form: true, offer: true },
  { name: "withdraw_hand_over", offer: true },
  { name: "still_on_it", key: "k", watch: true },
  { name: "join", key: "b", watch: true, asks: "help" },
  { name: "confirm_escalation", key: "z", watch: true },
  { name: "confirm_stand_down", key: "d", shift: true, back: true },
  { name: "shelve_device", form: true, technical: true },
  { name: "release", form: true },
  { name: "cancel_order", form: true },
  { name: "correct_time", form: true, facts: true },
  { name: "extend_tracking", form: true },
  { name: "reopen", form: true },
];
