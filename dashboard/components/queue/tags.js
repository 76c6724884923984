// What is to be known of an alarm beside its place, in a word each and the gravest first.
import { classOf } from "../case/class.js";
import { closuresOf, flagsOf } from "../case/notes.js";
import { takenOver } from "../coverage/words.js";
import { announcedTest } from "../devices/words.js";
import { done, unconfirmed } from "../escalation/words.js";
import { needs } from "../../shell/order.js";

// Which comes first, by its key.
const RANK = [
  ...["mine", "drill", "test", "offered", "gone", "taken_over", "unrecorded", "unpresented", "presses", "declined"],
  ...["not_accepted", "undelivered", "undelivered_update", "undelivered_cancel", "stand_down", "goes_on"],
  ...["not_en_route", "not_on_scene", "order_excluded", "forgotten", "call_ended", "done", "line", "weapon"],
  ...["silent_approach", "also_open", "place", "zone", "suspended", "case", "excluded", "no_fix", "tracking", "flag"],
];
const DANGERS = new Set(["weapon", "silent_approach"]);

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row
 * @typedef {{key: string, kind: string, words: string, short?: boolean, again?: boolean}} Tag `short`: a sentence
 * elsewhere says it in full; `again`: it asks again */

/** @param {Store} store @param {Row} row @returns {Tag[]} */
export function tagsOf(store, row) {
  /** @type {Tag[]} */
  const tags = [];
  /** @param {string} key @param {string} kind @param {string} words @param {Partial<Tag>} [more] */
  const add = (key, kind, words, more) => tags.push({ key, kind, words, ...more });
  const t = store.t.bind(store);
  const open = row.state !== "closed";
  if (store.mine(row)) add("mine", "mine", t("mine"));
  else if (row.helpers?.includes(store.desk)) add("second", "second", t("second_seat"));
  if (store.offered(row) === "me") add("offered", "offered", t("offered_you"));
  if (row.test) add("test", "test", announcedTest(store, row, true), { short: true });
  for (const code of row.warns ?? []) {
    const kind = DANGERS.has(code) ? "danger" : "warn";
    add(
      code === "case_suspended" ? "suspended" : code.split("_")[0] === "case" ? "case" : code,
      kind,
      t(`warns.${code}`),
    );
  }
  if ((row.presses ?? 1) > 1) add("presses", "presses", t("presses", { n: row.presses }), { again: open });
  for (const key of wrong(store, row))
    add(key, "warn", t(`mark.${key}`), { short: true, again: open && (key === row.realarm || key === "gone") });
  for (const [kind, words] of takenOver(store, row)) add("taken_over", kind, words, { short: true });
  if (open)
    for (const [kind, words] of done(store, { ...row, gone: "" })) add("done", kind || "told", words, { short: true });
  if (row.call && open) add("line", row.call === "open" ? "line" : "line warn", t(`line.${row.call}`));
  if (row.centre && !store.covers.has(row.centre) && open) add("centre", "centre", row.centre);
  if (row.belongs && open) add("unlocated", "unlocated", t(row.abroad ? "abroad" : "unlocated"));
  if (row.kept_from && store.console.supervisor)
    add("kept_from", "warn", t("kept_from", { n: row.kept_from }), { short: true });
  if (row.delivery === "radio" && row.state === "routed") add("radio", "warn", t("delivery.radio"), { short: true });
  for (const flag of flagsOf(row)) add("flag", "warn", t(`flag.${flag}`), { short: true });
  if (row.done) add("finished", "told", t("done_says"), { short: true });
  if (row.tracking_ended) add("tracking", "warn", t("tracking_ended"), { short: true });
  const said = classOf(store, row);
  if (said) add("class", "class", said);
  if (row.paper) add("paper", "paper", t("paper"));
  if (row.cad) add("cad", "cad", t("cad_number", { number: row.cad }));
  if (row.origin === "hand") add("hand", "hand", t("by_hand"));
  if (row.drill) add("drill", "drill", t("drill"));
  if (row.bench) add("bench", "bench", t("bench"));
  if (row.closures?.length) add("closures", "past", closuresOf(store, row), { short: true });
  const rank = (/** @type {Tag} */ { key }) => (RANK.includes(key) ? RANK.indexOf(key) : RANK.length);
  return tags.sort((a, b) => rank(a) - rank(b));
}

/** The marks of what went wrong with it, each once. @param {Store} store @param {Row} row */
function wrong(store, row) {
  const { realarm } = row;
  /** @type {[unknown, string][]} */
  const said = [
    [row.gone, "gone"],
    [row.beside?.length, "also_open"],
    [row.unrecorded, "unrecorded"],
    [row.unpresented && needs(row), "unpresented"], // whoever acknowledged it has seen it
    [row.order_excluded, "order_excluded"],
    ...unconfirmed(store, row).map(([, , mark]) => /** @type {[unknown, string]} */ ([true, mark])),
    [row.declined, "declined"],
    [realarm && realarm !== "undelivered" && realarm !== "pressed", realarm ?? ""],
    [row.next_zone, "zone"],
  ];
  return [...new Set(said.flatMap(([is, key]) => (is ? [key] : [])))];
}
