// What somebody on shift has, in words.
import { phrase, together } from "../../shell/format.js";

/** Their alarms and how each stands. @param {import("../../shell/store.js").Store} store
 *  @param {{holds?: {label: string, state: string}[]}} person */
export function heldWords(store, { holds = [] }) {
  return together(
    ", ",
    holds.map((one) => phrase`${one.label} ${store.t(`state.${one.state}`)}`),
  );
}
