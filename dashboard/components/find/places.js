// Places among what is found: an address, a street, a station, a municipality; one that is chosen is shown on the map.
import { joined } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { alone } from "../../shell/views.js";
import { known } from "../actions/where.js";

/** @typedef {import("../actions/where.js").Found} Found @typedef {import("../../shell/store.js").Store} Store
 * @typedef {{n: number, answer: number, found: Found[], more: boolean, at?: number}} PlacesFound an answer to the
 * search `n`, which may have two; there are more; which is chosen @typedef {{answer: number, at: number}} Chosen */

/** @param {{store: Store, places: PlacesFound, go: (at: number) => void}} props */
export function Places({ store, places: { found, more, at: chosen }, go }) {
  if (!found.length) return null;
  const title = store.t("find.places");
  const place = (/** @type {Found} */ one, /** @type {number} */ at) =>
    alone(Place, { store, one, chosen: at === chosen, go: () => go(at) }, { of: one });
  return [
    h("h3", {}, title, h("small", {}, store.t("find.places_keys"))),
    h("ol", { class: "places", "aria-label": title }, found.map(place)),
    more && h("p", { class: "others" }, store.t("field_more", { n: found.length })),
  ];
}

/** @param {{store: Store, one: Found, chosen: boolean, go: () => void}} props */
function Place({ store, one, chosen, go }) {
  const facts = { class: "hit place", type: "button", "data-kind": one.kind, "aria-current": chosen || undefined };
  const how = [known(store, one) || store.t(`find.place.${one.kind}`), one.zone && store.zone(one.zone_name)];
  const inside = [h("b", { class: "label" }, one.name), h("span", { class: "how" }, joined(how))];
  return h("li", {}, h("button", { ...facts, onClick: go }, inside));
}
