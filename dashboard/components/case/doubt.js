// How sure a zone is, that a position is old, or may be wrong and why: in the same words wherever it stands.
import { clock, clockAndDay, dayOf, duration, joined, metres, percent, phrase } from "../../shell/format.js";

const TOO_OLD_MS = 600_000; // as the server's TOO_OLD_S: it says where she was

/** @typedef {{state?: string, fix_at?: number | null, doubt_m?: number, doubt_s?: number, flags?: string[]}} Facts a
 * row @typedef {{zone?: string, zone_name?: string, zone_share?: number, abroad?: boolean}} Zoned a row
 * @typedef {import("../../shell/store.js").Store} Store */

/** The zone that she is in, with its share of her circle where that is not sure, the nearest of a place abroad, or that
 * none is known. @param {Store} store @param {Zoned} row */
export function zoneOf(store, row) {
  if (!row.zone) return store.t("no_position");
  const { zone_share: share } = row;
  const zone = store.zone(row.zone_name || row.zone, row.abroad);
  if (share == null) return zone;
  return share ? phrase`${zone} ${store.t("share", { n: percent(share) })}` : `${zone}\u00a0?`;
}

/** @param {Store} store @param {Facts | null} row */
export function doubtOf(store, row) {
  if (row?.doubt_m == null) return "";
  const span = duration(store.words, (row.doubt_s ?? 0) * 1000);
  return store.t("doubt", { m: metres(store.words, row.doubt_m), span });
}

/** From when it is, once it is too old to choose a zone by. @param {Store} store @param {Facts} row */
export function agedOf(store, { state, fix_at: at }) {
  const now = store.now();
  if (!at || state === "closed" || now - at <= TOO_OLD_MS) return "";
  const time = dayOf(at) === dayOf(now) ? clock(at).slice(0, 5) : clockAndDay(at, now, store.language);
  return store.t("fix_old_of", { time, age: duration(store.words, now - at) });
}

// How far a place that a person named is not what was said (`PLACE_DOUBTS` of incidents/events/kinds.py).
export const PLACE_DOUBTS = ["no_number", "no_street", "other_number", "other_town"];

/** @param {Store} store @param {Facts | null} row */
export function placeDoubtsOf(store, row) {
  return joined(PLACE_DOUBTS.map((one) => row?.flags?.includes(one) && store.t(`flag.${one}`)));
}

/** What makes a position or a place less sure than it sounds. @param {Store} store @param {Facts} row */
export function doubtsOf(store, row) {
  return joined([placeDoubtsOf(store, row), agedOf(store, row), doubtOf(store, row)]);
}
