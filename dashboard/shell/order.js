// In which part of a console's queue an alarm stands, and in which order. It holds no state.
import { place } from "./coverage.js";

/** @typedef {import("./wire.js").Row} Row @typedef {import("./wire.js").DeviceRow} DeviceRow
 * @typedef {import("./store.js").Store} Store
 * @typedef {"nobody" | "mine" | "hands" | "bench"} Side nobody is at it; it waits for who is here; others have it; it
 * is a device of the test bench, and somebody has it */

/** The parts in which the alarms of a console's own queue stand, from the top. @type {Side[]} */
export const SIDES = ["nobody", "mine", "hands", "bench"];

/** How soon somebody must act: 0 nobody has it, 1 it asks again for who is here, 2 it is in hands. @param {Store} store
 * @param {Row} row */
export function urgency(store, row, me = store.console) {
  if (row.state === "raised") return 0;
  return needs(row) || store.offered(row) === "me" || store.called(row, me) ? 1 : 2;
}

/** Whether somebody must look now: nobody has it, or it alarmed again. @param {Row} row */
export function needs(row) {
  return row.state === "raised" || (row.state !== "closed" && !!(row.realarm || row.gone));
}

const HERS = new Set(["place", "zone"]); // where she goes asks who has the alarm, and nobody beside them

/** Whether it alarms again for others than who is here. @param {Store} store @param {Row} row */
function forOthers(store, row) {
  const here = store.mine(row) || row.helpers?.includes(store.desk);
  return HERS.has(row.realarm ?? "") && row.state !== "raised" && !row.gone && !!store.desk && !here;
}

/** Whether nobody has it, as the server counts (`Incident.unowned`): nobody took it, or whoever did is gone.
 * @param {Row} row */
export function free(row) {
  return row.state === "raised" || !!row.gone;
}

/** By which wish an alarm is taken from its row: as one that nobody has, or that is offered here; "" where it is
 * neither. @param {Store} store @param {Row} row */
export function takes(store, row) {
  if (free(row)) return "acknowledge";
  return store.offered(row) === "me" ? "accept_hand_over" : "";
}

/** @param {Store} store @param {Row} row @param {ReturnType<typeof place>} stands @returns {Side} */
function side(store, row, stands, me = store.console) {
  if (stands !== "announced" && free(row)) return "nobody";
  if (row.bench) return "bench";
  return store.mine(row) || store.offered(row) === "me" || store.called(row, me) ? "mine" : "hands";
}

/** Where every alarm stands: `parts` of the console's own queue, each by urgency, the test bench last, own centres
 * first, priority and age (told beforehand comes last), `open` all of these; `others` of other centres, `closed` last
 * first; `calling`: what somebody here must look at now, and what has been unanswered so long that it calls everybody;
 * how many of this page's list are `unowned`, and how many that somebody has ask `again`: whatever says a number says
 * these. @param {Store} store */
export function listed(store) {
  const me = store.console;
  /** @typedef {{row: Row, group: number, foreign: number}} Listed */
  /** @type {Record<Side | "others", Listed[]>} */
  const found = { nobody: [], mine: [], hands: [], bench: [], others: [] };
  const [closed, calling] = [/** @type {Row[]} */ ([]), /** @type {Row[]} */ ([])];
  let [raised, unowned, again] = [0, 0, 0];
  for (const row of store.rows.values()) {
    if (row.state === "closed") {
      closed.push(row);
      continue;
    }
    if (free(row)) raised += 1;
    const stands = place(row, me);
    if (store.everywhere || stands === "main") {
      if (free(row)) unowned += 1;
      else if (needs(row)) again += 1;
    }
    const called = store.called(row, me);
    const group = stands === "announced" ? 3 : urgency(store, row, me);
    const foreign = Number(!!row.centre && !me.covers.has(row.centre));
    found[stands === "other" ? "others" : side(store, row, stands, me)].push({ row, group, foreign });
    const asks = needs(row) && !forOthers(store, row);
    if (called || (asks && !row.hushed && (stands === "main" || (row.loudness ?? 1) >= 3))) calling.push(row);
  }
  const order = (/** @type {Listed} */ a, /** @type {Listed} */ b) =>
    a.group - b.group ||
    Number(!!a.row.bench) - Number(!!b.row.bench) ||
    a.foreign - b.foreign ||
    a.row.priority - b.row.priority ||
    a.row.received - b.row.received ||
    (a.row.id < b.row.id ? -1 : 1);
  const rows = (/** @type {Listed[]} */ some) => some.sort(order).map(({ row }) => row);
  const parts = SIDES.map((name) => rows(found[name]));
  return {
    parts,
    open: parts.flat(),
    others: rows(found.others),
    closed: closed.sort((a, b) => (b.closed ?? 0) - (a.closed ?? 0)),
    calling,
    // what has not come may be this console's: until it has, it counts
    unowned: unowned + Math.max(0, store.raised - raised),
    again,
  };
}

/** Alarms as a supervisor's floor has them: by urgency, what the watch calls the supervisor for first, then by age.
 * @param {Store} store @param {Row[]} rows */
export function floored(store, rows, me = store.console) {
  return rows
    .map((row) => ({ row, group: urgency(store, row, me), waits: Number(!store.called(row, me)) }))
    .sort(
      (a, b) =>
        a.group - b.group || a.waits - b.waits || a.row.received - b.row.received || (a.row.id < b.row.id ? -1 : 1),
    )
    .map(({ row }) => row);
}

/** The rows with those of one key together, each group where its first row stood. @param {Row[]} rows
 * @param {(row: Row) => string} key */
export function gathered(rows, key) {
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return [...groups.values()].flat();
}

/** Technical alarms: what nobody has noted first, by age; what is over last. @param {Iterable<DeviceRow>} devices */
export function technical(devices) {
  const group = (/** @type {DeviceRow} */ row) => (row.state !== "alarmed" ? 2 : row.owner ? 1 : 0);
  return [...devices].sort((a, b) => group(a) - group(b) || a.since - b.since || (a.id < b.id ? -1 : 1));
}
