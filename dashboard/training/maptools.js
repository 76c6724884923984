// The buttons over the trainer's map: nearer, farther, all of what is drawn, all Belgium. The keyboard has no other way to zoom.
import { element } from "../page/format.js";
import { button } from "./parts.js";

let plot = null; // of the page's one map
document.addEventListener("vigie:map", ({ detail }) => (plot = detail.plot));

export class MapTools {
  /** @param {import("../page/store.js").Store} store @param {{fit?: () => void}} [does] */
  constructor(store, { fit } = {}) {
    this.root = element("div", "map-tools");
    const zooms = element("div", "zooms");
    const add = (name, press) => zooms.append(button("do", store.t(`maptools.${name}`), press));
    add("nearer", () => zoom(0.5));
    add("farther", () => zoom(2));
    if (fit) add("fit", fit);
    add("belgium", () => store.send({ do: "map", what: "belgium" }));
    this.root.append(zooms);
  }
}

/** @param {number} times below 1 is nearer */
function zoom(times) {
  for (const range of [plot?.x_range, plot?.y_range]) {
    if (!range) return;
    const [middle, half] = [(range.start + range.end) / 2, ((range.end - range.start) / 2) * times];
    range.setv({ start: middle - half, end: middle + half });
  }
}
