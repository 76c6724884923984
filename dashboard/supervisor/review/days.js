// Day by day (or by the week or month, whichever is the shortest that counts 20): the share within the target and its control limits.
import { element } from "../../shell/format.js";
import { Chart, draw } from "./chart.js";
import { scale } from "./dots.js";
import { between, count, limit, number, percent, sentence } from "./figure.js";

export class Days extends Chart {
  constructor(review) {
    super(review, "days");
  }

  paint({ days, target }, width, height) {
    const { store, review } = this;
    this.title.textContent = store.t(`days_title.${days.by}`, { limit: limit(target.limit_s) });
    if (!days.enough) {
      this.note.hidden = true;
      return this._few(days, target);
    }
    this.note.hidden = days.few === 0;
    this.note.replaceChildren(sentence(store, "days_few", { n: number(store, count(days.few, `few:${days.by}`)) }));
    const svg = draw("svg");
    const [left, top, right] = [62, 10, 14];
    const bottom = height - 26;
    const shown = days.points.filter((point) => point.share);
    const least = Math.min(...shown.flatMap((point) => [point.share.value, point.low]));
    const floor = least > 0.5 ? 0.5 : 0;
    const x = scale(0, Math.max(1, days.points.length - 1), left + 10, width - right - 10);
    const y = scale(floor, 1, bottom, top);
    for (const share of [0, 0.25, 0.5, 0.75, 1].filter((one) => one >= floor)) {
      svg.append(draw("line", { class: "grid", x1: left, x2: width - right, y1: y(share), y2: y(share) }));
      svg.append(
        draw("text", { class: "axis", x: left - 8, y: y(share) + 5, "text-anchor": "end" }, `${share * 100} %`),
      );
    }
    // The limits depend on how many were counted: a step for each point.
    const half = (x(1) - x(0)) / 2;
    for (const [n, point] of days.points.entries()) {
      if (point.share)
        svg.append(
          draw("rect", {
            class: "limits",
            x: x(n) - half,
            y: y(point.high),
            width: half * 2,
            height: Math.max(1, y(point.low) - y(point.high)),
          }),
        );
    }
    svg.append(draw("line", { class: "centre", x1: left, x2: width - right, y1: y(days.centre), y2: y(days.centre) }));
    const line = days.points.map((point, n) =>
      point.share ? `${x(n).toFixed(1)},${y(point.share.value).toFixed(1)}` : " ",
    );
    for (const part of line.join(" ").split(/ {2,}/))
      if (part.trim()) svg.append(draw("polyline", { class: "curve", points: part.trim() }));
    const most = Math.max(1, Math.floor((width - left) / 96));
    const every = Math.ceil(days.points.length / most);
    for (const [n, point] of days.points.entries()) {
      const cy = point.share ? y(point.share.value) : bottom - 6;
      const shape = point.out
        ? draw("path", { class: "point out", d: "M0-8 8 0 0 8-8 0z", transform: `translate(${x(n)} ${cy})` })
        : draw("circle", { class: point.share ? "point" : "point few", cx: x(n), cy, r: 4.5 });
      shape.dataset.x = String(x(n));
      shape.dataset.y = String(cy);
      const what = point.share ? `${percent(point.share.value)} (${between(point.share)})` : store.t("too_few");
      const says = [
        review.period(point.from, days.by),
        store.t("n_counted", { n: point.n }),
        what,
        point.out ? store.t("days_out") : "",
      ]
        .filter(Boolean)
        .join(" · ");
      svg.append(
        this.choice(shape, point.from, says, review.view.since === point.from && review.view.until === point.until),
      );
      if (n % every === 0)
        svg.append(
          draw(
            "text",
            { class: "axis", x: x(n), y: height - 6, "text-anchor": "middle" },
            review.period(point.from, days.by, true),
          ),
        );
    }
    return svg;
  }

  chosen(from) {
    const point = this.facts.days.points.find((one) => one.from === from);
    this.review.range(point.from, point.until);
  }

  _few(days, target) {
    const { store, review } = this;
    const list = element("ul", "periods");
    for (const point of days.points.filter((one) => one.n).slice(-12)) {
      const line = element("li");
      const go = element("button", "link", review.period(point.from, days.by, true));
      go.title = review.period(point.from, days.by);
      go.type = "button";
      go.dataset.key = point.from;
      line.append(
        go,
        " ",
        sentence(store, "days_list", {
          k: number(store, {
            stat: "within",
            scope: `${days.by}:${point.from}`,
            interval: target.interval,
            limit_s: target.limit_s,
            n: point.n,
            value: point.within,
          }),
          n: number(store, count(point.n, `${days.by}:${point.from} counted`)),
        }),
      );
      list.append(line);
    }
    return this.words(
      sentence(store, days.n ? "few_limits" : "none_counted", { n: number(store, count(days.n, "counted")) }),
      list,
    );
  }
}
