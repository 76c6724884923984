// A row that moved under the pointer may not be acted on for a moment.
const SETTLE_MS = 500;

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
