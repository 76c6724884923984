// Where things are: Mercator metres to pixels and degrees, lengths in words, rectangles on screen.

const EARTH_M = 6378137;
const TEXTS = 4096; // whose width is remembered: ages go on for ever

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

/** Metres over the ground between two Mercator positions (sphere: right to 0.5 %). @param {number} x0
 * @param {number} y0 @param {number} x1 @param {number} y1 */
function groundMetres(x0, y0, x1, y1) {
  const [a, b] = [latitude(y0), latitude(y1)];
  const h = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin((x1 - x0) / EARTH_M / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** As `length` in labels.py. @param {number} metres @param {string} decimal what stands before a decimal
 * @returns {string} */
function lengthText(metres, decimal) {
  if (metres < 1000) return `${Math.round(metres)} m`;
  return `${metres < 9950 ? (metres / 1000).toFixed(1).replace(".", decimal) : Math.round(metres / 1000)} km`;
}

/** An age as the queue's rows say it. @param {(key: string, facts: Record<string, number>) => string} word
 * @param {number} ms */
function ageText(word, ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  const [m, h] = [Math.floor(s / 60), Math.floor(s / 3600)];
  if (s < 60) return word("s", { n: s });
  if (!h) return word("min", { n: m });
  return h < 24 ? word("h_min", { h, m: m % 60 }) : word("days", { n: Math.floor(h / 24), h: h % 24 });
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

/** How wide a text is, in px. @param {string} font @returns {(text: string) => number} */
function measured(font) {
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  pen.font = font;
  /** @type {Map<string, number>} */
  const widths = new Map();
  return (text) => {
    const width = widths.get(text) ?? pen.measureText(text).width;
    if (widths.size > TEXTS) widths.clear();
    widths.set(text, width);
    return width;
  };
}
