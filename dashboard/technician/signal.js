// The strength of a signal: four bars, and how it went over time. Drawn at its true size; the words beside it say the
// same.
import { draw } from "../shell/build.js";
import { clock, element, write } from "../shell/format.js";

const STEPS = [-90, -80, -70, -60]; // dBm from which each bar is full
const LOW = -100;
const HIGH = -30;
const SPAN_MS = 3 * 60_000;
const BREAK_MS = 30_000; // a longer silence is a gap, not a line

/** A strength in words. @param {import("../shell/store.js").Store} store @param {number} n dBm */
export function dbm(store, n) {
  return store.t("bench.dbm", { n }).replace("-", "\u2212").replace(" ", "\u00a0");
}

/** Four bars. */
export function bars() {
  const root = draw("svg", { viewBox: "0 0 20 16", width: 20, height: 16, "aria-hidden": "true", class: "bars" });
  const drawn = STEPS.map((_, n) => draw("rect", { x: n * 5, y: 12 - n * 4, width: 4, height: 4 + n * 4 }));
  root.append(...drawn);
  return {
    root,
    /** @param {number | null} rssi */
    show(rssi) {
      drawn.forEach((bar, n) => bar.setAttribute("class", rssi !== null && rssi >= STEPS[n] ? "on" : ""));
    },
  };
}

export class Signal {
  /** @param {import("../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {[at: number, dbm: number][]} */
    this.points = [];
    this.now = element("b", "big");
    this.words = element("p", "note");
    this.svg = draw("svg", { "aria-hidden": "true" });
    this.body = element("div", "drawing", this.svg);
    const head = element("div", "card-head", element("h3", "", store.t("bench.signal")), this.now);
    this.root = element("section", "card signal", head, this.body, this.words);
    new ResizeObserver(() => this.tick()).observe(this.body);
  }

  /** @param {[at: number, dbm: number][]} points at in ms */
  show(points) {
    this.points = points;
    this.tick();
  }

  tick() {
    const { width, height } = this.body.getBoundingClientRect();
    if (width < 80 || height < 60) return;
    const { store } = this;
    const end = store.now();
    const start = end - SPAN_MS;
    const inside = this.points.filter(([at]) => at >= start);
    const last = inside.at(-1);
    write(this.now, last ? dbm(store, last[1]) : "");
    write(
      this.words,
      inside.length
        ? store.t("bench.signal_words", {
            n: inside.length,
            low: dbm(store, Math.min(...inside.map(([, n]) => n))),
            high: dbm(store, Math.max(...inside.map(([, n]) => n))),
          })
        : store.t("bench.signal_none"),
    );
    const left = 56;
    const bottom = height - 26;
    const x = (/** @type {number} */ at) => left + ((at - start) / SPAN_MS) * (width - left - 10);
    const y = (/** @type {number} */ n) =>
      8 + ((HIGH - Math.max(LOW, Math.min(HIGH, n))) / (HIGH - LOW)) * (bottom - 8);
    /** @type {SVGElement[]} */
    const drawn = [];
    for (const step of [-40, -60, -80, -100]) {
      drawn.push(draw("line", { x1: left, x2: width - 10, y1: y(step), y2: y(step), class: "grid" }));
      drawn.push(
        draw("text", { x: left - 10, y: y(step) + 5, "text-anchor": "end" }, String(step).replace("-", "\u2212")),
      );
    }
    for (let minute = Math.ceil(start / 60_000) * 60_000; minute <= end; minute += 60_000) {
      if (x(minute) > width - 50 || x(minute) < left + 24) continue;
      drawn.push(draw("line", { x1: x(minute), x2: x(minute), y1: bottom, y2: bottom + 5, class: "grid" }));
      drawn.push(draw("text", { x: x(minute), y: height - 3, "text-anchor": "middle" }, clock(minute).slice(0, 5)));
    }
    let path = "";
    inside.forEach(([at, strength], n) => {
      const gap = n === 0 || at - inside[n - 1][0] > BREAK_MS;
      path += `${gap ? "M" : "L"}${x(at).toFixed(1)} ${y(strength).toFixed(1)}`;
      drawn.push(draw("circle", { cx: x(at).toFixed(1), cy: y(strength).toFixed(1), r: 3, class: "point" }));
    });
    if (path) drawn.push(draw("path", { d: path, class: "trace" }));
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height }))
      this.svg.setAttribute(name, String(value));
    this.svg.replaceChildren(...drawn);
  }
}
