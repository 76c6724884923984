// House numbers when very near: quieter than the names of streets, and only where nothing else stands.

const NUMBERS = 400; // on the screen
const NUMBER_FONT = "13px Inter, 'Noto Sans', 'DejaVu Sans', system-ui, sans-serif";

/** @typedef {{text: string, x: number, y: number}} HouseNumber */

/** A cell's numbers in Mercator metres. @param {{texts: string[], at: number[]} | null} found @param {Scale} scale
 * @param {number} cx @param {number} cy @returns {HouseNumber[]} */
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
    /** @type {HouseNumber[]} */
    this.written = [];
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
    if (!this.near) this.write([]);
    return this.cells;
  }

  /** Where nothing stands yet; what stands goes on standing. @param {View} view @param {Box[]} taken
   * @param {StreetName[]} names */
  place(view, taken, names) {
    const { near, streets } = this;
    if (!near || !streets.renderer("house_numbers")) return;
    const there = this.cells.flatMap((cell) => streets.cells.get(cell.join("/")) ?? []);
    const edges = taken.map((box) => Math.round((box.left + box.top) / BLOCK_PX));
    const key = JSON.stringify([view, there.length, edges, names]);
    if (key === this.placed) return;
    this.placed = key;
    const perPx = (view.x1 - view.x0) / view.width;
    const blocks = new Blocks();
    taken.forEach((box) => blocks.fill(box));
    for (const { name, x, y, angle } of names)
      blocks.take(blocks.under(...toScreen(view, x, y), streets.width(name), -angle));
    const before = this.perPx === perPx ? this.written : [];
    this.perPx = perPx;
    /** @type {HouseNumber[]} */
    const written = [];
    for (const one of [...before, ...there.flatMap(({ numbers = [] }) => numbers)]) {
      if (written.length >= NUMBERS) break;
      const [x, y] = toScreen(view, one.x, one.y);
      const width = this.width(one.text);
      if (streets.within(view, x, y, width, 0) && blocks.take(blocks.under(x, y, width, 0))) written.push(one);
    }
    this.write(written);
  }

  /** @param {HouseNumber[]} numbers */
  write(numbers) {
    if (!numbers.length) this.placed = "";
    if (!numbers.length && !this.written.length) return;
    this.written = numbers;
    const data = {
      x: numbers.map(({ x }) => x),
      y: numbers.map(({ y }) => y),
      text: numbers.map(({ text }) => text),
      angle: numbers.map(() => 0),
    };
    this.streets.renderer("house_numbers").data_source.setv({ data }, { sync: false });
  }
}
