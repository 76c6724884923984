// Where an order leads, as a small picture: the zone, the streets, her circle. For who can't see it the words of the
// place stand.
import { joined, metres } from "../shell/format.js";
import { h } from "../shell/kit.js";
import { alone } from "../shell/views.js";

/** @typedef {{look: string, width: number, d: string}} Lines
 * @typedef {{x: number, y: number, turned: number, text: string}} Label
 * @typedef {{wide: number, high: number, zone: string, lines: Lines[], names: Label[], bar_m: number, bar_px: number,
 * streets: "drawn" | "none" | "no_file", credit: string}} Picture as maps/small_map.py draws it; paths in half pixels
 * @typedef {{picture: Picture, x: number, y: number, r: number}} OrderMap where she is on it, px; `r` 0: not known how
 * sure @typedef {import("../shell/store.js").Store} Store */

const DOT_PX = 7;
const RING_PX = 13; // a circle is at least as large
const EDGE_PX = 14;

/** `words`: where she is, for who can't see it; `credit`: of the words.
 * @param {{store: Store, map: OrderMap, words: string, credit?: string}} props */
export function MapOfOrder({ store, map: { picture, x, y, r }, words, credit }) {
  const facts = { viewBox: `0 0 ${picture.wide} ${picture.high}`, "aria-label": store.t("zone.map", { words }) };
  const missing = picture.streets !== "drawn" && store.t(`zone.map.${picture.streets}`);
  return h(
    "figure",
    { class: "map" },
    h(
      "svg",
      { role: "img", ...facts },
      alone(Ground, { store, picture, language: store.language }, { of: picture }),
      r > 0 && h("circle", { class: "accuracy", cx: x, cy: y, r: Math.max(r, RING_PX) }),
      h("circle", { class: "her", cx: x, cy: y, r: DOT_PX }),
    ),
    h("p", { class: "note" }, joined([missing, picture.credit, credit])),
  );
}

/** @param {{store: Store, picture: Picture}} props */
function Ground({ store, picture: { wide, high, zone, lines, names, bar_m: length, bar_px: bar } }) {
  const half = "scale(0.5)";
  return h(
    "g",
    {},
    h("path", { class: "zone", "fill-rule": "evenodd", d: zone, transform: half }),
    h(
      "g",
      { transform: half },
      lines.map(({ look, width, d }) => h("path", { class: look, "stroke-width": 2 * width, d })),
    ),
    names.map(({ x, y, turned, text }) => {
      const transform = `translate(${x} ${y}) rotate(${turned})`;
      return h("text", { class: "street-name", transform, dy: 4 }, text);
    }),
    h(
      "g",
      { class: "bar", transform: `translate(${EDGE_PX} ${high - EDGE_PX})` },
      h("path", { d: `M0 -4v8M0 0h${bar}M${bar} -4v8` }),
      h("text", { y: -8 }, metres(store.words, length)),
    ),
    h("text", { class: "north", x: wide - EDGE_PX, y: EDGE_PX + 8 }, store.t("zone.map.north")),
  );
}
