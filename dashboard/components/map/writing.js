// What is written on the ground: the names of zones and streets, house numbers. Not by the plot: it would paint all of its
// ground anew, streets and zones, for each name that yields to a mark.

/** @typedef {{text: string, x: number, y: number, angle?: number}} Written in Mercator metres; clockwise in radians */

/** Texts that keep their places under a view that moves, until others are written. */
class Writing {
  constructor() {
    this.sheet = new Sheet(["numbers", "streets", "zones"]);
    /** @type {Record<string, Written[]>} */
    this.texts = { numbers: [], streets: [], zones: [] };
  }

  /** @param {View} view */
  draw(view) {
    for (const [layer, texts] of Object.entries(this.texts))
      for (const { text, x, y, angle = 0 } of texts) {
        const [px, py] = toScreen(view, x, y);
        const transform = `translate(${px1(px)} ${px1(py)}) rotate(${px1((angle * 180) / Math.PI)})`;
        this.sheet.draw(layer, `${text} ${x} ${y}`, "text", { transform }, text);
      }
    this.sheet.end();
  }
}
