// How fast: the share that was reached within each time, with the targets as lines. From 20 counted; below, the times themselves.
import { element } from "../../shell/format.js";
import { Chart, draw } from "./chart.js";
import { scale } from "./dots.js";
import { apart, count, limit, mark, number, seconds, sentence } from "./figure.js";

export class Ecdf extends Chart {
  constructor(review) {
    super(review, "ecdf");
  }

  paint({ ecdf, target, targets, standing }, width, height) {
    const { store } = this;
    this.title.textContent = store.t("ecdf_title", { interval: store.t(`interval.${target.interval}`) });
    this.note.replaceChildren(
      apart(store, sentence(store, "counted_n", { n: number(store, count(ecdf.n, "counted")) }), standing),
    );
    if (!ecdf.enough) return this._few(ecdf);
    const svg = draw("svg");
    const [left, top, right] = [62, 10, 18];
    const bottom = height - 26;
    const here = targets.filter((one) => one.interval === target.interval);
    const most = Math.max(ecdf.until, ...here.map((one) => one.limit_s * 1.5));
    const x = scale(0, most, left, width - right);
    const y = scale(0, 1, bottom, top);
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      svg.append(draw("line", { class: "grid", x1: left, x2: width - right, y1: y(share), y2: y(share) }));
      svg.append(
        draw("text", { class: "axis", x: left - 8, y: y(share) + 5, "text-anchor": "end" }, `${share * 100} %`),
      );
    }
    for (const s of rounded(most, Math.max(2, Math.floor((width - left) / 90))))
      svg.append(draw("text", { class: "axis", x: x(s), y: height - 6, "text-anchor": "middle" }, limit(s)));
    let path = `M${x(0)} ${y(0)}`;
    for (const [s, share] of ecdf.steps) path += `H${x(Math.min(s, most)).toFixed(1)}V${y(share).toFixed(1)}`;
    svg.append(draw("path", { class: "curve", d: `${path}H${width - right}` }));
    here.forEach((one, n) => {
      const at = x(one.limit_s);
      svg.append(draw("line", { class: "target", x1: at, x2: at, y1: top, y2: bottom }));
      svg.append(draw("circle", { class: "point", cx: at, cy: y(one.figure.value), r: 5 }));
      // The curve leaves room below it on the right, and above it on the left.
      const room = width - at >= Math.min(190, at - left);
      const whole = Math.max(width - at, at - left) >= 190;
      const label = draw("text", {
        class: "axis strong",
        x: room ? at + 10 : at - 10,
        "text-anchor": room ? "start" : "end",
        y: room
          ? Math.min(bottom - 8, y(one.figure.value) + 24 + n * 22)
          : Math.max(top + 14, y(one.figure.value) - 10),
      });
      const share = mark(
        draw("tspan", { class: "figure" }, `${(one.figure.value * 100).toFixed(1)} %`),
        store,
        one.figure,
      );
      label.append(share, whole ? ` ${store.t("ecdf_within", { limit: limit(one.limit_s) })}` : "");
      svg.append(label);
    });
    const late = draw("rect", {
      class: "late",
      x: x(target.limit_s),
      y: top,
      width: Math.max(0, width - right - x(target.limit_s)),
      height: bottom - top,
    });
    svg.prepend(
      this.choice(
        late,
        "over",
        store.t("only_over", { limit: limit(target.limit_s) }),
        this.review.view.only === "over",
      ),
    );
    return svg;
  }

  chosen() {
    this.review.toggleOnly("over");
  }

  _few(ecdf) {
    const { store } = this;
    const list = element("p", "times");
    ecdf.times.forEach((s, n) =>
      list.append(
        ...(n ? [" · "] : []),
        mark(element("span", "figure", seconds(s)), store, { stat: "time", scope: `time:${n}`, n: 1, value: s }),
      ),
    );
    return this.words(
      sentence(store, ecdf.n ? "few_share" : "none_counted", { n: number(store, count(ecdf.n, "counted")) }),
      list,
    );
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
