// How a figure is written: durations, limits, shares, each rounded once, half away from zero.
// `reports/locale_formats.py` writes the same texts.

const NONE = "–";
const FIRM = "\u00a0"; // a figure and its unit are never broken over two lines

let decimal = "."; // what stands before one, in the language of the page

/** Write decimals from now on as a language does. @param {string} sign */
export function writeDecimals(sign) {
  decimal = sign;
}

/** With one decimal: 6.3; −0.4. @param {number} value */
export function tenths(value) {
  const whole = Math.floor(Math.abs(value) * 10 + 0.5);
  return `${value < 0 && whole ? "−" : ""}${Math.floor(whole / 10)}${decimal}${whole % 10}`;
}

/** A duration: 6.3 s under a minute, 8:41, 1:02:05; – for none. @param {number | null | undefined} seconds */
export function lasted(seconds) {
  if (seconds == null) return NONE;
  const took = Math.abs(seconds);
  if (Math.floor(took * 10 + 0.5) < 600) return `${tenths(seconds)}${FIRM}s`;
  const whole = Math.floor(took + 0.5);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const text = hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  return seconds < 0 ? `−${text}` : text;
}

/** A limit, without an empty decimal: 10 s, 7.5 s, 8:59. @param {number} seconds */
export function limit(seconds) {
  return bare(lasted(seconds));
}

/** A figure with its unit, without an empty decimal: 90 % for 90.0 %. @param {string} figure */
export function bare(figure) {
  return figure.replace(`${decimal}0${FIRM}`, FIRM);
}

/** A share of 0 to 1: 82.6 %; – for none. @param {number | null | undefined} share */
export function percent(share) {
  return share == null ? NONE : `${tenths(share * 100)}${FIRM}%`;
}
