// House numbers when very near: quieter than the names of streets, and only where nothing else stands.

const NUMBERS = 400; // on the screen
const NUMBER_FONT = "13px Inter, 'Noto Sans', 'DejaVu Sans', system-ui, sans-serif";

/** A cell's numbers in Mercator metres. @param {{texts: string[], at: number[]} | null} found @param {Scale} scale
 * @param {number} cx @param {number} cy @returns {Written[]} */
function numbersOf(found, { cell, step }, cx, cy) {
  if (!found) return [];
  const { texts, at } = found;
  return texts.map((text, i) => ({ text, x: cx * cell + at[2 * i] * step, y: cy * cell + at[2 * i + 1] * step }));
}

class HouseNumbers {
  /** @param {StreetMap} streets keeps the cells, and asks for them */
  constructor(streets) {
    this.streets = streets;
    /** @type {[number, number, number][]} the cells that the view needs; none while it is too far away */
    this.cells = [];
    this.placed = "";
    this.perPx = 0;
    this.width = measured(NUMBER_FONT);
  }

  /** How the server has them; nothing where it has none. @returns {Scale | undefined} */
  get scale() {
    return this.streets.model.streets.numbers;
  }

  get near() {
    return this.cells.length > 0;
  }

  /** The cells that a view needs. @param {View} view @param {number} perPx */
  look(view, perPx) {
    this.cells = this.scale ? cellsIn([this.scale], view, perPx) : [];
    if (!this.near) this.blank();
    return this.cells;
  }

  /** Where nothing stands yet; what stands goes on standing. @param {View} view @param {Box[]} taken */
  place(view, taken) {
    const { near, streets } = this;
    if (!near) return;
    const { streets: names, numbers } = streets.texts;
    const there = this.cells.flatMap((cell) => streets.cells.get(cell.join("/")) ?? []);
    const edges = taken.map((box) => Math.round((box.left + box.top) / BLOCK_PX));
    const key = JSON.stringify([view, there.length, edges, names]);
    if (key === this.placed) return;
    this.placed = key;
    const perPx = (view.x1 - view.x0) / view.width;
    const blocks = new Blocks();
    taken.forEach((box) => blocks.fill(box));
    for (const { text, x, y, angle = 0 } of names)
      blocks.take(blocks.under(...toScreen(view, x, y), streets.width(text), angle));
    const before = this.perPx === perPx ? numbers : [];
    this.perPx = perPx;
    /** @type {Written[]} */
    const written = [];
    for (const one of [...before, ...there.flatMap((cell) => cell.numbers ?? [])]) {
      if (written.length >= NUMBERS) break;
      const [x, y] = toScreen(view, one.x, one.y);
      const width = this.width(one.text);
      if (streets.within(view, x, y, width, 0) && blocks.take(blocks.under(x, y, width, 0))) written.push(one);
    }
    streets.texts.numbers = written;
  }

  /** No house is numbered any more. */
  blank() {
    const { texts } = this.streets;
    if (texts.numbers.length) texts.numbers = [];
    this.placed = "";
  }
}
