// Where: the police zones, coloured by the share within the target from 20 counted, hatched below. The share is written
// where it fits.
import { draw } from "../../shell/build.js";
import { element, joined, write } from "../../shell/format.js";
import { bare, limit, percent } from "../../shell/rounding.js";
import { axis, Chart } from "./chart.js";
import { between, count, mark, number, sentence } from "./figure.js";

/** @typedef {{width: number, height: number, provinces: string,
 *   zones: {key: string, name: string, path: string, x: number, y: number, w: number}[]}} Outlines */

const STEPS = [0.95, 0.85, 0.7]; // the colours' lower limits; below the last is the darkest

export class Where extends Chart {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    super(review, "where");
    this.legend = element("ul", "steps");
    this.root.append(this.legend);
  }

  /** @override @param {import("./facts.js").Facts} facts @param {number} width @param {number} height */
  paint({ zones, target, unplaced }, width, height) {
    const { store, review } = this;
    write(this.title, store.t("where_title", { limit: limit(target.limit_s) }));
    const shapes = review.map;
    if (!shapes) return draw("svg");
    const coloured = Object.values(zones).filter((zone) => zone.share).length;
    const figures = {
      n: number(store, { ...count(coloured, "zones coloured", target.interval), stat: "zones" }),
      m: number(store, count(unplaced, "zone:")),
    };
    this.note.replaceChildren(sentence(store, coloured ? "where_note" : "where_few", figures));
    const size = Math.min(width / shapes.width, height / shapes.height);
    const move = `translate(${(width - shapes.width * size) / 2} ${(height - shapes.height * size) / 2})`;
    const side = { width: 7, height: 7 };
    const turn = { patternUnits: "userSpaceOnUse", patternTransform: `scale(${1 / size}) rotate(45)` };
    const few = draw(
      "pattern",
      { id: "too-few", ...side, ...turn },
      draw("rect", { class: "few-ground", ...side }),
      draw("line", { class: "few-line", x1: 0, y1: 0, x2: 0, y2: 7 }),
    );
    const country = draw("g", { transform: `${move} scale(${size})` });
    const labels = draw("g", { transform: move, class: "labels" });
    for (const zone of shapes.zones) {
      const found = zones[zone.key];
      const share = found?.share;
      const step = share ? STEPS.findIndex((from) => share.value >= from) : -1;
      const look = share ? `step-${step < 0 ? STEPS.length : step}` : found ? "few" : "none";
      const at = { "data-x": zone.x * size, "data-y": zone.y * size };
      const says = [
        store.zone(zone.name),
        found ? store.t("n_counted", { n: found.n }) : store.t("where_none"),
        share ? `${percent(share.value)} (${between(share)})` : found ? store.t("too_few") : "",
      ];
      const shape = draw("path", { class: `zone ${look}`, d: zone.path, ...at });
      const on = review.view.zones?.includes(zone.key);
      country.append(this.choice(shape, zone.key, joined(says), on));
      if (!share || zone.w * size <= 52) continue;
      const label = axis(zone.x * size, zone.y * size + 5, "middle", percent(share.value), "axis figure");
      labels.append(mark(label, store, share));
    }
    country.append(draw("path", { class: "provinces", d: shapes.provinces }));
    this._legend(coloured);
    return draw("svg", {}, draw("defs", {}, few), country, labels);
  }

  /** What the colours mean, in the corner that Belgium leaves free. @param {number} coloured zones */
  _legend(coloured) {
    const { store } = this;
    const percents = STEPS.map((from) => bare(percent(from)));
    const names = percents.map((share) => store.t("where_from", { share }));
    names.push(store.t("where_below", { share: percents[STEPS.length - 1] }));
    const parts = coloured ? names.map((words, n) => [`step-${n}`, words]) : [];
    parts.push(["few", store.t("too_few")], ["none", store.t("where_none")]);
    const side = { width: 16, height: 16 };
    this.legend.replaceChildren(
      ...parts.map(([name, words]) => {
        const few = name === "few";
        const swatch = draw("svg", { ...side, "aria-hidden": "true" });
        swatch.append(draw("rect", { class: `zone ${few ? "none" : name}`, ...side }));
        if (few) swatch.append(draw("path", { class: "few-line", d: "M0 6 6 0M0 14 14 0M4 16 16 4M12 16 16 12" }));
        return element("li", "", swatch, words);
      }),
    );
  }

  /** The zones that have any. @override @param {import("./facts.js").Facts} facts */
  rows(facts) {
    return super.rows(facts).filter(({ key }) => key !== undefined && facts.zones[key]);
  }

  /** @override @param {string} key */
  chosen(key) {
    this.review.toggle("zones", key);
  }
}
