// What is written on the ground: the names of zones and streets, house numbers. Not by the plot: it would paint all of
// its ground anew, streets and zones, for each name that yields to a mark.

/** @typedef {{text: string, x: number, y: number, angle?: number}} Written in Mercator metres; clockwise in radians */

/** Texts that keep their places under a view that moves, until others are written: as one picture, while it is as near.
 */
class Writing {
  constructor() {
    this.sheet = new Sheet(["numbers", "streets", "zones"]);
    this.sheet.root.classList.add("writing");
    /** @type {Record<string, Written[]>} */
    this.texts = { numbers: [], streets: [], zones: [] };
    /** @type {Written[][]} */
    this.drawn = [];
    /** Where its corner was when it was drawn, in pixels of an unbounded screen. */
    this.from = { left: 0, top: 0, perPx: 0 };
  }

  /** @param {View} view */
  draw(view) {
    const near = perPxOf(view);
    const moves = Math.abs(this.from.perPx / near - 1) < 1e-9;
    if (!moves) this.from = { left: view.x0 / near, top: -view.y1 / near, perPx: near };
    if (!moves || Object.values(this.texts).some((texts, n) => texts !== this.drawn[n])) this.write();
    const { left, top, perPx } = this.from;
    const moved = `translate(${left - view.x0 / perPx}px, ${top + view.y1 / perPx}px)`;
    if (this.sheet.root.style.transform !== moved) this.sheet.root.style.transform = moved;
  }

  write() {
    const { left, top, perPx } = this.from;
    for (const [layer, texts] of Object.entries(this.texts))
      for (const { text, x, y, angle = 0 } of texts) {
        const at = `translate(${px1(x / perPx - left)} ${px1(-y / perPx - top)})`;
        const transform = `${at} rotate(${px1((angle * 180) / Math.PI)})`;
        this.sheet.draw(layer, `${text} ${x} ${y}`, "text", { transform }, text);
      }
    this.sheet.end();
    this.drawn = Object.values(this.texts);
  }
}
