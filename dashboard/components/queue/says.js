// What a high row of the queue says of an alarm, line by line, in words.
import { clock, duration, joined, metres, phrase, together } from "../../shell/format.js";
import { needs } from "../../shell/order.js";
import { agedOf, doubtsOf, PLACE_DOUBTS, placeDoubtsOf, zoneOf } from "../case/doubt.js";
import { pastOf } from "../devices/words.js";
import { again, done, seats, upcoming } from "../escalation/words.js";

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row */

const TAGGED = new Set([
  "no_fix",
  ...PLACE_DOUBTS,
  "case_unknown",
  "case_early",
  "case_expired",
  "case_suspended",
  "case_ended",
  "case_returned",
  "cases_locked",
]); // these stand beside the name

/** How sure its position is. Every form of a row says it. @param {Store} store @param {Row} row */
export function sureOf(store, row) {
  if (!row.fix_at) return row.zone ? store.t("no_position") : ""; // without a zone its place says it
  const { radius_m: radius } = row;
  return radius
    ? store.t("radius", { m: metres(store.words, radius) }).replace(" ", "\u00a0")
    : store.t("radius_unknown");
}

/** Which zone was sent, as long as its order stands: never the name of where she is. @param {Store} store @param {Row} row */
export function sentOf(store, row) {
  return row.order_zone ? store.t("routed_to", { zone: store.zone(row.order_zone) }) : "";
}

/** How far it is: who was sent, and what they said. @param {Store} store @param {Row} row */
export function stepOf(store, row) {
  const sent = sentOf(store, row);
  if (row.state === "raised") return "";
  if (row.state === "acknowledged" || row.state === "routed") return sent || store.t("not_routed");
  return joined([sent, store.t(`state.${row.state}`)]);
}

/** An alarm as whoever listens to the page hears it. @param {Store} store @param {Row} row */
export function nameOf(store, row) {
  if (row.reserved) return store.t("reserved_label");
  const { label, state, owner } = row;
  const where = [zoneOf(store, row), sureOf(store, row), doubtsOf(store, row), sentOf(store, row)];
  return together(", ", [label, store.t(`state.${state}`), ...where, owner || store.t("nobody")]);
}

/** Where, as its zone and what it is near to, else its municipality, and how sure. @param {Store} store @param {Row} row */
export function whereOf(store, row) {
  const near = row.near && !row.abroad ? [row.near] : [townOf(store, row), sureOf(store, row)]; // it says its own radius
  return joined([zoneOf(store, row), ...near, doubtsOf(store, row)]);
}

/** Its municipality, which is no surer than its zone, or what was said of its place; "PZ Gent · Gent" would say Gent twice.
 * @param {Store} store @param {Row} row */
function townOf(store, row) {
  if (row.abroad || row.municipality === row.zone_name || row.zone_share != null) return "";
  return row.municipality ?? "";
}

/** A low row, in the fewest words: the zone and the street, how sure, how far it is; and in the corner who has it. That nobody
 * has, its place in the list says. @param {Store} store @param {Row} row @returns {{place: string[][], corner: string}} */
export function lowOf(store, row) {
  const [street, town] = (row.near ?? "").split(" · ")[0].split(/, (?=[^,]*$)/);
  const named = town && !row.abroad ? street : townOf(store, row);
  const where = ["where", joined([zoneOf(store, row), named, placeDoubtsOf(store, row)])];
  const sure = sureOf(store, row);
  if (row.state === "raised") return { place: [where], corner: sure || store.t("nobody_short") };
  const beside = [sure, stepOf(store, row)].filter(Boolean).map((words) => ["state", phrase`· ${words}`]);
  return { place: [where, ...beside], corner: seats(store, row) || store.t("nobody_short") };
}

/** What came, and how old its position is. @param {Store} store @param {Row} row @param {number} now */
export function whatOf(store, row, now) {
  const parts = [row.origin === "hand" ? store.t("by_hand") : store.t(`press.${row.press}`)];
  if (row.fix_at) {
    if (!agedOf(store, row)) parts.push(store.t("fix_old", { age: duration(store.words, now - row.fix_at) }));
    const speed = row.speed_m_s ?? 0;
    if (speed > 0.5) parts.push(store.t("moving", { kmh: Math.round(speed * 3.6) }).replace(" ", "\u00a0"));
  }
  return parts;
}

/** Who has it, and how far it is. @param {Store} store @param {Row} row */
export function whoOf(store, row) {
  const offered = store.offered(row) === "other" ? store.t("offered_row", { who: row.offered_to }) : "";
  if (row.state === "raised") return [store.t("nobody"), offered];
  const parts = [seats(store, row), offered, stepOf(store, row)];
  if (row.unit) parts.push(store.t("unit", { unit: row.unit }));
  if (row.done) parts.push(store.t("done_says"));
  return parts;
}

/** What is wrong, what the watch will do next and when, flags in words, what was closed of this device.
 * @param {Store} store @param {Row} row @param {number} now */
export function nextOf(store, row, now) {
  return [...whose(store, row), ...said(store, row, now)];
}

/** @param {Store} store @param {Row} row @param {number} now */
function said(store, row, now) {
  const parts = [];
  if (row.unrecorded) parts.push(["bad", store.t("unrecorded")]);
  // Whoever acknowledged it has seen it; the history keeps that nobody had.
  if (row.unpresented && needs(row)) parts.push(["bad", store.t("unpresented")]);
  if (row.order_excluded) parts.push(["bad", store.t("kept_from_order")]);
  if (row.kept_from && store.console.supervisor) parts.push(["warn", store.t("kept_from", { n: row.kept_from })]);
  parts.push(...again(store, row));
  if (row.delivery === "radio" && row.state === "routed") parts.push(["warn", store.t("delivery.radio")]);
  parts.push(...done(store, row));
  const next = upcoming(store, row);
  if (next) parts.push(next);
  // Where she is says it of the position that counts.
  const told = (/** @type {string} */ flag) => TAGGED.has(flag) || (flag === "outside" && row.abroad);
  for (const flag of row.flags ?? []) if (!told(flag)) parts.push(["warn", store.t(`flag.${flag}`)]);
  if (row.tracking_ended) parts.push(["warn", store.t("tracking_ended")]);
  // While nobody answers there is graver news, and no room.
  else if (row.tracking_until && !row.ladder)
    parts.push(["", store.t("tracking_in", { time: duration(store.words, Math.max(0, row.tracking_until - now)) })]);
  if (row.closures?.length) {
    const closed = row.closures.map(
      (c) => phrase`${store.t(`class.${c.as_class ?? "unknown"}`)} ${clock(c.at).slice(0, 5)}`,
    );
    parts.push(["", phrase`${store.t("closures")} ${together(", ", closed)}`]);
  }
  if (row.past) parts.push(["past", pastOf(store, row)]);
  return parts;
}

/** Why an alarm stands here that this console does not cover, or that has no position. @param {Store} store @param {Row} row */
function whose(store, row) {
  const parts = row.belongs ? [["warn", store.t(`belongs.${row.belongs}`, { centre: row.centre })]] : [];
  return [...parts, ...takenOver(store, row)];
}

/** That no console of its centre listens, on a console that does not cover it. @param {Store} store @param {Row} row */
export function takenOver(store, row) {
  const taken = row.centre && !store.covers.has(row.centre) && row.centre in (store.health?.unheard ?? {});
  return taken ? [["bad", store.t("taken_over", { centre: row.centre })]] : [];
}
