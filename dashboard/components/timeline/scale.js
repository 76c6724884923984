// Moments along a line: the first seconds are wide, the later ones narrow, for what matters most happens first.

const WIDE_MS = 10_000; // as far from the beginning as this, a second takes half the room it takes there
const TICKS_S = [0, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400];
const APART_PX = 52; // so that the figures do not touch

export class Scale {
  /** @param {number} start @param {number} end ms since 1970 */
  constructor(start, end) {
    this.start = start;
    this.end = Math.max(end, start + 1000);
    this.whole = Math.log1p((this.end - start) / WIDE_MS);
  }

  /** @param {number} at */
  clamp(at) {
    return Math.min(this.end, Math.max(this.start, at));
  }

  /** Where a moment lies, 0 to 1; what is outside lies at the nearer end. @param {number} at */
  share(at) {
    return Math.log1p((this.clamp(at) - this.start) / WIDE_MS) / this.whole;
  }

  /** The moment at a share. @param {number} share */
  at(share) {
    const part = Math.min(1, Math.max(0, share));
    return this.clamp(this.start + Math.expm1(part * this.whole) * WIDE_MS);
  }

  /** Seconds after the start that have room for a figure. @param {number} width px of the line @returns {number[]} */
  ticks(width) {
    const found = [];
    let last = -Infinity;
    for (const s of TICKS_S) {
      const at = this.start + s * 1000;
      if (at > this.end) break;
      const share = this.share(at);
      // The first figure begins where its moment lies, the others stand about theirs.
      if ((share - last) * width < APART_PX * (found.length === 1 ? 1.5 : 1)) continue;
      found.push(s);
      last = share;
    }
    return found;
  }
}
