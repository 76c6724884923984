// A row that moved under the pointer may not be acted on for a moment, and moves no more often than it must.
const SETTLE_MS = 700;
const FEW = 5; // open alarms: from the sixth on, rows are low but for the chosen one
const CALM = 3; // ... until they are no more than so many: one that comes and goes changes the height of none

/** Whether rows are low with so many of them. @param {boolean} before whether they were @param {number} rows */
export const areLow = (before, rows) => rows > (before ? CALM : FEW);

export class Settle {
  /** @param {HTMLElement} root where the rows stand @param {() => void} changed it moves, or has settled */
  constructor(root, changed) {
    this.movedAt = -SETTLE_MS;
    this.changed = changed;
    // A banner that comes or goes moves every row under the pointer.
    new ResizeObserver(() => this.moved()).observe(root);
  }

  moved() {
    this.movedAt = performance.now();
    this.changed();
    setTimeout(() => this.changed(), SETTLE_MS + 20);
  }

  get moving() {
    return performance.now() - this.movedAt < SETTLE_MS;
  }
}
