// A number as the page shows it: never without how many it was made from, its interval and its definition, which stand
// beside it as data.
import { element, fill, formOf, phrase } from "../../shell/format.js";
import { lasted, limit, percent, tenths } from "../../shell/rounding.js";

/** @typedef {import("../../shell/store.js").Store} Store
 * @typedef {{stat: string, scope?: string, interval?: string, limit_s?: number, n: number, value?: number | null, low?:
 * number | null, high?: number | null}} Figure @typedef {Figure & {value: number}} Share which is there
 * @typedef {{interval: string, limit_s: number}} Target */

const LASTS = new Set(["median", "p90", "p95", "p99", "maximum", "mean"]);

/** @param {Figure} figure */
export function said(figure) {
  if (figure.value == null) return "–";
  if (figure.stat === "share") return percent(figure.value);
  if (LASTS.has(figure.stat)) return lasted(figure.value);
  if (figure.stat === "a_day") return tenths(figure.value);
  return String(figure.value);
}

/** Its 95 % interval: 78.6 – 86.0 %; "" when there is none. @param {Figure} figure */
export function between(figure) {
  const { low, high } = figure;
  if (low == null || high == null) return "";
  if (figure.stat === "share") return `${tenths(low * 100)}\u00a0–\u00a0${percent(high)}`;
  return `${lasted(low)}\u00a0–\u00a0${lasted(high)}`;
}

/** What a number means, in one sentence. @param {Store} store @param {Figure} figure */
export function meaning(store, figure) {
  const facts = {
    n: figure.n,
    limit: figure.limit_s == null ? "" : limit(figure.limit_s),
    interval: figure.interval ? fromTo(store, figure.interval) : "",
    left: store.basis,
  };
  const key = figure.interval && figure.stat === "count" ? "counted" : figure.stat;
  return fill(store.words, `define.${key}`, facts);
}

/** From which moment to which a time is taken, and by whose clocks. @param {Store} store @param {string} interval */
function fromTo(store, interval) {
  return store.t("define.interval", {
    name: store.t(`interval.${interval}`),
    words: store.t(`definition.${interval}`),
  });
}

/** Put a figure's facts beside its text. @template {Element} T @param {T} target @param {Store} store
 * @param {Figure} figure */
export function mark(target, store, figure) {
  const facts = {
    stat: figure.stat,
    scope: figure.scope ?? "",
    interval: figure.interval ?? "",
    limit: figure.limit_s ?? "",
    n: figure.n,
    value: figure.value ?? "",
    low: figure.low ?? "",
    high: figure.high ?? "",
    definition: meaning(store, figure),
  };
  for (const [name, value] of Object.entries(facts)) target.setAttribute(`data-${name}`, String(value));
  return target;
}

/** A number in the text. @param {Store} store @param {Figure} figure @param {string} [name] */
export function number(store, figure, name = "") {
  return mark(element("span", `figure ${name}`.trim(), said(figure)), store, figure);
}

/** How many, of a scope of the filtered table; of an interval's incidents with that. @param {number} value
 * @param {string} [scope] @param {string} [interval] @returns {Figure} */
export function count(value, scope = "", interval = "") {
  return { stat: "count", scope, interval, n: value, value };
}

/** A sentence with figures in its {gaps}. @param {Store} store @param {string} key
 * @param {Record<string, Node | string | number>} gaps */
export function sentence(store, key, gaps) {
  const made = element("span");
  const n = gaps.n instanceof Node ? gaps.n.textContent : gaps.n;
  for (const part of formOf(store.words, key, n).split(/(\{\w+\})/)) {
    const gap = part.startsWith("{") ? gaps[part.slice(1, -1)] : undefined;
    made.append(gap instanceof Node ? gap : gap === undefined ? part : String(gap));
  }
  return made;
}

/** A figure, and beside it its interval. @param {Store} store @param {Figure} figure @param {string} [name] */
export function ranged(store, figure, name) {
  return [number(store, figure, name), " ", element("span", "between", between(figure))];
}

/** How many of how many. @param {Store} store @param {Figure} some @param {Figure} all @param {string} [name] */
export function outOf(store, some, all, name) {
  return [number(store, some, name), phrase` ${store.t("promise_of")} `, number(store, all, name)];
}

/** Parts of a line, with a dot between them. @param {(Node | string)[][]} parts */
export function dotted(parts) {
  return parts.flatMap((part, n) => (n ? [" · ", ...part] : part));
}

/** Why some are not counted, after a first word: 186 counted · 1 open · 958 not reached. What is none is not said.
 *  @param {Store} store @param {Node} first @param {import("./facts.js").Standing} standing */
export function apart(store, first, standing) {
  const out = /** @type {const} */ (["open", "missing", "negative"]).filter((why) => standing[why].value);
  const said = out.map((why) => [sentence(store, `not.${why}`, { n: number(store, standing[why]) })]);
  return element("span", "apart", ...dotted([[first], ...said]));
}
