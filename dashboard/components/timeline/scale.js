// Moments along a line: the first seconds are wide, the later ones narrow, for what matters most happens first.

const WIDE_MS = 10_000; // as far from the beginning as this, a second takes half the room it takes there
const TICKS_S = [0, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400];
const APART_PX = 52; // so that the figures do not touch
const HELD = 0.3; // of the line, for the time in which nothing was known here, however long it was

export class Scale {
  /** @param {number} start @param {number} end ms since 1970
   * @param {number} [arrived] when what happened at `start` reached us, held up on the way */
  constructor(start, end, arrived = start) {
    this.start = start;
    this.arrived = arrived;
    this.end = Math.max(end, arrived + 1000);
    this.held = arrived > start ? HELD : 0;
    this.whole = Math.log1p((this.end - arrived) / WIDE_MS);
  }

  /** @param {number} at */
  clamp(at) {
    return Math.min(this.end, Math.max(this.start, at));
  }

  /** Where a moment lies, 0 to 1; what is outside lies at the nearer end. @param {number} at */
  share(at) {
    const when = this.clamp(at);
    if (when < this.arrived) return (this.held * (when - this.start)) / (this.arrived - this.start);
    return this.held + ((1 - this.held) * Math.log1p((when - this.arrived) / WIDE_MS)) / this.whole;
  }

  /** The moment at a share. @param {number} share */
  at(share) {
    const part = Math.min(1, Math.max(0, share));
    if (part < this.held) return this.start + (part / this.held) * (this.arrived - this.start);
    return this.clamp(this.arrived + Math.expm1(((part - this.held) / (1 - this.held)) * this.whole) * WIDE_MS);
  }

  /** Seconds after `zero`, the press, that have room for a figure. @param {number} width px of the line
   * @returns {number[]} */
  ticks(width, zero = this.start) {
    const late = Math.round((this.arrived - zero) / 1000);
    const wanted = this.held ? [0, ...TICKS_S.map((s) => rounded(late, s))] : TICKS_S;
    const found = [];
    let last = -Infinity;
    for (const s of wanted) {
      const at = zero + s * 1000;
      if (at > this.end) break;
      if (at < this.start) continue;
      const share = this.share(at);
      // The first figure begins where its moment lies, the others stand about theirs.
      if ((share - last) * width < APART_PX * (found.length === 1 ? 1.25 : 1)) continue;
      found.push(s);
      last = share;
    }
    return found;
  }
}

/** So long after it arrived, at a round figure. @param {number} late s @param {number} s */
function rounded(late, s) {
  const step = s >= 600 ? 300 : s >= 60 ? 60 : 10;
  return s ? Math.ceil((late + s) / step) * step : late;
}
