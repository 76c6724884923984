// Where the device and the units were at a moment: zones around, the way until then, the accuracy circle. Drawn in its
// own units, so that it is as large as its place, on a screen and on paper.
import { draw } from "../../shell/build.js";
import { attributes, element, fill, joined, metres, write } from "../../shell/format.js";

const WIDE = 800;
const HIGH = 450;
const NAME = 18;
const RING = 18;
const LENGTHS = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];
const BAR = 120;

/** @typedef {{unit: string, at: number, x: number, y: number, r: number, radius: number, zone?: string, near?: string}}
 * Spot unit "": her device; `r` and `radius`: how exactly it is known, in the ground's units and in metres
 * @typedef {{origin: [number, number] | null, reach: [number, number], m: number, far: number, zones: {name: string,
 * at: [number, number], rings: number[][]}[]}} Area `m`: metres of a unit
 * @typedef {{spot: Spot, x: number, y: number}} Seen px
 * @typedef {{circle: SVGElement, dot: SVGElement, words: SVGElement, name: string, points: Seen[]}} Mark */

export class Ground {
  /** @param {HTMLElement} root @param {{ground: Area, spots: Spot[]}} facts @param {Record<string, string>} words */
  constructor(root, { ground, spots }, words) {
    this.ground = ground;
    this.words = words;
    /** @type {Map<string, Mark>} */
    this.marks = new Map();
    this.scale = Math.min(WIDE / (2 * ground.reach[0]), HIGH / (2 * ground.reach[1]));
    this.picture = draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" });
    this.corner = draw("text", { x: 14, y: NAME + 12 });
    this.way = draw("polyline", { class: "way" });
    if (!ground.origin) return;
    root.replaceChildren(this.picture);
    const zones = ground.zones.map(({ rings }) =>
      draw("path", { d: rings.map((ring) => this._ring(ring)).join(""), "fill-rule": "evenodd" }),
    );
    this.picture.append(draw("g", { class: "zones" }, ...zones), this._names(ground.zones));
    const [x0, y0] = ground.origin;
    for (const spot of spots) {
      const mark = this.marks.get(spot.unit) ?? this._mark(spot.unit);
      const [x, y] = this._px(spot.x - x0, spot.y - y0);
      mark.points.push({ spot, x, y });
    }
    const device = this.marks.get("");
    device?.circle.before(draw("polyline", { class: "all", points: line(device.points) }), this.way);
    this.picture.append(this._bar());
    if (ground.far) root.append(element("p", "far", fill(words, "far", { n: ground.far })));
  }

  /** @param {number} at s of the exercise */
  move(at) {
    for (const [unit, mark] of this.marks) {
      const been = mark.points.filter(({ spot }) => spot.at <= at);
      this._place(mark, been.at(-1));
      if (unit === "") {
        this.way.setAttribute("points", line(been));
        write(this.corner, been.at(-1)?.spot.zone ?? "");
        this.picture.dataset.seen = String(been.length);
      }
    }
  }

  /** @param {Mark} mark @param {Seen | undefined} point */
  _place(mark, point) {
    for (const part of [mark.dot, mark.circle]) part.toggleAttribute("hidden", !point);
    if (!point) return;
    const { spot, x, y } = point;
    mark.dot.setAttribute("transform", `translate(${x} ${y})`);
    // A circle smaller than its mark is a ring, with its radius written.
    const ring = spot.r * this.scale < RING;
    mark.circle.classList.toggle("ring", ring);
    attributes(mark.circle, { cx: x, cy: y, r: ring ? RING : spot.r * this.scale, hidden: !spot.r });
    write(mark.words, joined([mark.name, spot.r && ring ? metres(this.words, spot.radius) : ""]));
  }

  /** @param {string} unit */
  _mark(unit) {
    const kind = unit ? "unit" : "device";
    const circle = draw("circle", { class: `accuracy ${kind}` });
    const words = draw("text", { x: RING + 6, y: 6 });
    const shape = unit ? draw("path", { d: "M0 -9 8 -4.5V4.5L0 9 -8 4.5V-4.5Z" }) : draw("circle", { r: 9 });
    const dot = draw("g", { class: kind }, shape, words);
    this.picture.append(circle, dot);
    /** @type {Mark} */
    const mark = { circle, dot, words, name: unit === "?" ? this.words.unit_unnamed : unit, points: [] };
    this.marks.set(unit, mark);
    return mark;
  }

  /** Names whose place is in sight; none writes over another. @param {Area["zones"]} zones */
  _names(zones) {
    const names = draw("g", { class: "names" });
    /** @type {{x: number, y: number, half: number}[]} */
    const taken = [];
    for (const { name, at } of zones) {
      const [x, y] = this._px(...at);
      const half = name.length * 4.8;
      if (x < half || x > WIDE - half || y < NAME * 2 || y > HIGH - NAME * 2.5) continue;
      if (taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < NAME * 1.3))
        continue;
      taken.push({ x, y, half });
      names.append(draw("text", { x, y, "text-anchor": "middle" }, name));
    }
    // Of a track within one zone no name lies in sight: the zone is said in the corner.
    if (!taken.length) names.append(this.corner);
    return names;
  }

  _bar() {
    const { m } = this.ground;
    const length = LENGTHS.filter((one) => (one / m) * this.scale <= BAR).at(-1) ?? LENGTHS[0];
    const wide = (length / m) * this.scale;
    return draw(
      "g",
      { class: "bar", transform: `translate(14 ${HIGH - 14})` },
      draw("path", { d: `M0 -4v8M0 0h${wide}M${wide} -4v8` }),
      draw("text", { y: -8 }, metres(this.words, length)),
    );
  }

  /** @param {number} x @param {number} y @returns {[x: number, y: number]} */
  _px(x, y) {
    return [Math.round((WIDE / 2 + x * this.scale) * 10) / 10, Math.round((HIGH / 2 - y * this.scale) * 10) / 10];
  }

  /** @param {number[]} ring */
  _ring(ring) {
    let text = "";
    for (let n = 0; n < ring.length; n += 2) text += `${n ? "L" : "M"}${this._px(ring[n], ring[n + 1]).join(" ")}`;
    return `${text}Z`;
  }
}

/** @param {Seen[]} points */
function line(points) {
  return points.map(({ x, y }) => `${x},${y}`).join(" ");
}
