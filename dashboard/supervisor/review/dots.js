// The year at a glance: a dot for each incident, its day against how long it took, on a scale that shows seconds and hours alike.
// The shape says the class, the side of the line whether it was in time. What has no time stands apart, below.
import { element } from "../../shell/format.js";
import { Chart, MARKS, draw, legendMark } from "./chart.js";
import { count, limit, number, seconds, sentence } from "./figure.js";

const TICKS = [1, 10, 60, 600, 3600, 36000];
const STRIP = 28; // px, of those without a time; they lie on five lines there, so that fewer cover each other
const DAY_MS = 86_400_000;

export class Dots extends Chart {
  constructor(review) {
    super(review, "dots");
    this.legend = element("p", "legend");
    this.under.prepend(this.legend);
  }

  paint({ dots, target, since, until }, width, height) {
    const { store } = this;
    this.title.textContent = store.t("dots_title", { interval: store.t(`interval.${target.interval}`) });
    this.note.hidden = dots.drawn === dots.total;
    this.note.replaceChildren(
      sentence(store, "dots_newest", {
        n: number(store, count(dots.drawn, "drawn")),
        m: number(store, count(dots.total)),
      }),
    );
    this._legend(dots);
    const svg = draw("svg");
    const [left, top, right] = [66, 8, 14];
    const bottom = height - 26 - STRIP;
    const times = dots.s.filter((s) => s > 0).sort((a, b) => a - b);
    const most = Math.max(target.limit_s * 3, times.at(-1) ?? 0) * 1.15;
    const least = Math.max(1, Math.min(target.limit_s / 10, times[Math.floor(times.length / 100)] ?? Infinity));
    const y = scale(Math.log10(least), Math.log10(most), bottom, top);
    const from = Date.parse(since);
    const x = scale(from, Date.parse(until) + DAY_MS, left, width - right);
    for (const s of TICKS.filter((s) => s >= least && s < most)) {
      svg.append(
        draw("line", { class: "grid", x1: left, x2: width - right, y1: y(Math.log10(s)), y2: y(Math.log10(s)) }),
      );
      // The target's own label stands where this one would.
      if (Math.abs(y(Math.log10(s)) - y(Math.log10(target.limit_s))) > 16 && y(Math.log10(s)) < bottom - 6)
        svg.append(
          draw("text", { class: "axis", x: left - 8, y: y(Math.log10(s)) + 5, "text-anchor": "end" }, limit(s)),
        );
    }
    for (const [at, name] of months(from, Date.parse(until) + DAY_MS, width, store.language))
      svg.append(draw("text", { class: "axis", x: x(at), y: height - 6, "text-anchor": "middle" }, name));
    const line = y(Math.log10(target.limit_s));
    svg.append(draw("line", { class: "target", x1: left, x2: width - right, y1: line, y2: line }));
    svg.append(
      draw("text", { class: "axis strong", x: left - 8, y: line + 5, "text-anchor": "end" }, limit(target.limit_s)),
    );
    svg.append(
      draw("rect", { class: "strip", x: left, y: bottom + 4, width: width - right - left, height: STRIP - 4 }),
    );
    svg.append(
      draw("text", { class: "axis", x: left - 8, y: bottom + 20, "text-anchor": "end" }, store.t("dots_none")),
    );
    const marks = document.createDocumentFragment();
    dots.ids.forEach((id, n) => {
      const s = dots.s[n];
      const [cx, cy] = [
        x(dots.at[n]),
        s == null || s < 0 ? bottom + 8 + ((n * 7) % 5) * 3.2 : y(Math.log10(Math.max(s, least))),
      ];
      const over = s != null && s > target.limit_s;
      const as = dots.cls[n];
      const names = [
        "dot",
        `of-${as || "none"}`,
        ...(over ? ["over"] : []),
        ...(dots.open[n] ? ["open"] : []),
        ...(s == null ? ["none"] : []),
      ];
      const shape = draw("path", {
        class: names.join(" "),
        d: MARKS[as] ?? MARKS[""],
        transform: `translate(${cx.toFixed(1)} ${cy.toFixed(1)})${s == null ? " scale(0.6)" : ""}`,
      });
      shape.dataset.x = cx.toFixed(1);
      shape.dataset.y = cy.toFixed(1);
      const says = [
        this.review.when(dots.at[n]),
        store.t(`class.${as || "none"}`),
        s == null ? store.t(dots.open[n] ? "dots_open" : "dots_missing") : seconds(s),
        store.zone(this.review.zoneName(dots.zone[n])),
      ]
        .filter(Boolean)
        .join(" · ");
      marks.append(this.choice(shape, id, says, this.review.view.incidents?.includes(id)));
    });
    svg.append(marks);
    return svg;
  }

  chosen(id) {
    this.review.incident(id);
  }

  _legend(dots) {
    const { store } = this;
    const found = new Map();
    for (const as of dots.cls) found.set(as, (found.get(as) ?? 0) + 1);
    const parts = [...found]
      .sort(([a], [b]) => Object.keys(MARKS).indexOf(a) - Object.keys(MARKS).indexOf(b))
      .map(([as, n]) => {
        const part = element("span", "part");
        part.append(
          legendMark(as),
          ` ${store.t(`class.${as || "none"}`)} `,
          number(store, count(n, `class:${as} drawn`)),
        );
        return part;
      });
    this.legend.replaceChildren(...parts);
  }
}

/** @param {number} a @param {number} b @param {number} from @param {number} to @returns {(value: number) => number} */
export function scale(a, b, from, to) {
  return (value) => from + ((value - a) / (b - a || 1)) * (to - from);
}

/** Months, or days when there are few: [ms, name]. */
export function months(from, until, width, language) {
  const locale = language === "en" ? "en-GB" : language;
  const span = (until - from) / DAY_MS;
  const found = [];
  const most = Math.max(2, Math.floor(width / 86));
  if (span > 70) {
    const first = new Date(from);
    for (let at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1); at < until;) {
      const on = new Date(at);
      found.push([
        at,
        new Intl.DateTimeFormat(locale, {
          month: "short",
          ...(on.getUTCMonth() ? {} : { year: "numeric" }),
          timeZone: "UTC",
        }).format(at),
      ]);
      at = Date.UTC(on.getUTCFullYear(), on.getUTCMonth() + 1, 1);
    }
  } else {
    const step = Math.max(1, Math.ceil(span / most));
    for (let at = from; at < until; at += step * DAY_MS)
      found.push([
        at + DAY_MS / 2,
        new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }).format(at),
      ]);
  }
  const every = Math.ceil(found.length / most);
  return found.filter((one, n) => n % every === 0);
}
