// Where: the police zones, coloured by the share within the target from 20 counted, hatched below. The share is written where it fits.
import { element } from "../../shell/format.js";
import { Chart, draw } from "./chart.js";
import { between, count, limit, mark, number, percent, sentence } from "./figure.js";

const STEPS = [0.95, 0.85, 0.7]; // the colours' lower limits; below the last is the darkest

export class Where extends Chart {
  constructor(review) {
    super(review, "where");
    this.legend = element("ul", "steps");
    this.root.append(this.legend);
  }

  paint({ zones, target, unplaced }, width, height) {
    const { store, review } = this;
    this.title.textContent = store.t("where_title", { limit: limit(target.limit_s) });
    const shapes = review.map;
    if (!shapes) return draw("svg");
    const coloured = Object.values(zones).filter((zone) => zone.share).length;
    this.note.replaceChildren(
      sentence(store, coloured ? "where_note" : "where_few", {
        n: number(store, count(coloured, "zones coloured")),
        m: number(store, count(unplaced, "zone:")),
      }),
    );
    const svg = draw("svg");
    const size = Math.min(width / shapes.width, height / shapes.height);
    const move = `translate(${(width - shapes.width * size) / 2} ${(height - shapes.height * size) / 2})`;
    const defs = draw("defs");
    const few = draw("pattern", {
      id: "too-few",
      width: 7,
      height: 7,
      patternUnits: "userSpaceOnUse",
      patternTransform: `scale(${1 / size}) rotate(45)`,
    });
    few.append(
      draw("rect", { class: "few-ground", width: 7, height: 7 }),
      draw("line", { class: "few-line", x1: 0, y1: 0, x2: 0, y2: 7 }),
    );
    defs.append(few);
    const country = draw("g", { transform: `${move} scale(${size})` });
    const labels = draw("g", { transform: move, class: "labels" });
    for (const zone of shapes.zones) {
      const found = zones[zone.key];
      const share = found?.share;
      const step = share ? STEPS.findIndex((from) => share.value >= from) : -1;
      const shape = draw("path", {
        class: `zone ${share ? `step-${step < 0 ? STEPS.length : step}` : found ? "few" : "none"}`,
        d: zone.path,
      });
      const says = [
        store.zone(zone.name),
        found ? store.t("n_counted", { n: found.n }) : store.t("where_none"),
        share ? `${percent(share.value)} (${between(share)})` : found ? store.t("too_few") : "",
      ]
        .filter(Boolean)
        .join(" · ");
      shape.dataset.x = String(zone.x * size);
      shape.dataset.y = String(zone.y * size);
      country.append(this.choice(shape, zone.key, says, review.view.zones?.includes(zone.key)));
      if (share && zone.w * size > 52)
        labels.append(
          mark(
            draw(
              "text",
              { class: "axis figure", x: zone.x * size, y: zone.y * size + 5, "text-anchor": "middle" },
              percent(share.value),
            ),
            store,
            share,
          ),
        );
    }
    country.append(draw("path", { class: "provinces", d: shapes.provinces }));
    svg.append(defs, country, labels);
    this._legend(coloured);
    return svg;
  }

  /** What the colours mean, in the corner that Belgium leaves free. */
  _legend(coloured) {
    const { store } = this;
    const names = STEPS.map((from) => store.t("where_from", { share: `${Math.round(from * 100)} %` }));
    names.push(store.t("where_below", { share: `${Math.round(STEPS.at(-1) * 100)} %` }));
    const parts = (coloured ? names.map((words, n) => [`step-${n}`, words]) : []).concat([
      ["few", store.t("too_few")],
      ["none", store.t("where_none")],
    ]);
    this.legend.replaceChildren(
      ...parts.map(([name, words]) => {
        const line = element("li");
        const swatch = draw("svg", { width: 16, height: 16, "aria-hidden": "true" });
        swatch.append(draw("rect", { class: `zone ${name === "few" ? "none" : name}`, width: 16, height: 16 }));
        if (name === "few")
          swatch.append(draw("path", { class: "few-line", d: "M0 6 6 0M0 14 14 0M4 16 16 4M12 16 16 12" }));
        line.append(swatch, words);
        return line;
      }),
    );
  }

  chosen(key) {
    this.review.toggle("zones", key);
  }
}
