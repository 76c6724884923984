// A row that moved under the pointer may not be acted on for a moment, and moves no more often than it must.
import { GUARD_MS } from "../../shell/guards.js";

const HIGH = 3.5; // rem of a row in two lines
const HEAD = 1.75; // rem of a heading

/** In how many lines all rows stand: two while all of them fit.
 * @param {number} before in how many they stood: back to two they go only with room for one more @param {number} rows
 * @param {number} heads @param {number} room rem */
export const linesOf = (before, rows, heads, room) => ((rows + 2 - before) * HIGH + heads * HEAD <= room ? 2 : 1);

export class Settle {
  /** @param {HTMLElement} root where the rows stand @param {() => void} changed it moves, or has settled */
  constructor(root, changed) {
    this.movedAt = -GUARD_MS;
    this.changed = changed;
    // A banner that comes or goes moves every row under the pointer.
    new ResizeObserver(() => this.moved()).observe(root);
  }

  moved() {
    this.movedAt = performance.now();
    this.changed();
    setTimeout(() => this.changed(), GUARD_MS + 20);
  }

  get moving() {
    return performance.now() - this.movedAt < GUARD_MS;
  }
}
