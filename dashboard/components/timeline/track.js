// The map of one incident: zones around, her way and the units', the position that was known at a moment with its
// accuracy circle true to scale. An inline picture; nothing is asked of anybody.
import { draw } from "../../shell/build.js";
import { attributes, element, joined, metres, write } from "../../shell/format.js";

const LENGTHS = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
const BAR_PX = 110; // a scale bar is no longer
const NAME_PX = 17;
const RING_PX = 13;

/** @typedef {import("../../shell/wire.js").Spot} Spot @typedef {{spot: Spot, x: number, y: number}} Point
 *  @typedef {{circle: Element, dot: Element, words: Element, name: string, points: Point[]}} Mark */

export class Track {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.root = element("div", "track");
    this.picture = draw("svg", { role: "img" });
    this.none = element("p", "none", store.t("timeline.no_position"));
    this.foot = element("p", "far");
    this.root.append(this.picture, this.none, this.foot);
    this.at = this.size = this.scale = 0; // `size`: 0 while nothing is drawn; `scale`: px a Mercator metre
    this.middle = [0, 0];
    /** @type {import("../../shell/wire.js").Story | null} */
    this.story = null;
    /** @type {import("../../shell/wire.js").Ground | null} */
    this.ground = null;
    /** @type {Mark[]} */
    this.units = [];
    this.way = draw("polyline", { class: "way" });
    /** @type {Mark | null} */
    this.device = null;
    new ResizeObserver(() => this._draw()).observe(this.root);
  }

  /** @param {import("../../shell/wire.js").Story | null} story
   * @param {import("../../shell/wire.js").Ground | null} ground */
  show(story, ground) {
    this.story = story;
    this.ground = ground;
    this.none.hidden = !story || !!ground?.origin;
    this.picture.toggleAttribute("hidden", !ground?.origin);
    this.foot.hidden = !ground?.far;
    if (ground?.far) write(this.foot, this.store.t("timeline.far", { n: ground.far }));
    if (story) attributes(this.picture, { "aria-label": this.store.t("timeline.map", { label: story.label }) });
    this._draw();
  }

  /** What was known at this moment. @param {number} at */
  move(at) {
    this.at = at;
    const { device } = this;
    if (!this.size || !this.story || !device) return;
    const been = device.points.filter((point) => point.spot.at <= at);
    const here = newest(device.points, at);
    this.way.setAttribute("points", been.map((point) => `${point.x},${point.y}`).join(" "));
    this._place(device, here);
    for (const unit of this.units) this._place(unit, newest(unit.points, at));
    this.picture.dataset.seen = String(been.length);
  }

  /** @param {Mark} mark @param {Point | undefined} point */
  _place(mark, point) {
    mark.dot.toggleAttribute("hidden", !point);
    mark.circle.toggleAttribute("hidden", !point?.spot.r);
    if (!point) return;
    mark.dot.setAttribute("transform", `translate(${point.x} ${point.y})`);
    if (!point.spot.r) return;
    const r = point.spot.r * this.scale;
    // A circle smaller than its mark is a ring, with its radius written.
    const ring = r < RING_PX;
    mark.circle.classList.toggle("ring", ring);
    attributes(mark.circle, { cx: point.x, cy: point.y, r: ring ? RING_PX : r });
    write(mark.words, joined([mark.name, ring && metres(this.store.words, point.spot.radius ?? 0)]));
  }

  _draw() {
    const { clientWidth: width, clientHeight: height } = this.root;
    this.picture.replaceChildren();
    this.size = 0;
    const { story, ground } = this;
    if (!story || !ground?.origin || !width || !height) return;
    this.size = width;
    const { reach } = ground;
    this.scale = Math.min(width / (2 * reach[0]), height / (2 * reach[1]));
    this.middle = [width / 2, height / 2];
    this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const zones = draw("g", { class: "zones" });
    for (const { rings } of ground.zones)
      zones.append(draw("path", { d: rings.map((ring) => this._ring(ring)).join(""), "fill-rule": "evenodd" }));
    this.picture.append(zones, this._names(story, ground, width, height));
    this._marks(story, ground.origin);
    this.picture.append(this._bar(ground.m, height));
    this.move(this.at);
  }

  /** @param {number} x @param {number} y */
  _px(x, y) {
    return [
      Math.round((this.middle[0] + x * this.scale) * 10) / 10,
      Math.round((this.middle[1] - y * this.scale) * 10) / 10,
    ];
  }

  /** @param {number[]} ring */
  _ring(ring) {
    let text = "";
    for (let n = 0; n < ring.length; n += 2) text += `${n ? "L" : "M"}${this._px(ring[n], ring[n + 1]).join(" ")}`;
    return `${text}Z`;
  }

  /** The names whose place is in sight; none writes over another. @param {import("../../shell/wire.js").Story} story
   * @param {import("../../shell/wire.js").Ground} ground @param {number} width @param {number} height */
  _names(story, ground, width, height) {
    const names = draw("g", { class: "names" });
    /** @type {{x: number, y: number, half: number}[]} */
    const taken = [];
    for (const { name, at } of ground.zones) {
      const text = this.store.zone(name);
      const [x, y] = this._px(...at);
      const half = (text.length * NAME_PX) / 3.4;
      if (x < half || x > width - half || y < NAME_PX * 2 || y > height - NAME_PX * 2) continue;
      if (taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < NAME_PX * 1.3))
        continue;
      taken.push({ x, y, half });
      names.append(draw("text", { x, y, "text-anchor": "middle" }, text));
    }
    // Of a track within one zone no name lies in sight: the zone is said in the corner.
    if (!taken.length) names.append(draw("text", { x: 12, y: NAME_PX + 8 }, this.store.zone(story.known.at(-1)?.zone)));
    return names;
  }

  /** @param {import("../../shell/wire.js").Story} story @param {[number, number]} origin */
  _marks(story, [x0, y0]) {
    /** @type {Map<string, Point[]>} */
    const units = new Map();
    /** @type {Point[]} */
    const points = [];
    for (const spot of story.spots) {
      const [x, y] = this._px(spot.x - x0, spot.y - y0);
      const point = { spot, x, y };
      // Her way goes from place to place as she went, in whatever order it was heard.
      if (spot.unit === undefined) points.push(point);
      else units.set(spot.unit, [...(units.get(spot.unit) ?? []), point]);
    }
    points.sort((a, b) => a.spot.since - b.spot.since);
    const all = draw("polyline", { class: "all", points: points.map((point) => `${point.x},${point.y}`).join(" ") });
    this.picture.append(all, this.way);
    this.units = [...units].map(([name, of]) => this._mark("unit", name, of));
    this.device = this._mark("device", "", points);
  }

  /** @param {string} kind @param {string} name @param {Point[]} points @returns {Mark} */
  _mark(kind, name, points) {
    const circle = draw("circle", { class: `accuracy ${kind}` });
    const dot = draw("g", { class: kind });
    dot.append(kind === "unit" ? draw("path", { d: "M-7 -7h14v14h-14z" }) : draw("circle", { r: 8 }));
    const words = draw("text", { x: RING_PX + 5, y: 5 }, name);
    dot.append(words);
    this.picture.append(circle, dot);
    return { circle, dot, words, name, points };
  }

  /** @param {number} m over the ground of a Mercator metre @param {number} height */
  _bar(m, height) {
    const fits = LENGTHS.filter((length) => (length / m) * this.scale <= BAR_PX);
    const length = fits.at(-1) ?? LENGTHS[0];
    const bar = draw("g", { class: "bar", transform: `translate(12 ${height - 14})` });
    const text = draw("text", { x: 0, y: -6 }, metres(this.store.words, length));
    bar.append(draw("path", { d: `M0 -3v6M0 0h${(length / m) * this.scale}M${(length / m) * this.scale} -3v6` }), text);
    return bar;
  }
}

/** The place that was the newest one known. @param {Point[]} points @param {number} at */
function newest(points, at) {
  return points.findLast((point) => point.spot.at <= at && !point.spot.late);
}
