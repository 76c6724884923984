// Where things are: Mercator metres to pixels and degrees, lengths in words, rectangles on screen.

const EARTH_M = 6378137;

/** @typedef {{x0: number, x1: number, y0: number, y1: number, width: number, height: number}} View */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** @param {View} view @param {number} x @param {number} y @returns {[number, number]} pixels from the top left */
function toScreen(view, x, y) {
  return [((x - view.x0) / (view.x1 - view.x0)) * view.width, ((view.y1 - y) / (view.y1 - view.y0)) * view.height];
}

/** @param {number} y @returns {number} latitude in radians */
function latitude(y) {
  return Math.atan(Math.sinh(y / EARTH_M));
}

/** Metres over the ground between two Mercator positions (sphere: right to 0.5 %). @param {number} x0 @param {number} y0 @param {number} x1
 *  @param {number} y1 */
function groundMetres(x0, y0, x1, y1) {
  const [a, b] = [latitude(y0), latitude(y1)];
  const h = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin((x1 - x0) / EARTH_M / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** As `length` in labels.py. @param {number} metres @param {string} decimal what stands before a decimal @returns {string} */
function lengthText(metres, decimal) {
  if (metres < 1000) return `${Math.round(metres)} m`;
  return `${metres < 9950 ? (metres / 1000).toFixed(1).replace(".", decimal) : Math.round(metres / 1000)} km`;
}

/** An age as the queue's rows say it, and `span` in labels.py. @param {Record<string, string>} words @param {number} ms */
function ageText(words, ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  const [m, h] = [Math.floor(s / 60), Math.floor(s / 3600)];
  const fill = (/** @type {string} */ key, /** @type {Record<string, number>} */ facts) =>
    words[key].replace(/\{(\w+)\}/g, (_, name) => String(facts[name]));
  if (s < 60) return fill("s", { n: s });
  if (!h) return fill("min", { n: m });
  return h < 24 ? fill("h_min", { h, m: m % 60 }) : fill("days", { n: Math.floor(h / 24), h: h % 24 });
}

/** The labels that say another age now, each with its row. The age is what a label ends with.
 *  @param {{at: ArrayLike<number>, label: string[]}} alarms a column each @param {Record<string, string>} words @param {number} now
 *  @returns {[number, string][]} */
function aged({ at, label }, words, now) {
  /** @type {[number, string][]} */
  const other = [];
  for (const [row, text] of label.entries()) {
    const end = text.lastIndexOf(" · ");
    if (end < 0 || !text.includes("\n") || !Number.isFinite(at[row])) continue;
    const right = `${text.slice(0, end)} · ${ageText(words, now - at[row])}`;
    if (right !== text) other.push([row, right]);
  }
  return other;
}

/** @param {Box} a @param {Box} b */
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The largest 1, 2 or 5 times a power of ten of metres that fits. @param {number} metres */
function roundLength(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return ([5, 2].find((n) => n * power <= metres) ?? 1) * power;
}
