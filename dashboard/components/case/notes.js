// What the panel of an alarm notes that its row says in a word or not at all.
import { clock, duration, phrase, together } from "../../shell/format.js";
import { needs } from "../../shell/order.js";
import { takenOver } from "../coverage/words.js";
import { PLACE_DOUBTS } from "./doubt.js";

const SAID = new Set(["no_fix", ...PLACE_DOUBTS]); // its place says these

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row */

/** The notes as [kind, sentence]: what is wrong first.
 * @param {Store} store @param {Row} row @param {number} now @returns {string[][]} */
export function notesOf(store, row, now) {
  const notes = [...takenOver(store, row)];
  /** @param {unknown} is @param {string} kind @param {string} words */
  const note = (is, kind, words) => is && notes.push([kind, words]);
  note(row.belongs, "warn", store.t(`belongs.${row.belongs}`, { centre: row.centre }));
  note(row.unrecorded, "bad", store.t("unrecorded"));
  // Whoever acknowledged it has seen it; the history keeps that nobody had.
  note(row.unpresented && needs(row), "bad", store.t("unpresented"));
  note(row.order_excluded, "bad", store.t("kept_from_order"));
  note(row.kept_from && store.console.supervisor, "warn", store.t("kept_from", { n: row.kept_from }));
  note(row.beside?.length, "bad", store.t("also_open", { labels: together(", ", row.beside ?? []) }));
  note(row.done, "", store.t("done_says"));
  for (const flag of flagsOf(row)) note(true, "warn", store.t(`flag.${flag}`));
  note(row.tracking_ended, "warn", store.t("tracking_ended"));
  const left = duration(store.words, Math.max(0, (row.tracking_until ?? 0) - now));
  note(row.tracking_until && !row.tracking_ended, "", store.t("tracking_in", { time: left }));
  note(row.closures?.length, "", closuresOf(store, row));
  return notes;
}

/** The flags that nothing else of a row says: where she is says some of the position that counts. @param {Row} row */
export function flagsOf(row) {
  const told = (/** @type {string} */ flag) =>
    SAID.has(flag) || flag.startsWith("case") || (flag === "outside" && row.abroad);
  return (row.flags ?? []).filter((flag) => !told(flag));
}

/** What was closed of this device in the last 24 h. @param {Store} store @param {Row} row */
export function closuresOf(store, row) {
  const each = (row.closures ?? []).map(
    (one) => phrase`${store.t(`class.${one.as_class ?? "unknown"}`)} ${clock(one.at).slice(0, 5)}`,
  );
  return phrase`${store.t("closures")} ${together(", ", each)}`;
}
