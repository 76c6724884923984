// The year at a glance: a dot for each incident, its day against how long it took, on a scale that shows seconds and
// hours alike. The shape says the class, the side of the line whether it was in time. What has no time stands apart,
// below.
import { draw } from "../../shell/build.js";
import { element, joined, moment, phrase, write } from "../../shell/format.js";
import { lasted, limit } from "../../shell/rounding.js";
import { axis, Chart, legendMark, MARKS, rule } from "./chart.js";
import { count, number, sentence } from "./figure.js";

const TICKS = [1, 10, 60, 600, 3600, 36000];
const STRIP = 28; // px, of those without a time; they lie on five lines there, so that fewer cover each other
const DAY_MS = 86_400_000;

export class Dots extends Chart {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    super(review, "dots");
    this.legend = element("p", "legend");
    this.under.prepend(this.legend);
  }

  /** @override @param {import("./facts.js").Facts} facts @param {number} width @param {number} height */
  paint({ dots, target, since, until }, width, height) {
    const { store } = this;
    write(this.title, store.t("dots_title", { interval: store.t(`interval.${target.interval}`) }));
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
    const times = dots.s.filter((s) => s !== null && s > 0).sort((a, b) => Number(a) - Number(b));
    const most = Math.max(target.limit_s * 3, times.at(-1) ?? 0) * 1.15;
    const least = Math.max(1, Math.min(target.limit_s / 10, times[Math.floor(times.length / 100)] ?? Infinity));
    const log = scale(Math.log10(least), Math.log10(most), bottom, top);
    const y = (/** @type {number} */ s) => log(Math.log10(s));
    const [from, end] = [Date.parse(since), Date.parse(until) + DAY_MS];
    const x = scale(from, end, left, width - right);
    const line = y(target.limit_s);
    for (const s of TICKS.filter((s) => s >= least && s < most)) {
      svg.append(rule("grid", left, width - right, y(s)));
      // The target's own label stands where this one would.
      if (Math.abs(y(s) - line) > 16 && y(s) < bottom - 6) svg.append(axis(left - 8, y(s) + 5, "end", limit(s)));
    }
    svg.append(
      ...months(from, end, width, store.language).map(([at, name]) => axis(x(at), height - 6, "middle", name)),
      rule("target", left, width - right, line),
      axis(left - 8, line + 5, "end", limit(target.limit_s), "axis strong"),
      draw("rect", { class: "strip", x: left, y: bottom + 4, width: width - right - left, height: STRIP - 4 }),
      axis(left - 8, bottom + 20, "end", store.t("dots_none")),
    );
    const marks = document.createDocumentFragment();
    dots.ids.forEach((id, n) => {
      const s = dots.s[n];
      const held = dots.held[n];
      const cx = x(dots.at[n]).toFixed(1);
      const cy = (s == null || s < 0 ? bottom + 8 + ((n * 7) % 5) * 3.2 : y(Math.max(s, least))).toFixed(1);
      const over = s != null && s > target.limit_s;
      const as = dots.cls[n];
      const names = ["dot", `of-${as || "none"}`, over && "over", dots.open[n] && "open", s == null && "none"];
      const shape = draw("path", {
        class: names.filter(Boolean).join(" "),
        d: MARKS[as] ?? MARKS[""],
        transform: `translate(${cx} ${cy})${s == null ? " scale(0.6)" : ""}`,
        "data-x": cx,
        "data-y": cy,
      });
      const says = joined([
        this.review.when(dots.at[n], dots.coarse[n] ? "month" : ""),
        store.t(`class.${as || "none"}`),
        s == null ? store.t(dots.open[n] ? "dots_open" : "dots_missing") : lasted(s),
        held != null && store.t("held_up", { time: lasted(held) }),
        dots.coarse[n] ? dots.zone[n] : store.zone(this.review.zoneName(dots.zone[n])),
      ]);
      marks.append(this.choice(shape, id, says, this.review.view.incidents?.includes(id)));
    });
    svg.append(marks);
    return svg;
  }

  /** @override @param {string} id */
  chosen(id) {
    this.review.incident(id);
  }

  /** @param {import("./facts.js").Facts["dots"]} dots */
  _legend(dots) {
    const { store } = this;
    /** @type {Map<string, number>} */
    const found = new Map();
    for (const as of dots.cls) found.set(as, (found.get(as) ?? 0) + 1);
    const order = Object.keys(MARKS);
    const parts = [...found]
      .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
      .map(([as, n]) => {
        const words = phrase` ${store.t(`class.${as || "none"}`)} `;
        return element("span", "part", legendMark(as), words, number(store, count(n, `class:${as} drawn`)));
      });
    this.legend.replaceChildren(...parts);
  }
}

/** @param {number} a @param {number} b @param {number} from @param {number} to @returns {(value: number) => number} */
export function scale(a, b, from, to) {
  return (value) => from + ((value - a) / (b - a || 1)) * (to - from);
}

const STEPS = [1, 2, 3, 4, 6, 12];

/** Months, or days when there are few; a year stands at the left, and where it changes. @param {number} from
 * @param {number} until ms @param {number} width px @param {string} language @returns {[at: number, name: string][]} */
export function months(from, until, width, language) {
  const name = (/** @type {number} */ at, /** @type {Intl.DateTimeFormatOptions} */ form) =>
    moment(at, language, { ...form, timeZone: "UTC" });
  const span = (until - from) / DAY_MS;
  /** @type {number[]} */
  const found = [];
  const most = Math.max(2, Math.floor(width / 104));
  const byMonth = span > 70;
  if (byMonth) {
    const on = new Date(from);
    on.setUTCHours(0, 0, 0, 0);
    for (on.setUTCMonth(on.getUTCMonth() + 1, 1); on.getTime() < until; on.setUTCMonth(on.getUTCMonth() + 1))
      found.push(on.getTime());
  } else {
    const step = Math.max(1, Math.ceil(span / most));
    for (let at = from; at < until; at += step * DAY_MS) found.push(at + DAY_MS / 2);
  }
  // Months stand in steps that each January is one of.
  const step = STEPS.find((every) => found.length / every <= most + 1) ?? 12;
  const every = Math.ceil(found.length / most);
  const shown = found.filter((at, n) => (byMonth ? new Date(at).getUTCMonth() % step : n % every) === 0);
  const year = (/** @type {number | undefined} */ at) => at !== undefined && new Date(at).getUTCFullYear();
  return shown.map((at, n) => {
    const other = year(at) !== year(shown[n - 1]) && (byMonth || n > 0);
    const day = byMonth ? {} : { day: /** @type {const} */ ("numeric") };
    return [at, name(at, { ...day, month: "short", ...(other && { year: "numeric" }) })];
  });
}
