// Where it is, in one field: a street, a number, a station, a municipality, a postcode, a zone or coordinates typed,
// or a click on the map.
import { askMap } from "../map/ask.js";
import { joined, metres } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { Choice, Search } from "./choice.js";

/** @typedef {import("../../shell/store.js").Store} Store
 *  @typedef {{kind: string, name: string, place: string, zone: string, zone_name: string, municipality?: string,
 *    lat?: number | null, lon?: number | null, accuracy_m?: number | null, asked: string, missed?: string,
 *    elsewhere?: boolean, unknown?: boolean, town?: string, doubts?: string[]}} Found
 *  a place: its name to choose by, what the alarm is called after it, the zone it decides; where it is, and to how many
 *  metres, only when that is a position; a house number that nobody knows there; what was typed of a town and is not
 *  its own; the `doubts` that an alarm there says */

const leaveMap = () => askMap("placing", { on: false });

export class Where extends Search {
  /** @param {Store} store @param {() => void} changed */
  constructor(store, changed) {
    const ask = (/** @type {string} */ text) => {
      this.said = "";
      this.offer([]);
      if (text) store.send({ do: "place", text, n: ++this.n });
    };
    const took = () => {
      this.n += 1; // what was asked before the choice is answered to nobody
      this.said = "";
      leaveMap();
      changed();
    };
    super(ask, took, changed);
    this.n = 0;
    this.said = ""; // a word about what was typed
    this.end = leaveMap;
    /** @param {Found} one */
    const found = (one) => ({
      value: JSON.stringify(one),
      words: () => joined([one.name, known(store, one), inZone(store, one)]),
    });
    store.answers("places", (/** @type {{n: number, found: Found[]}} */ places) => {
      if (places.n !== this.n) return;
      this.said = places.found.length ? "" : "place_none";
      this.offer(places.found.map(found));
    });
    this.restore = (/** @type {string} */ kept) => this.choose(found(JSON.parse(kept)));
    store.answers("placed", (/** @type {Found} */ one) => this.choose(found(one)));
  }

  /** The place that is chosen. @returns {Found | null} */
  get place() {
    return this.value ? JSON.parse(this.value) : null;
  }

  click() {
    askMap("placing", { on: true });
    this.said = "place_waiting";
    this.changed();
  }

  facts() {
    const { kind, doubts, place, zone, lat, lon, accuracy_m } = /** @type {Found} */ (this.place);
    return {
      place,
      ...(doubts?.length && { doubts }),
      ...(kind === "position" && { pointed: true }),
      ...(zone && { zone }),
      ...(lat != null && { lat, lon }),
      ...(accuracy_m && { accuracy_m }),
    };
  }
}

/** @param {{store: Store, search: Where, id: string, label: string}} props */
export function WhereField({ store, search, id, label }) {
  const { place, said, found } = search;
  // Which part of what was typed is understood, when it is not all.
  const { town = "" } = place ?? /** @type {Found} */ (JSON.parse(found[0]?.value ?? "{}"));
  const words = said ? store.t(said) : town && store.t("place_town", { town });
  // Where the alarm will be, large: one street's name is in many towns.
  const echo = place ? joined([place.municipality, inZone(store, place)]) : "";
  const click = h("button", { class: "do", type: "button", onClick: () => search.click() }, store.t("place_click"));
  return h(
    "div",
    { class: "field where" },
    h("div", { class: "choice field" }, h(Choice, { store, search, id, label })),
    h("strong", { class: "echo", role: "status" }, echo),
    h("div", { class: "place-field" }, click, h("span", { class: "place-said", role: "status" }, words)),
  );
}

/** How well a place is what was typed, and known, beside its name. @param {Store} store @param {Found} one */
export function known(store, one) {
  const missed = one.missed && store.t(one.elsewhere ? "place_elsewhere" : "place_missed", { town: one.missed });
  return joined([missed, one.unknown ? store.t("place_unknown") : sure(store, one)]);
}

/** @param {Store} store @param {Found} one */
function sure(store, { kind, asked, accuracy_m }) {
  if (kind === "street") return asked ? store.t("place_no_number", { number: asked }) : store.t("place_street");
  if (kind === "position" && accuracy_m) return store.t("radius", { m: metres(store.words, accuracy_m) });
  if (kind === "station") return store.t("place_station");
  if (kind !== "address") return "";
  const exact = store.t("place_address", { m: metres(store.words, accuracy_m ?? 0) });
  return asked ? joined([store.t("place_other_number", { number: asked }), exact]) : exact;
}

/** @param {Store} store @param {Found} one */
function inZone(store, { kind, zone, zone_name, unknown }) {
  if (zone) return store.zone(zone_name);
  return store.t(kind === "street" || unknown ? "place_zone_unknown" : "place_outside");
}
