// The map of one incident: zones around, her way and the units', the position that was known at a moment with its accuracy circle
// true to scale. An inline picture; nothing is asked of anybody.
import { element, metres } from "../../shell/format.js";

const NS = "http://www.w3.org/2000/svg";
const LENGTHS = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
const BAR_PX = 110; // a scale bar is no longer
const NAME_PX = 17;
const RING_PX = 13;

function svg(name, facts = {}) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(facts)) made.setAttribute(key, String(value));
  return made;
}

export class Track {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.root = element("div", "track");
    this.picture = svg("svg", { role: "img" });
    this.none = element("p", "none", store.t("timeline.no_position"));
    this.foot = element("p", "far");
    this.root.append(this.picture, this.none, this.foot);
    this.at = 0;
    this.story = null;
    new ResizeObserver(() => this._draw()).observe(this.root);
  }

  /** @param {any} story @param {any} ground */
  show(story, ground) {
    this.story = story;
    this.ground = ground;
    this.none.hidden = !story || !!ground?.origin;
    this.picture.toggleAttribute("hidden", !ground?.origin);
    this.foot.hidden = !ground?.far;
    if (ground?.far) this.foot.textContent = this.store.t("timeline.far", { n: ground.far });
    if (story) this.picture.setAttribute("aria-label", this.store.t("timeline.map", { label: story.label }));
    this._draw();
  }

  /** What was known at this moment. @param {number} at */
  move(at) {
    this.at = at;
    if (!this.size || !this.story) return;
    const device = this.device;
    const been = device.points.filter((point) => point.spot.at <= at);
    const here = newest(device.points, at);
    device.way.setAttribute("points", been.map((point) => `${point.x},${point.y}`).join(" "));
    this._place(device, here);
    for (const unit of this.units) this._place(unit, newest(unit.points, at));
    this.picture.dataset.seen = String(been.length);
  }

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
    mark.circle.setAttribute("cx", point.x);
    mark.circle.setAttribute("cy", point.y);
    mark.circle.setAttribute("r", ring ? RING_PX : r);
    mark.words.textContent = [mark.name, ring ? metres(this.store.words, point.spot.radius) : ""]
      .filter(Boolean)
      .join(" · ");
  }

  _draw() {
    const { clientWidth: width, clientHeight: height } = this.root;
    this.picture.replaceChildren();
    this.size = 0;
    if (!this.ground?.origin || !width || !height) return;
    this.size = width;
    const { reach } = this.ground;
    this.scale = Math.min(width / (2 * reach[0]), height / (2 * reach[1])); // px a Mercator metre
    this.middle = [width / 2, height / 2];
    this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const zones = svg("g", { class: "zones" });
    for (const { rings } of this.ground.zones)
      zones.append(svg("path", { d: rings.map((ring) => this._ring(ring)).join(""), "fill-rule": "evenodd" }));
    this.picture.append(zones, this._names(width, height));
    this._marks();
    this.picture.append(this._bar(height));
    this.move(this.at);
  }

  _px(x, y) {
    return [
      Math.round((this.middle[0] + x * this.scale) * 10) / 10,
      Math.round((this.middle[1] - y * this.scale) * 10) / 10,
    ];
  }

  _ring(ring) {
    let text = "";
    for (let n = 0; n < ring.length; n += 2) text += `${n ? "L" : "M"}${this._px(ring[n], ring[n + 1]).join(" ")}`;
    return `${text}Z`;
  }

  /** The names whose place is in sight; none writes over another. */
  _names(width, height) {
    const names = svg("g", { class: "names" });
    const taken = [];
    for (const { name, at } of this.ground.zones) {
      const text = this.store.zone(name);
      const [x, y] = this._px(...at);
      const half = (text.length * NAME_PX) / 3.4;
      if (x < half || x > width - half || y < NAME_PX * 2 || y > height - NAME_PX * 2) continue;
      if (taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < NAME_PX * 1.3))
        continue;
      taken.push({ x, y, half });
      names.append(written(text, { x, y, "text-anchor": "middle" }));
    }
    // Of a track within one zone no name lies in sight: the zone is said in the corner.
    if (!taken.length) names.append(written(this.store.zone(this.story.known.at(-1).zone), { x: 12, y: NAME_PX + 8 }));
    return names;
  }

  _marks() {
    const [x0, y0] = this.ground.origin;
    const units = new Map();
    const points = [];
    for (const spot of this.story.spots) {
      const [x, y] = this._px(spot.x - x0, spot.y - y0);
      const point = { spot, x, y };
      // Her way goes from place to place as she went, in whatever order it was heard.
      if (spot.unit === undefined) points.push(point);
      else units.set(spot.unit, [...(units.get(spot.unit) ?? []), point]);
    }
    points.sort((a, b) => a.spot.since - b.spot.since);
    const all = svg("polyline", { class: "all", points: points.map((point) => `${point.x},${point.y}`).join(" ") });
    const way = svg("polyline", { class: "way" });
    this.picture.append(all, way);
    this.units = [...units].map(([name, of]) => ({ ...this._mark("unit", name), points: of }));
    this.device = { ...this._mark("device", ""), way, points };
  }

  _mark(kind, name) {
    const circle = svg("circle", { class: `accuracy ${kind}` });
    const dot = svg("g", { class: kind });
    dot.append(kind === "unit" ? svg("path", { d: "M-7 -7h14v14h-14z" }) : svg("circle", { r: 8 }));
    const words = svg("text", { x: RING_PX + 5, y: 5 });
    words.textContent = name;
    dot.append(words);
    this.picture.append(circle, dot);
    return { circle, dot, words, name };
  }

  _bar(height) {
    const { m } = this.ground;
    const fits = LENGTHS.filter((length) => (length / m) * this.scale <= BAR_PX);
    const length = fits.at(-1) ?? LENGTHS[0];
    const bar = svg("g", { class: "bar", transform: `translate(12 ${height - 14})` });
    const text = svg("text", { x: 0, y: -6 });
    text.textContent = metres(this.store.words, length);
    bar.append(svg("path", { d: `M0 -3v6M0 0h${(length / m) * this.scale}M${(length / m) * this.scale} -3v6` }), text);
    return bar;
  }
}

function written(text, facts) {
  const made = svg("text", facts);
  made.textContent = text;
  return made;
}

/** The place that was the newest one known. */
function newest(points, at) {
  return points.findLast((point) => point.spot.at <= at && !point.spot.late);
}
