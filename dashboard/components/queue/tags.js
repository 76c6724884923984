// What stands beside an alarm's name, on every row of it: what a low row must never drop, the gravest first.
import { duration } from "../../shell/format.js";
import { classOf } from "../case/class.js";
import { unconfirmed } from "../escalation/words.js";
import { needs } from "../../shell/order.js";

const OLD_MS = 120_000; // a position older than this says so: someone walking is 150 m away by then

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row
 *  @typedef {[kind: string, words: string]} Tag `short` in its kind: a high row says it in full below */

/** @param {Store} store @param {Row} row @param {number} now @returns {Tag[]} */
export function tagsOf(store, row, now) {
  /** @type {Tag[]} */
  const tags = [];
  const add = (/** @type {string} */ kind, /** @type {string} */ key, facts = {}) =>
    tags.push([kind, store.t(key, facts)]);
  const open = row.state !== "closed";
  if (store.mine(row)) add("mine", "mine");
  else if (row.helpers?.includes(store.desk)) add("second", "second_seat");
  if (store.offered(row) === "me") add("offered", "offered_you");
  for (const code of row.warns ?? []) add(code === "excluded" ? "warn" : "bad", `warns.${code}`);
  if ((row.presses ?? 1) > 1) add("presses", "presses", { n: row.presses });
  tags.push(...wrong(store, row));
  if (open) tags.push(...position(store, row, now));
  if (row.call && open) add(row.call === "open" ? "line" : "line warn", `line.${row.call}`);
  if (row.centre && !store.covers.has(row.centre) && open) tags.push(["centre", row.centre]);
  if (row.belongs && open) add("unlocated", row.abroad ? "abroad" : "unlocated");
  const said = classOf(store, row);
  if (said) tags.push(["class", said]);
  if (row.paper) add("paper", "paper");
  if (row.cad) add("cad", "cad_number", { number: row.cad });
  if (row.drill) add("drill", "drill");
  if (row.bench) add("bench", "bench");
  return tags;
}

/** What went wrong with it, in a word. @param {Store} store @param {Row} row @returns {Tag[]} */
function wrong(store, row) {
  /** @type {[unknown, string | undefined][]} */
  const said = [
    [row.gone, "gone"],
    [row.beside?.length, "also_open"],
    [row.unrecorded, "unrecorded"],
    [row.unpresented && needs(row), "unpresented"],
    [row.order_excluded, "order_excluded"],
    ...unconfirmed(store, row).map(([, , mark]) => /** @type {[unknown, string]} */ ([true, mark])),
    [row.declined, "declined"],
    [row.realarm && row.realarm !== "undelivered" && row.realarm !== "pressed", row.realarm],
    [row.next_zone, "zone"],
  ];
  const marks = new Set(said.flatMap(([is, key]) => (is ? [key] : [])));
  return [...marks].map((key) => ["short bad", store.t(`mark.${key}`)]);
}

/** That it is not known, no longer, or may be wrong. @param {Store} store @param {Row} row @param {number} now @returns {Tag[]} */
function position(store, row, now) {
  if (!row.fix_at) return row.zone ? [["short warn", store.t("flag.no_fix")]] : []; // without a zone its place says it
  const age = now - row.fix_at;
  /** @type {Tag[]} */
  const old = age < OLD_MS ? [] : [["short warn", store.t("mark.old", { age: duration(store.words, age) })]];
  return row.doubt_m == null ? old : [["short bad", store.t("mark.doubt")], ...old];
}
