// Where the device and the units were at a moment: zones around, the way until then, the accuracy circle. Drawn in its own
// units, so that it is as large as its place, on a screen and on paper.
import { element, fill, metres, write } from "../../shell/format.js";

const NS = "http://www.w3.org/2000/svg";
const WIDE = 800;
const HIGH = 450;
const NAME = 18;
const RING = 18;
const LENGTHS = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];
const BAR = 120;

function svg(name, facts = {}, text = "") {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(facts)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}

export class Ground {
  /** @param {HTMLElement} root @param {any} facts @param {Record<string, string>} words */
  constructor(root, { ground, spots }, words) {
    this.ground = ground;
    this.words = words;
    this.marks = new Map();
    if (!ground.origin) return;
    this.scale = Math.min(WIDE / (2 * ground.reach[0]), HIGH / (2 * ground.reach[1]));
    this.picture = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" });
    root.replaceChildren(this.picture);
    const zones = svg("g", { class: "zones" });
    for (const { rings } of ground.zones)
      zones.append(svg("path", { d: rings.map((ring) => this._ring(ring)).join(""), "fill-rule": "evenodd" }));
    this.corner = svg("text", { x: 14, y: NAME + 12 });
    this.picture.append(zones, this._names(ground.zones));
    const [x0, y0] = ground.origin;
    for (const spot of spots) {
      if (!this.marks.has(spot.unit)) this.marks.set(spot.unit, { ...this._mark(spot.unit), points: [] });
      const [x, y] = this._px(spot.x - x0, spot.y - y0);
      this.marks.get(spot.unit).points.push({ spot, x, y });
    }
    const device = this.marks.get("");
    if (device) {
      this.way = svg("polyline", { class: "way" });
      device.circle.before(svg("polyline", { class: "all", points: line(device.points) }), this.way);
    }
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

  _place(mark, point) {
    for (const part of [mark.dot, mark.circle]) part.toggleAttribute("hidden", !point);
    if (!point) return;
    const { spot, x, y } = point;
    mark.dot.setAttribute("transform", `translate(${x} ${y})`);
    mark.circle.toggleAttribute("hidden", !spot.r);
    // A circle smaller than its mark is a ring, with its radius written.
    const ring = spot.r * this.scale < RING;
    mark.circle.classList.toggle("ring", ring);
    for (const [key, value] of [
      ["cx", x],
      ["cy", y],
      ["r", ring ? RING : spot.r * this.scale],
    ])
      mark.circle.setAttribute(key, value);
    write(mark.words, [mark.name, spot.r && ring ? metres(this.words, spot.radius) : ""].filter(Boolean).join(" · "));
  }

  _mark(unit) {
    const kind = unit ? "unit" : "device";
    const circle = svg("circle", { class: `accuracy ${kind}` });
    const dot = svg("g", { class: kind });
    const words = svg("text", { x: RING + 6, y: 6 });
    dot.append(unit ? svg("path", { d: "M0 -9 8 -4.5V4.5L0 9 -8 4.5V-4.5Z" }) : svg("circle", { r: 9 }), words);
    this.picture.append(circle, dot);
    return { circle, dot, words, name: unit === "?" ? this.words.unit_unnamed : unit };
  }

  /** Names whose place is in sight; none writes over another. */
  _names(zones) {
    const names = svg("g", { class: "names" });
    const taken = [];
    for (const { name, at } of zones) {
      const [x, y] = this._px(...at);
      const half = name.length * 4.8;
      if (x < half || x > WIDE - half || y < NAME * 2 || y > HIGH - NAME * 2.5) continue;
      if (taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < NAME * 1.3))
        continue;
      taken.push({ x, y, half });
      names.append(svg("text", { x, y, "text-anchor": "middle" }, name));
    }
    // Of a track within one zone no name lies in sight: the zone is said in the corner.
    if (!taken.length) names.append(this.corner);
    return names;
  }

  _bar() {
    const { m } = this.ground;
    const length = LENGTHS.filter((one) => (one / m) * this.scale <= BAR).at(-1) ?? LENGTHS[0];
    const wide = (length / m) * this.scale;
    const bar = svg("g", { class: "bar", transform: `translate(14 ${HIGH - 14})` });
    bar.append(
      svg("path", { d: `M0 -4v8M0 0h${wide}M${wide} -4v8` }),
      svg("text", { y: -8 }, metres(this.words, length)),
    );
    return bar;
  }

  _px(x, y) {
    return [Math.round((WIDE / 2 + x * this.scale) * 10) / 10, Math.round((HIGH / 2 - y * this.scale) * 10) / 10];
  }

  _ring(ring) {
    let text = "";
    for (let n = 0; n < ring.length; n += 2) text += `${n ? "L" : "M"}${this._px(ring[n], ring[n + 1]).join(" ")}`;
    return `${text}Z`;
  }
}

function line(points) {
  return points.map(({ x, y }) => `${x},${y}`).join(" ");
}
