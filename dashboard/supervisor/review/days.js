// Day by day (or by the week or month, whichever is the shortest that counts 20): the share within the target and its
// control limits.
import { button, draw } from "../../shell/build.js";
import { element, joined, write } from "../../shell/format.js";
import { limit, percent } from "../../shell/rounding.js";
import { axis, Chart, rule, shares } from "./chart.js";
import { scale } from "./dots.js";
import { between, count, number, sentence } from "./figure.js";

/** @typedef {import("./facts.js").Facts} Facts */

export class Days extends Chart {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    super(review, "days");
  }

  /** @override @param {Facts} facts @param {number} width @param {number} height */
  paint({ days, target }, width, height) {
    const { store, review } = this;
    write(this.title, store.t(`days_title.${days.by}`, { limit: limit(target.limit_s) }));
    if (!days.enough) {
      this.note.hidden = true;
      return this._few(days, target);
    }
    this.note.hidden = days.few === 0;
    this.note.replaceChildren(
      sentence(store, "days_few", {
        n: number(store, { ...count(days.few, `few:${days.by}`, target.interval), stat: "periods" }),
      }),
    );
    const [left, top, right] = [62, 10, 14];
    const bottom = height - 26;
    const end = width - right;
    const shown = days.points.flatMap(({ share, low, high }, n) =>
      share ? [{ n, value: share.value, low, high }] : [],
    );
    const floor = Math.min(...shown.flatMap(({ value, low }) => [value, low])) > 0.5 ? 0.5 : 0;
    const x = scale(0, Math.max(1, days.points.length - 1), left + 10, end - 10);
    const y = scale(floor, 1, bottom, top);
    // The limits depend on how many were counted: a step for each point.
    const half = (x(1) - x(0)) / 2;
    const limits = shown.map(({ n, low, high }) => {
      const box = { x: x(n) - half, y: y(high), width: half * 2, height: Math.max(1, y(low) - y(high)) };
      return draw("rect", { class: "limits", ...box });
    });
    const line = days.points.map(({ share }, n) => (share ? `${x(n).toFixed(1)},${y(share.value).toFixed(1)}` : " "));
    const curves = line
      .join(" ")
      .split(/ {2,}/)
      .map((part) => part.trim())
      .filter(Boolean);
    const svg = draw(
      "svg",
      {},
      ...shares(left, end, y, floor),
      ...limits,
      rule("centre", left, end, y(days.centre)),
      ...curves.map((points) => draw("polyline", { class: "curve", points })),
    );
    const every = Math.ceil(days.points.length / Math.max(1, Math.floor((width - left) / 96)));
    let year = "";
    for (const [n, point] of days.points.entries()) {
      const cy = point.share ? y(point.share.value) : bottom - 6;
      const at = { "data-x": x(n), "data-y": cy };
      const shape = point.out
        ? draw("path", { class: "point out", d: "M0-8 8 0 0 8-8 0z", transform: `translate(${x(n)} ${cy})`, ...at })
        : draw("circle", { class: point.share ? "point" : "point few", cx: x(n), cy, r: 4.5, ...at });
      const says = [
        review.period(point.from, days.by),
        store.t("n_counted", { n: point.n }),
        point.share ? `${percent(point.share.value)} (${between(point.share)})` : store.t("too_few"),
        point.out ? store.t("days_out") : "",
      ];
      const on = review.view.since === point.since && review.view.until === point.until;
      svg.append(this.choice(shape, point.from, joined(says), on));
      if (n % every) continue;
      // A year stands where it begins, and at the left.
      const same = point.from.slice(0, 4) === year;
      year = point.from.slice(0, 4);
      svg.append(axis(x(n), height - 6, "middle", review.period(point.from, days.by, same ? "short" : "year")));
    }
    return svg;
  }

  /** @override @param {string} from */
  chosen(from) {
    const point = this.facts?.days.points.find((one) => one.from === from);
    if (point) this.review.range(point.since, point.until);
  }

  /** Of too few, how many of how many, as the list says it. @override @param {Facts} facts */
  rows(facts) {
    const { by, enough, points } = facts.days;
    if (enough) return super.rows(facts);
    const some = points.filter((one) => one.n);
    return some.map(({ from, n, within }) => ({
      key: from,
      cells: [this.review.period(from, by), this.store.t("days_list", { k: within, n })],
    }));
  }

  /** @param {Facts["days"]} days @param {Facts["target"]} target */
  _few({ by, n, points }, { interval, limit_s }) {
    const { store, review } = this;
    const lines = points
      .filter((one) => one.n)
      .map(({ from, n, within }) => {
        const go = button("link", review.period(from, by), () => {});
        go.dataset.key = from;
        const some = { stat: "within", scope: `${by}:${from}`, interval, limit_s, n, value: within };
        const of = count(n, `${by}:${from} counted`, interval);
        return element(
          "li",
          "",
          go,
          " ",
          sentence(store, "days_list", { k: number(store, some), n: number(store, of) }),
        );
      });
    const few = sentence(store, n ? "few_limits" : "none_counted", { n: number(store, count(n, "counted", interval)) });
    return element("div", "few", few, element("ul", "periods", ...lines));
  }
}
