// What is said of a position outside Belgium: how far beyond whose border, and whom to call there.
import { joined, metres } from "../../shell/format.js";

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Abroad} Abroad */

/** How far, and beyond which border; the nearest one is all that is known. @param {Store} store
 * @param {Abroad} abroad */
export function beyond(store, { beyond_m, neighbours = [], within }) {
  const m = metres(store.words, beyond_m);
  const [nearest] = neighbours;
  const countries = lands(neighbours).map(({ country }) => store.t(`country.${country}`));
  const whose = countries.reduce((first, second) => (first ? store.t("either", { first, second }) : second), "");
  const said = nearest?.country === "sea" ? "abroad.sea" : whose ? "abroad.beyond" : "abroad.far";
  return joined([store.t(said, { m, country: whose }), within && store.t("abroad.within")]);
}

/** Whom to call, or that nobody is set. @param {Store} store @param {Abroad} abroad */
export function toCall(store, { neighbours = [] }) {
  if (!neighbours.some(({ contact }) => contact)) return [store.t("abroad.call_nobody")];
  return lands(neighbours).map(({ country, contact }) =>
    store.t(contact ? "abroad.call" : "abroad.call_none", { country: store.t(`country.${country}`), contact }),
  );
}

/** @param {{country: string, contact?: string}[]} neighbours */
function lands(neighbours) {
  return neighbours.filter(({ country }) => country !== "sea");
}
