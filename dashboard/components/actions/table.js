// Every action of an operator in one table: its key, when it may come, what it asks of the desk.

const RANK = ["raised", "acknowledged", "routed", "accepted", "en_route", "on_scene", "safe", "closed"];

/** @typedef {{name: string, key?: string, shift?: boolean, form?: boolean, step?: string, more?: boolean, offer?: boolean, watch?: boolean, technical?: boolean, asks?: string}} Action */
/** @type {Action[]} */
export const ACTIONS = [
  { name: "acknowledge", key: "a" },
  { name: "route", key: "r" },
  { name: "listen", key: "l" },
  { name: "en_route", key: "e", step: "en_route" },
  { name: "on_scene", key: "o", step: "on_scene" },
  { name: "safe", key: "s", step: "safe" },
  { name: "note", key: "n", form: true },
  { name: "classify", key: "c", form: true },
  { name: "close", key: "x", shift: true, form: true },
  { name: "accepted", key: "y", step: "accepted", more: true },
  { name: "declined", key: "d", form: true, more: true },
  { name: "time", key: "t", form: true, more: true },
  { name: "hand_over", key: "p", form: true, more: true },
  { name: "accept_hand_over", key: "j", offer: true },
  { name: "decline_hand_over", form: true, offer: true },
  { name: "withdraw_hand_over", offer: true },
  { name: "still_on_it", key: "k", watch: true },
  { name: "join", key: "b", watch: true, asks: "help" },
  { name: "confirm_escalation", key: "z", watch: true },
  { name: "shelve_device", form: true, technical: true },
  { name: "release", form: true, more: true },
  { name: "cancel_order", form: true, more: true },
  { name: "correct_time", form: true, more: true },
  { name: "extend_tracking", form: true, more: true },
  { name: "reopen", form: true, more: true },
];

/** Why an action may not come now (a key of the words), or "" when it may. The desk decides again.
 * @param {string} name @param {any} row @param {boolean} mine @param {"" | "me" | "other"} [offered] to whom it is offered */
export function against(name, row, mine, offered = "", helps = false) {
  const rank = RANK.indexOf(row.state);
  const owned = rank >= 1 && rank < 7;
  const ordered = !!row.order_zone;
  if (name === "reopen") return row.state === "closed" ? "" : "not_now.done";
  if (row.state === "closed") return "not_now.closed";
  switch (name) {
    case "acknowledge":
      if (row.state === "raised" || row.gone) return "";
      if (!mine) return "not_now.owned";
      return row.realarm ? "" : "not_now.done";
    case "close":
    case "extend_tracking":
      return "";
    case "still_on_it":
      if (!owned) return "not_now.unowned";
      return mine || helps ? "" : "not_now.owned";
    case "join":
      if (!owned) return "not_now.unowned";
      return mine ? "not_now.yours" : helps ? "not_now.helping" : "";
    case "confirm_escalation":
      return ["confirm", "outside"].includes(row.ladder) && !row.confirmed ? "" : "not_now.nothing_to_confirm";
    case "shelve_device":
      return "not_now.technical_only";
    case "route":
      if (!owned) return "not_now.unowned";
      if (!mine) return "not_now.owned";
      return rank <= 4 ? "" : "not_now.done";
    case "release":
      if (!owned) return "not_now.unowned";
      if (!mine) return "not_now.owned";
      return rank <= 4 ? "" : "not_now.done";
    case "hand_over":
      if (!owned) return "not_now.unowned";
      if (!mine) return "not_now.owned";
      return rank <= 5 ? "" : "not_now.done";
    case "accept_hand_over":
    case "decline_hand_over":
      return offered === "me" ? "" : "not_now.no_offer";
    case "withdraw_hand_over":
      if (!mine) return "not_now.owned";
      return offered ? "" : "not_now.not_offered";
    case "cancel_order":
      if (!owned) return "not_now.unowned";
      if (!mine) return "not_now.owned";
      return ordered && rank >= 2 && rank <= 4 ? "" : "not_now.not_routed";
    case "accepted":
    case "en_route":
    case "on_scene":
    case "safe":
      if (!owned) return "not_now.unowned";
      if (rank === 1 && !ordered) return "not_now.not_routed";
      return rank < RANK.indexOf(name) ? "" : "not_now.done";
    case "declined":
    case "time":
      if (!owned) return "not_now.unowned";
      return ordered && rank < 6 ? "" : "not_now.not_routed";
    default:
      return owned ? "" : "not_now.unowned";
  }
}

/** The action of a key event, by what the key writes (so AZERTY and QWERTY agree). @param {KeyboardEvent} event */
export function actionOf(event) {
  const key = event.key.toLowerCase();
  return ACTIONS.find((action) => action.key === key && !!action.shift === event.shiftKey);
}
