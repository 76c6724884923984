// What of an alarm is said wherever it is listed, in words: where it is and how sure that is, how far it is.
import { duration, joined, metres, together } from "../../shell/format.js";
import { doubtsOf, placeDoubtsOf, zoneOf } from "../case/doubt.js";

const WIDE_M = 100; // from here on how sure a position is stands in every row
const OLD_MS = 120_000; // a position older than this says so: someone walking is 150 m away by then

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row */

/** How wide its circle is. @param {Store} store @param {Row} row */
export function radiusOf(store, row) {
  if (!row.fix_at) return row.zone ? store.t("no_position") : ""; // without a zone its place says it
  const { radius_m: radius } = row;
  return radius
    ? store.t("radius", { m: metres(store.words, radius) }).replace(" ", "\u00a0")
    : store.t("radius_unknown");
}

/** How sure its position is, in the fewest words; `vague`: what of it no row may leave out, "" where it is sure.
 * @param {Store} store @param {Row} row @param {number} now */
export function sureOf(store, row, now) {
  const age = row.fix_at ? now - row.fix_at : 0;
  const wrong = row.fix_at && row.doubt_m != null && store.t("mark.doubt");
  const old = age >= OLD_MS && store.t("mark.old", { age: duration(store.words, age) });
  const doubts = [placeDoubtsOf(store, row), wrong, old];
  const words = radiusOf(store, row);
  const wide = !row.fix_at || !row.radius_m || row.radius_m >= WIDE_M;
  return { words: joined([words, ...doubts]), vague: joined([wide && words, ...doubts]) };
}

/** Where it is, shortest: its municipality, by one name where it has two, else the zone with its share, which is no
 * surer; and the street.
 * @param {Store} store @param {Row} row @returns {{town: string, street: string}} */
export function nearOf(store, row) {
  const known = row.abroad || row.zone_share != null ? "" : (row.municipality ?? "");
  const [place] = (row.near || known).split(" · ");
  const [, street, town] = /^(.*), ([^,]*)$/.exec(place) ?? ["", row.near ? place : "", known];
  if (row.abroad || !(known || (row.zone_share == null && town)))
    return { town: zoneOf(store, row), street: row.abroad ? "" : street };
  // What it is near to names it in the reader's language first, as its people say it.
  const names = known.split(" / ");
  const [said] = town.split(" / ");
  return { town: row.near && known && !names.includes(said) ? names[0] : said, street };
}

/** Under which heading an alarm that others have stands: the zone it is in, its centre, or none.
 * @param {Store} store @param {Row} row @param {string} by */
export function groupOf(store, row, by) {
  if (by === "urgency") return "";
  return by === "zone" ? zoneOf(store, row) : (row.centre ?? "");
}

/** Which zone was sent, as long as its order stands: never the name of where she is. @param {Store} store
 * @param {Row} row */
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

/** An alarm as whoever listens to the page hears it. @param {Store} store @param {Row} row
 *  @param {{key: string, words: string}[]} [tags] what its row says beside; what goes with the clock is in no name */
export function nameOf(store, row, tags = []) {
  if (row.reserved) return store.t("reserved_label");
  const { label, state, owner } = row;
  const where = [zoneOf(store, row), nearOf(store, row).street, sureOf(store, row, store.now()).words];
  const beside = tags.filter(({ key }) => key !== "mine" && key !== "done").map(({ words }) => words);
  const facts = [store.t(`state.${state}`), ...where, sentOf(store, row), ...beside, owner || store.t("nobody")];
  return together(", ", [label, ...facts]);
}

/** Where, as its zone and what it is near to, else its municipality, and how sure. @param {Store} store
 * @param {Row} row */
export function whereOf(store, row) {
  // it says its own radius
  const near = row.near && !row.abroad ? [row.near] : [townOf(store, row), radiusOf(store, row)];
  return joined([zoneOf(store, row), ...near, doubtsOf(store, row)]);
}

/** Its municipality, which is no surer than its zone, or what was said of its place; "PZ Gent · Gent" would say Gent
 * twice. @param {Store} store @param {Row} row */
function townOf(store, row) {
  if (row.abroad || row.municipality === row.zone_name || row.zone_share != null) return "";
  return row.municipality ?? "";
}
