// What a supervisor does with an alarm from the floor. What may be done its row says (`open`); here is what each asks
// of the desk.
import { changed } from "../components/actions/refusal.js";
import { needs } from "../shell/order.js";

/** @typedef {import("../shell/store.js").Store} Store @typedef {import("../shell/store.js").Row} Row
 * @typedef {{key: string, name: string, receives: boolean, screen: string, heard: boolean, holds?: {label: string,
 * state: string}[], covers?: string[]}} Person who is on shift */

const ACTIONS = [
  "confirm_escalation",
  "accept_hand_over",
  "take_over",
  "assign",
  "decline_hand_over",
  "withdraw_hand_over",
];

/** What asks for more than a press: a person, a reason. */
export const FORMS = ["assign", "decline_hand_over"];

/** Whether an action has a place on this row. @param {Row} row @param {string} name */
function shown(row, name) {
  return !!row.open?.includes(name);
}

/** Those that have one. @param {Row} row */
export function offered(row) {
  return ACTIONS.filter((name) => shown(row, name));
}

/** Whether an alarm asks for one of them: they stand under it then. @param {Store} store @param {Row} row */
export function calls(store, row) {
  return needs(row) || store.called(row) || shown(row, "accept_hand_over") || shown(row, "withdraw_hand_over");
}

/** The one that comes next, in colour; "" when nothing calls. @param {Row} row */
export function next(row) {
  if (shown(row, "confirm_escalation")) return "confirm_escalation";
  if (shown(row, "accept_hand_over")) return "accept_hand_over";
  return needs(row) && shown(row, "take_over") ? "take_over" : "";
}

/** To whom an alarm may be assigned. @param {Store} store @param {Row} row @returns {Person[]} */
export function receivers(store, row) {
  return store.receivers().filter((/** @type {Person} */ person) => person.name !== row.owner);
}

/** How many alarms somebody has, in words. @param {Store} store @param {Person} person */
export function holds(store, person) {
  const n = person.holds?.length ?? 0;
  return store.t(n === 1 ? "floor.holds_one" : n ? "floor.holds" : "floor.holds_none", { n });
}

/** Whether somebody's page is seen and heard. @param {Person} person */
export function well(person) {
  return person.screen === "visible" && person.heard;
}

/** Why an action may not come now, as a sentence; "" when it may. @param {Store} store @param {Row} row
 * @param {string} name @param {boolean} moving */
export function against(store, row, name, moving) {
  if (!store.live) return store.t("lost_trying");
  if (moving || store.guarded(row.id)) return changed(store, row);
  if (name === "assign" && !store.locked && !receivers(store, row).length) return store.t("alone");
  return "";
}

/** The command of an action that needs no more than a press. @param {Row} row @param {string} name */
export function command(row, name) {
  if (name !== "take_over") return { do: name, incident: row.id };
  // What nobody has is acknowledged; from somebody it is taken only as long as they are who is shown here.
  return row.owned == null
    ? { do: "acknowledge", incident: row.id }
    : { do: "take_over", incident: row.id, since: row.owned };
}
