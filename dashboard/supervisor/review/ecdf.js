// How fast: the share that was reached within each time, with the targets as lines. From 20 counted; below, the times
// themselves.
import { draw } from "../../shell/build.js";
import { element, phrase, textOf, write } from "../../shell/format.js";
import { lasted, limit, percent } from "../../shell/rounding.js";
import { axis, Chart, rule, shares } from "./chart.js";
import { scale } from "./dots.js";
import { apart, count, dotted, mark, number, sentence } from "./figure.js";

/** @typedef {import("./facts.js").Facts} Facts */

const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

export class Ecdf extends Chart {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    super(review, "ecdf");
  }

  /** @override @param {Facts} facts @param {number} width @param {number} height */
  paint({ ecdf, target, targets, standing }, width, height) {
    const { store } = this;
    write(this.title, store.t("ecdf_title", { interval: store.t(`interval.${target.interval}`) }));
    this.note.replaceChildren(
      apart(
        store,
        sentence(store, "counted_n", { n: number(store, count(ecdf.n, "counted", target.interval)) }),
        standing,
      ),
    );
    if (!ecdf.enough) return this._few(ecdf, target.interval);
    const [left, top, right] = [62, 10, 18];
    const bottom = height - 26;
    const end = width - right;
    const here = targets.filter((one) => one.interval === target.interval);
    const most = Math.max(ecdf.until ?? 0, ...here.map((one) => one.limit_s * 1.5));
    const x = scale(0, most, left, end);
    const y = scale(0, 1, bottom, top);
    let path = `M${x(0)} ${y(0)}`;
    for (const [s, share] of ecdf.steps ?? []) path += `H${x(Math.min(s, most)).toFixed(1)}V${y(share).toFixed(1)}`;
    const box = { x: x(target.limit_s), y: top, width: Math.max(0, end - x(target.limit_s)), height: bottom - top };
    const late = draw("rect", { class: "late", ...box });
    const words = store.t("only_over", { limit: limit(target.limit_s) });
    const svg = draw(
      "svg",
      {},
      this.choice(late, "over", words, this.review.view.only === "over"),
      ...shares(left, end, y),
      ...rounded(most, Math.max(2, Math.floor((width - left) / 90))).map((s) =>
        axis(x(s), height - 6, "middle", limit(s)),
      ),
      draw("path", { class: "curve", d: `${path}H${end}` }),
    );
    here.forEach(({ limit_s, figure }, n) => {
      if (!figure) return; // it is of as many as the curve
      const at = x(limit_s);
      const high = y(figure.value);
      // The curve leaves room below it on the right, and above it on the left.
      const room = width - at >= Math.min(190, at - left);
      const whole = Math.max(width - at, at - left) >= 190;
      const label = room
        ? axis(at + 10, Math.min(bottom - 8, high + 24 + n * 22), "start", "", "axis strong")
        : axis(at - 10, Math.max(top + 14, high - 10), "end", "", "axis strong");
      const share = draw("tspan", { class: "figure" }, percent(figure.value));
      label.append(
        mark(share, store, figure),
        whole ? textOf(phrase` ${store.t("ecdf_within", { limit: limit(limit_s) })}`) : "",
      );
      svg.append(
        rule("target", at, at, top, bottom),
        draw("circle", { class: "point", cx: at, cy: high, r: 5 }),
        label,
      );
    });
    return svg;
  }

  /** Within which time each tenth of them was reached, and how many within each target. @override
   * @param {Facts} facts */
  rows({ ecdf, target, targets }) {
    const steps = ecdf.steps ?? [];
    const tenths = TENTHS.flatMap((tenth) => {
      const found = steps.find(([, share]) => share >= tenth - 1e-9);
      return found ? [{ cells: [percent(tenth), lasted(found[0])] }] : [];
    });
    const within = targets.flatMap(({ interval, limit_s, figure }) =>
      interval === target.interval && figure
        ? [{ cells: [this.store.t("ecdf_within", { limit: limit(limit_s) }).trim(), percent(figure.value)] }]
        : [],
    );
    const times = ecdf.enough ? [] : (ecdf.times ?? []).map((s, n) => ({ cells: [String(n + 1), lasted(s)] }));
    return [...within, ...tenths, ...times];
  }

  /** @override */
  chosen() {
    this.review.toggleOnly("over");
  }

  /** @param {Facts["ecdf"]} ecdf @param {string} interval */
  _few({ n, times = [] }, interval) {
    const { store } = this;
    const said = times.map((s, at) => [
      mark(element("span", "figure", lasted(s)), store, {
        stat: "time",
        scope: `time:${at}`,
        interval,
        n: 1,
        value: s,
      }),
    ]);
    const few = sentence(store, n ? "few_share" : "none_counted", { n: number(store, count(n, "counted", interval)) });
    return element("div", "few", few, element("p", "times", ...dotted(said)));
  }
}

/** Round numbers from 0 to `most` s. @param {number} most @param {number} wanted */
function rounded(most, wanted) {
  const step =
    [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400].find(
      (one) => most / one <= wanted,
    ) ?? most;
  const found = [];
  for (let s = 0; s <= most; s += step) found.push(s);
  return found;
}
