// What somebody wants of the page's map, by a key or a button of the page: the map hears it itself (`wish` in
// frame.js).

/** @param {string} what @param {Record<string, unknown>} [facts] */
export function askMap(what, facts) {
  document.dispatchEvent(new CustomEvent("vigie:map-wish", { detail: { what, ...facts } }));
}
