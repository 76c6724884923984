// Where it is, in one field: a municipality, a quarter, a postcode, a zone or coordinates typed, or a click on the map.
import { button } from "../../shell/build.js";
import { element, joined, write } from "../../shell/format.js";
import { Choice } from "./choice.js";

/** @typedef {{name: string, place: string, zone: string, zone_name: string, lat?: number | null, lon?: number | null, town?: string}} Found a place: its
 *  name to choose by, what the alarm is called after it, the zone it decides; where it is only when that is a position */

/** @param {import("../../shell/store.js").Store} store @param {() => void} changed @returns {import("./fields.js").Field} */
export function where(store, changed) {
  let n = 0;
  const label = store.t("field_where");
  const said = element("span", "place-said", { role: "status" });
  const search = (/** @type {string} */ text) => {
    write(said, "");
    choice.offer([]);
    if (text) store.send({ do: "place", text, n: ++n });
  };
  /** Which part of what was typed is understood, when it is not all. @param {Found | undefined} one */
  const understood = (one) => write(said, one?.town ? store.t("place_town", { town: one.town }) : "");
  const choice = new Choice(label, search, (value) => {
    n += 1; // what was asked before the choice is answered to nobody
    understood(JSON.parse(value));
    store.send({ do: "map", what: "placing", on: false });
    changed();
  });
  const text = (/** @type {Found} */ { name, zone, zone_name }) =>
    joined([name, zone ? store.zone(zone_name) : store.t("place_outside")]);
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
    store.send({ do: "map", what: "placing", on: true });
    write(said, store.t("place_waiting"));
  });
  choice.root.classList.add("field");
  return {
    kind: "where",
    label,
    root: element("div", "field where", choice.root, element("div", "place-field", click, said)),
    value: () => choice.value,
    // What was typed but not chosen is no place, and must not be lost silently.
    unfinished: () => choice.input.value.trim() !== "",
    set: (value) => choose(JSON.parse(value)),
    facts: () => {
      const { place, zone, lat, lon } = JSON.parse(choice.value);
      return { place, ...(zone && { zone }), ...(lat != null && { lat, lon }) };
    },
    end: () => store.send({ do: "map", what: "placing", on: false }),
  };
}
