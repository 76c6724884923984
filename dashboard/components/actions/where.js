// Where it is, in one field: a street, a number, a station, a municipality, a postcode, a zone or coordinates typed, or
// a click on the map.
import { askMap } from "../map/ask.js";
import { button } from "../../shell/build.js";
import { element, joined, metres, write } from "../../shell/format.js";
import { Choice } from "./choice.js";

/** @typedef {{kind: string, name: string, place: string, zone: string, zone_name: string, municipality?: string, lat?:
 * number | null, lon?: number | null, accuracy_m?: number | null, asked: string, missed?: string, elsewhere?: boolean,
 * unknown?: boolean, town?: string, doubts?: string[]}} Found a place: its name to choose by, what the alarm is called
 * after it, the zone it decides; where it is, and to how many metres, only when that is a position; a house number that
 * nobody knows there; what was typed of a town and is not its own; the `doubts` that an alarm there says */

/** @param {import("../../shell/store.js").Store} store @param {() => void} changed
 * @returns {import("./fields.js").Field} */
export function where(store, changed) {
  let n = 0;
  const label = store.t("field_where");
  const said = element("span", "place-said", { role: "status" });
  // where the alarm will be, large: one street's name is in many towns
  const echo = element("strong", "echo", { role: "status" });
  const search = (/** @type {string} */ text) => {
    write(said, "");
    write(echo, "");
    choice.offer([]);
    if (text) store.send({ do: "place", text, n: ++n });
  };
  /** Which part of what was typed is understood, when it is not all. @param {Found | undefined} one */
  const understood = (one) => write(said, one?.town ? store.t("place_town", { town: one.town }) : "");
  const choice = new Choice(store, label, search, (value) => {
    n += 1; // what was asked before the choice is answered to nobody
    const one = JSON.parse(value);
    understood(one);
    write(echo, joined([one.municipality, inZone(store, one)]));
    askMap("placing", { on: false });
    changed();
  });
  const text = (/** @type {Found} */ one) => joined([one.name, known(store, one), inZone(store, one)]);
  /** @param {{n: number, found: Found[]}} places */
  const offer = ({ n: asked, found }) => {
    if (asked !== n) return;
    choice.offer(found.map((one) => ({ value: JSON.stringify(one), text: text(one) })));
    if (found.length) understood(found[0]);
    else write(said, store.t("place_none"));
  };
  const choose = (/** @type {Found} */ one) => choice.choose(JSON.stringify(one), text(one));
  store.answers("places", offer);
  store.answers("placed", choose);
  const click = button("do", store.t("place_click"), () => {
    askMap("placing", { on: true });
    write(said, store.t("place_waiting"));
  });
  choice.root.classList.add("field");
  return {
    kind: "where",
    label: () => store.t("field_where"),
    root: element("div", "field where", choice.root, echo, element("div", "place-field", click, said)),
    value: () => choice.value,
    // What was typed but not chosen is no place, and must not be lost silently.
    unfinished: () => choice.input.value.trim() !== "",
    set: (value) => choose(JSON.parse(value)),
    facts: () => {
      const { kind, doubts, place, zone, lat, lon, accuracy_m } = JSON.parse(choice.value);
      return {
        place,
        ...(doubts?.length && { doubts }),
        ...(kind === "position" && { pointed: true }),
        ...(zone && { zone }),
        ...(lat != null && { lat, lon }),
        ...(accuracy_m && { accuracy_m }),
      };
    },
    end: () => askMap("placing", { on: false }),
  };
}

/** How well a place is what was typed, and known, beside its name. @param {import("../../shell/store.js").Store} store
 * @param {Found} one */
export function known(store, one) {
  const missed = one.missed && store.t(one.elsewhere ? "place_elsewhere" : "place_missed", { town: one.missed });
  return joined([missed, one.unknown ? store.t("place_unknown") : sure(store, one)]);
}

/** @param {import("../../shell/store.js").Store} store @param {Found} one */
function sure(store, { kind, asked, accuracy_m }) {
  if (kind === "street") return asked ? store.t("place_no_number", { number: asked }) : store.t("place_street");
  if (kind === "position" && accuracy_m) return store.t("radius", { m: metres(store.words, accuracy_m) });
  if (kind === "station") return store.t("place_station");
  if (kind !== "address") return "";
  const exact = store.t("place_address", { m: metres(store.words, accuracy_m ?? 0) });
  return asked ? joined([store.t("place_other_number", { number: asked }), exact]) : exact;
}

/** @param {import("../../shell/store.js").Store} store @param {Found} one */
function inZone(store, { kind, zone, zone_name, unknown }) {
  if (zone) return store.zone(zone_name);
  return store.t(kind === "street" || unknown ? "place_zone_unknown" : "place_outside");
}
