// Where an order leads, as a small picture: the zone, the streets, her circle. For who can't see it the words of the
// place stand.
import { draw, redraw } from "../shell/build.js";
import { attributes, element, joined, metres, write } from "../shell/format.js";

/** @typedef {{look: string, width: number, d: string}} Lines
 * @typedef {{x: number, y: number, turned: number, text: string}} Label
 * @typedef {{wide: number, high: number, zone: string, lines: Lines[], names: Label[], bar_m: number, bar_px: number,
 * streets: "drawn" | "none" | "no_file", credit: string}} Picture as maps/small_map.py draws it; paths in half pixels
 * @typedef {{picture: Picture, x: number, y: number, r: number}} OrderMap where she is on it, px; `r` 0: not known how
 * sure */

const DOT_PX = 7;
const RING_PX = 13; // a circle is at least as large
const EDGE_PX = 14;

export class MapOfOrder {
  /** @param {Pick<import("../shell/store.js").Store, "t" | "words">} store */
  constructor(store) {
    this.store = store;
    this.ground = draw("g");
    this.circle = draw("circle", { class: "accuracy" });
    this.dot = draw("circle", { class: "her", r: DOT_PX });
    this.picture = draw("svg", { role: "img" }, this.ground, this.circle, this.dot);
    this.note = element("p", "note");
    this.root = element("figure", "map", this.picture, this.note);
  }

  /** @param {OrderMap | null | undefined} map @param {string} words where she is, for who can't see it
   * @param {string} [credit] of the words */
  show(map, words, credit = "") {
    this.root.hidden = !map;
    if (!map) {
      redraw(this.ground, null, () => []); // nothing of what is over is left behind what is hidden
      attributes(this.picture, { "aria-label": "" });
      return write(this.note, "");
    }
    const { picture, x, y, r } = map;
    redraw(this.ground, picture, () => this._ground(picture));
    attributes(this.picture, {
      viewBox: `0 0 ${picture.wide} ${picture.high}`,
      "aria-label": this.store.t("zone.map", { words }),
    });
    attributes(this.dot, { cx: x, cy: y });
    attributes(this.circle, { cx: x, cy: y, r: Math.max(r, RING_PX), hidden: !r });
    const missing = picture.streets === "drawn" ? "" : this.store.t(`zone.map.${picture.streets}`);
    write(this.note, joined([missing, picture.credit, credit]));
  }

  /** @param {Picture} picture @returns {SVGElement[]} */
  _ground({ wide, high, zone, lines, names, bar_m: length, bar_px: bar }) {
    const half = { transform: "scale(0.5)" };
    return [
      draw("path", { class: "zone", "fill-rule": "evenodd", d: zone, ...half }),
      draw(
        "g",
        half,
        ...lines.map(({ look, width, d }) => draw("path", { class: look, "stroke-width": 2 * width, d })),
      ),
      ...names.map(({ x, y, turned, text }) =>
        draw("text", { class: "street-name", transform: `translate(${x} ${y}) rotate(${turned})`, dy: 4 }, text),
      ),
      draw(
        "g",
        { class: "bar", transform: `translate(${EDGE_PX} ${high - EDGE_PX})` },
        draw("path", { d: `M0 -4v8M0 0h${bar}M${bar} -4v8` }),
        draw("text", { y: -8 }, metres(this.store.words, length)),
      ),
      draw("text", { class: "north", x: wide - EDGE_PX, y: EDGE_PX + 8 }, this.store.t("zone.map.north")),
    ];
  }
}
