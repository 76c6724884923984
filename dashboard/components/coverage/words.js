// What is said of centres: which of them nobody listens for, and which ones somebody covers. `spoken.py` says it on
// paper.

/** @typedef {import("../../shell/store.js").Store} Store */

/** Which centres have no listening console, of those asked about, in words; "" when there is none of them.
 * @param {Store} store @param {(cic: string) => boolean} [asked] all without one
 * @param {string} [where] `_here`: their alarms come to this page */
export function blindWords(store, asked = () => true, where = "") {
  const blind = Object.keys(store.health?.blind ?? {}).filter(asked);
  if (!blind.length) return "";
  const many = blind.length === 1 ? "" : blind.length === store.centres.known.length ? "_all" : "_n";
  const said = store.t(`blind${many}`, { centres: blind.join(", ") });
  return where ? store.t(`blind${where}${many}`, { said }) : said;
}

/** Which centres somebody's pages cover, in words; "" where there is one centre alone, or no page.
 * @param {Store} store @param {string[]} [covers] */
export function coversWords(store, covers = []) {
  const { known } = store.centres;
  if (known.length < 2 || !covers.length) return "";
  const all = known.every((cic) => covers.includes(cic));
  return store.t("person_covers", { centres: all ? store.t("all_centres") : covers.join(", ") });
}

/** That no console of its centre listens, on a console that does not cover it.
 * @param {import("../../shell/store.js").Store} store @param {import("../../shell/wire.js").Row} row
 * @returns {string[][]} */
export function takenOver(store, row) {
  const taken = row.centre && !store.covers.has(row.centre) && row.centre in (store.health?.unheard ?? {});
  return taken ? [["bad", store.t("taken_over", { centre: row.centre })]] : [];
}
