// The buttons over the trainer's map: nearer, farther, all of what is drawn, all Belgium. The keyboard has no other way
// to zoom.
import { askMap } from "../components/map/ask.js";
import { button } from "../shell/build.js";
import { element } from "../shell/format.js";

/** @typedef {{start: number, end: number, setv: (ends: {start: number, end: number}) => void,
 *   change: {connect: (heard: () => void) => void}}} Range of Bokeh
 *  @typedef {{x_range: Range, y_range: Range}} Plot */

export const EARTH_M = 6_378_137; // Mercator's sphere
export const RAD = Math.PI / 180;
const NEAREST_M_PX = 3; // one place is shown with its streets around it
const FILLED = 0.6; // of the map's sides

export const x_ = (/** @type {number} */ lon) => EARTH_M * lon * RAD;
export const y_ = (/** @type {number} */ lat) => EARTH_M * Math.log(Math.tan(Math.PI / 4 + (lat * RAD) / 2));

/** @type {Plot | null} of the page's one map */
let plot = null;
document.addEventListener("vigie:map", ({ detail }) => (plot = detail.plot));

export class MapTools {
  /** @param {import("../shell/store.js").Store} store @param {{fit?: () => void}} [does] */
  constructor(store, { fit } = {}) {
    const tool = (/** @type {string} */ name, /** @type {() => void} */ press) =>
      button("do", store.t(`maptools.${name}`), press);
    const zooms = element(
      "div",
      "zooms",
      tool("nearer", () => zoom(0.5)),
      tool("farther", () => zoom(2)),
      fit && tool("fit", fit),
      tool("belgium", () => askMap("belgium")),
    );
    this.root = element("div", "map-tools", zooms);
  }
}

/** Show so much of the map that all of it is in sight. @param {HTMLElement} place
 * @param {{lat: number, lon: number}[]} spots */
export function fitTo(place, spots) {
  const { clientWidth: width, clientHeight: height } = place;
  if (!spots.length || !plot || !width || !height) return;
  const [xs, ys] = [spots.map((one) => x_(one.lon)), spots.map((one) => y_(one.lat))];
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const per = Math.max((x1 - x0) / (width * FILLED), (y1 - y0) / (height * FILLED), NEAREST_M_PX);
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  plot.x_range.setv({ start: x - (per * width) / 2, end: x + (per * width) / 2 });
  plot.y_range.setv({ start: y - (per * height) / 2, end: y + (per * height) / 2 });
}

/** @param {number} times below 1 is nearer */
function zoom(times) {
  for (const range of [plot?.x_range, plot?.y_range]) {
    if (!range) return;
    const [middle, half] = [(range.start + range.end) / 2, ((range.end - range.start) / 2) * times];
    range.setv({ start: middle - half, end: middle + half });
  }
}
