// Streets on this side of the wire: the cells a view needs, their lines as the plot draws them, and names along them
// that give way.

const ROADS = 4; // the kinds up to it are roads: motorway, main, secondary, tertiary, street
const [RAIL, WATER, PATH] = [5, 6, 7];
const NAMED_PER_PX = 9; // Mercator metres; farther, only what is large has room for its name
const AROUND = 1.3; // cells are asked for so many times the view
const ASK_AGAIN_MS = 8000;
const KEPT_CELLS = 400;
const NAMES = 64;
const SAME_NAME_PX = 420;
const BLOCK_PX = 12;
const NAME_PX = 15;
const STREET_FONT = "15px Inter, 'Noto Sans', 'DejaVu Sans', system-ui, sans-serif";
/** Of each kind: how wide it is in Mercator metres, and how wide at least and at most on screen, in pixels.
 * @type {[number, number, number][]} */
const WIDTHS = [
  [26, 2.4, 16],
  [22, 2, 16],
  [20, 1.6, 14],
  [18, 1.4, 14],
  [15, 1, 13],
  [5, 1.2, 3],
  [10, 1, 8],
  [5, 0.8, 5],
];

/** @typedef {{number: number, above: number, below: number, cell: number, step: number}} Scale */
/** @typedef {{kind: number, name: string, xs: number[], ys: number[]}} Run */
/** @typedef {{scale: number, runs: Run[], numbers?: Written[]}} StreetCell */

/** The cells that a box needs at so many metres a pixel, the middle one first. @param {Scale[]} scales
 * @param {View} view @param {number} perPx @returns {[number, number, number][]} scale, x, y */
function cellsIn(scales, view, perPx) {
  /** @type {[number, number, number][]} */
  const cells = [];
  for (const { number, above, below, cell } of scales) {
    if (perPx < above || perPx >= below) continue;
    const [x0, x1] = [Math.floor(view.x0 / cell), Math.floor(view.x1 / cell)];
    const [y0, y1] = [Math.floor(view.y0 / cell), Math.floor(view.y1 / cell)];
    for (let x = x0; x <= x1; x += 1) for (let y = y0; y <= y1; y += 1) cells.push([number, x, y]);
  }
  const [mx, my] = [(view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2];
  const size = new Map(scales.map((scale) => [scale.number, scale.cell]));
  const away = (/** @type {[number, number, number]} */ [scale, x, y]) =>
    Math.hypot((x + 0.5) * (size.get(scale) ?? 1) - mx, (y + 0.5) * (size.get(scale) ?? 1) - my);
  return cells.sort((a, b) => away(a) - away(b)).slice(0, 160);
}

/** A cell's lines in Mercator metres. @param {{names: string[], lines: number[][]}} set @param {Scale} scale
 * @param {number} cx @param {number} cy @returns {Run[]} */
function runsOf(set, scale, cx, cy) {
  return set.lines.map(([kind, name, x, y, ...moves]) => {
    const [xs, ys] = [[x], [y]];
    for (let i = 0; i + 1 < moves.length; i += 2) {
      xs.push(xs[xs.length - 1] + moves[i]);
      ys.push(ys[ys.length - 1] + moves[i + 1]);
    }
    const metres = (/** @type {number[]} */ steps, /** @type {number} */ from) =>
      steps.map((n) => from + n * scale.step);
    return { kind, name: set.names[name] ?? "", xs: metres(xs, cx * scale.cell), ys: metres(ys, cy * scale.cell) };
  });
}

/** The part of the screen that is written on, in blocks of 12 px. */
class Blocks {
  constructor() {
    /** @type {Set<number>} */
    this.taken = new Set();
  }

  /** @param {number} x @param {number} y */
  at(x, y) {
    return Math.floor(x / BLOCK_PX) * 4096 + Math.floor(y / BLOCK_PX);
  }

  /** @param {Box} box */
  fill({ left, top, right, bottom }) {
    for (let x = Math.max(left, -BLOCK_PX); x < Math.min(right, 8000) + BLOCK_PX; x += BLOCK_PX)
      for (let y = Math.max(top, -BLOCK_PX); y < Math.min(bottom, 8000) + BLOCK_PX; y += BLOCK_PX)
        this.taken.add(this.at(Math.min(x, right), Math.min(y, bottom)));
  }

  /** The blocks under a text of some width about a point, along an angle (y downwards). @param {number} x
   * @param {number} y @param {number} width @param {number} angle */
  under(x, y, width, angle) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    /** @type {Set<number>} */
    const blocks = new Set();
    for (let along = -width / 2 - 6; along <= width / 2 + 6; along += BLOCK_PX / 2)
      for (const up of [-NAME_PX / 2, 0, NAME_PX / 2])
        blocks.add(this.at(x + along * cos - up * sin, y + along * sin + up * cos));
    return blocks;
  }

  /** Takes the blocks if all are free. @param {Set<number>} blocks */
  take(blocks) {
    for (const block of blocks) if (this.taken.has(block)) return false;
    for (const block of blocks) this.taken.add(block);
    return true;
  }
}

/** Where a text so wide may stand along a line: points of the line about which it runs straight for the text's length.
 * @param {number[]} xs @param {number[]} ys pixels @param {number} width
 * @returns {{x: number, y: number, angle: number}[]} the middle first */
function spots(xs, ys, width) {
  const lengths = [0];
  for (let i = 1; i < xs.length; i += 1)
    lengths.push(lengths[i - 1] + Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]));
  const whole = lengths[lengths.length - 1];
  if (whole < width) return [];
  let at = 1;
  const point = (/** @type {number} */ along) => {
    while (at > 1 && lengths[at - 1] > along) at -= 1;
    while (at < xs.length - 1 && lengths[at] < along) at += 1;
    const share = (along - lengths[at - 1]) / (lengths[at] - lengths[at - 1] || 1);
    return [xs[at - 1] + share * (xs[at] - xs[at - 1]), ys[at - 1] + share * (ys[at] - ys[at - 1])];
  };
  const found = [];
  const step = Math.max(width / 3, (whole - width) / 40, 24);
  for (let off = 0; off <= (whole - width) / 2; off = off > 0 ? -off : step - off) {
    const middle = whole / 2 + off;
    const [ax, ay] = point(middle - width / 2);
    const [bx, by] = point(middle + width / 2);
    const [mx, my] = point(middle);
    if (Math.hypot(bx - ax, by - ay) < 0.96 * width) continue;
    if (Math.hypot((ax + bx) / 2 - mx, (ay + by) / 2 - my) > 5) continue;
    const angle = Math.atan2(by - ay, bx - ax);
    const upright = angle > Math.PI / 2 ? angle - Math.PI : angle <= -Math.PI / 2 ? angle + Math.PI : angle;
    found.push({ x: (ax + bx) / 2, y: (ay + by) / 2, angle: upright });
  }
  return found;
}

/** Draws what this page derives from the cells it was sent: nothing of it is sent back but which cells it wants. */
class StreetMap {
  /** @param {Foreign} plot @param {Foreign} model @param {Writing} writing @param {() => void} again */
  constructor(plot, model, writing, again) {
    this.plot = plot;
    this.texts = writing.texts;
    this.model = model;
    this.again = again;
    /** @type {Map<string, StreetCell>} */
    this.cells = new Map();
    /** @type {Map<string, number>} */
    this.asked = new Map();
    this.drawn = "";
    /** @type {Run[]} */
    this.runs = [];
    this.named = "";
    this.perPx = 0;
    /** Whether anything is drawn, and whether it is known that near by there is nothing to draw. */
    this.shown = false;
    this.bare = false;
    this.width = measured(STREET_FONT);
    this.numbers = new HouseNumbers(this);
  }

  /** What draws them; none until the server has opened them. @returns {Foreign} */
  get lines() {
    return this.plot.renderers.find((/** @type {Foreign} */ r) => r.name === "streets");
  }

  /** What the server told of its streets; none before it did. @returns {Scale[]} */
  get scales() {
    return this.model.streets.scales ?? [];
  }

  /** A cell came. @param {string} text */
  take(text) {
    try {
      const { cell, lines, numbers } = JSON.parse(text);
      const [number, x, y] = cell;
      const of = this.numbers.scale;
      const scale = this.scales.find((one) => one.number === number);
      const key = cell.join("/");
      if (of && of.number === number)
        this.cells.set(key, { scale: number, runs: [], numbers: numbersOf(numbers, of, x, y) });
      else if (scale) this.cells.set(key, { scale: number, runs: lines ? runsOf(lines, scale, x, y) : [] });
    } catch {
      return; // a damaged cell: the map goes on without it
    }
    this.again();
  }

  /** @param {View} view @param {boolean} shown */
  choose(view, shown) {
    const { lines } = this;
    if (!lines) return;
    show(lines, shown);
    this.bare = this.shown = false;
    this.numbers.cells = [];
    if (!shown) {
      this.blank();
      this.numbers.blank();
      return;
    }
    const perPx = (view.x1 - view.x0) / view.width;
    const wanted = cellsIn(this.scales, widened(view, AROUND), perPx);
    this.ask([...wanted, ...this.numbers.look(view, perPx)]);
    const there = wanted.filter((cell) => this.cells.has(cell.join("/")));
    const inView = cellsIn(this.scales, view, perPx);
    const whole = inView.every((cell) => this.cells.has(cell.join("/")));
    // While a new scale's cells are on their way the old one's stay: no flash of empty land.
    const scales = [...new Set(wanted.map(([scale]) => scale))].join();
    this.shown = this.runs.length > 0;
    if (!whole && this.drawn && !this.drawn.startsWith(`${scales}|`)) return;
    const band = Math.round(Math.log2(perPx) * 4);
    const key = `${scales}|${band}|${there.join(";")}|${this.model.colours.land}`;
    if (key !== this.drawn) this.draw(key, there, perPx);
    this.shown = this.runs.length > 0;
    if (!this.shown) this.blank();
    const seen = inView.flatMap((cell) => this.cells.get(cell.join("/"))?.runs ?? []);
    this.bare =
      !!this.model.streets.scales && whole && perPx < 16 && !seen.some(({ kind }) => kind <= ROADS || kind === PATH);
  }

  /** @param {[number, number, number][]} wanted */
  ask(wanted) {
    const now = performance.now();
    const cells = wanted.filter((cell) => {
      const key = cell.join("/");
      return !this.cells.has(key) && now - (this.asked.get(key) ?? -ASK_AGAIN_MS) >= ASK_AGAIN_MS;
    });
    if (!cells.length) return;
    for (const cell of cells) this.asked.set(cell.join("/"), now);
    this.model.send_msg({ type: "streets", cells });
    for (const key of this.cells.keys()) {
      if (this.cells.size <= KEPT_CELLS) break;
      if (!wanted.some((cell) => cell.join("/") === key)) this.forget(key);
    }
  }

  /** @param {string} key */
  forget(key) {
    this.cells.delete(key);
    this.asked.delete(key);
  }

  /** One row a cell and kind: one path each, whatever the number of streets. @param {string} key
   *  @param {[number, number, number][]} cells @param {number} perPx */
  draw(key, cells, perPx) {
    this.drawn = key;
    this.runs = [];
    /** @type {Map<number, {xs: number[][], ys: number[][]}>} */
    const rows = new Map();
    for (const cell of cells) {
      const { runs } = /** @type {StreetCell} */ (this.cells.get(cell.join("/")));
      this.runs.push(...runs);
      for (const kind of new Set(runs.map((run) => run.kind))) {
        /** @type {[number[], number[]]} */
        const [xs, ys] = [[], []];
        for (const run of runs) {
          if (run.kind !== kind) continue;
          for (let i = 0; i < run.xs.length; i += 1) {
            xs.push(run.xs[i]);
            ys.push(run.ys[i]);
          }
          xs.push(NaN);
          ys.push(NaN);
        }
        const row = rows.get(kind) ?? { xs: [], ys: [] };
        row.xs.push(xs);
        row.ys.push(ys);
        rows.set(kind, row);
      }
    }
    /** @type {{xs: number[][], ys: number[][], colour: string[], width: number[]}} */
    const data = { xs: [], ys: [], colour: [], width: [] };
    const order = [WATER, PATH, 4, 3, 2, 1, 0, RAIL];
    for (const kind of order) {
      for (const [i, xs] of (rows.get(kind)?.xs ?? []).entries()) {
        data.xs.push(xs);
        data.ys.push(/** @type {{ys: number[][]}} */ (rows.get(kind)).ys[i]);
        data.colour.push(this.colour(kind));
        data.width.push(widthPx(kind, perPx));
      }
    }
    this.lines.data_source.setv({ data }, { sync: false });
  }

  /** @param {number} kind */
  colour(kind) {
    const { road, street, rail, water } = this.model.colours;
    return kind === RAIL ? rail : kind === WATER ? water : kind < 3 ? road : street;
  }

  /** Names along the streets, where nothing else stands: larger roads first, then what is longest; what stands goes on
   * standing. @param {View} view @param {Box[]} taken */
  name(view, taken) {
    const blocked = taken.map((box) => Math.round((box.left + box.top) / BLOCK_PX));
    const key = `${this.drawn}|${Object.values(view).map(Math.round)}|${blocked}`;
    if (key === this.named) return;
    this.named = key;
    const perPx = (view.x1 - view.x0) / view.width;
    const blocks = new Blocks();
    taken.forEach((box) => blocks.fill(box));
    /** @type {Written[]} */
    const placed = [];
    /** @type {Map<string, [number, number][]>} */
    const where = new Map();
    const put = (
      /** @type {string} */ name,
      /** @type {number} */ x,
      /** @type {number} */ y,
      /** @type {number} */ angle,
    ) => {
      if (placed.length >= NAMES || !this.within(view, x, y, this.width(name), angle)) return false;
      const others = where.get(name) ?? [];
      if (others.some(([ox, oy]) => Math.hypot(x - ox, y - oy) < SAME_NAME_PX)) return false;
      if (!blocks.take(blocks.under(x, y, this.width(name), angle))) return false;
      where.set(name, [...others, [x, y]]);
      placed.push({ text: name, x: view.x0 + x * perPx, y: view.y1 - y * perPx, angle });
      return true;
    };
    if (this.perPx === perPx)
      for (const { text, x, y, angle = 0 } of this.texts.streets) put(text, ...toScreen(view, x, y), angle);
    this.perPx = perPx;
    for (const run of this.candidates(view, perPx)) {
      if (placed.length >= NAMES) break;
      const [xs, ys] = [run.xs.map((x) => (x - view.x0) / perPx), run.ys.map((y) => (view.y1 - y) / perPx)];
      // Brussels writes both names of a street: where both have no room, the first has.
      const texts = run.name.includes(" - ") ? [run.name, run.name.split(" - ")[0]] : [run.name];
      texts.some((text) => spots(xs, ys, this.width(text)).some(({ x, y, angle }) => put(text, x, y, angle)));
    }
    this.texts.streets = placed;
  }

  /** No street is named any more. */
  blank() {
    if (this.texts.streets.length) this.texts.streets = [];
    this.named = "";
  }

  /** @param {View} view @param {number} perPx */
  candidates(view, perPx) {
    const long = (/** @type {Run} */ run) =>
      Math.abs(run.xs[0] - (run.xs.at(-1) ?? 0)) + Math.abs(run.ys[0] - (run.ys.at(-1) ?? 0));
    return this.runs
      .filter(({ name, kind, xs, ys }) => {
        if (!name || (perPx > NAMED_PER_PX && kind > 2)) return false;
        const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        return (
          x1 > view.x0 && x0 < view.x1 && y1 > view.y0 && y0 < view.y1 && Math.hypot(x1 - x0, y1 - y0) / perPx > 40
        );
      })
      .sort((a, b) => Math.min(a.kind, ROADS) - Math.min(b.kind, ROADS) || long(b) - long(a))
      .slice(0, 400);
  }

  /** Whether all of a text is on the screen: half a name may be another's. @param {View} view @param {number} x
   * @param {number} y @param {number} width @param {number} angle */
  within(view, x, y, width, angle) {
    const [dx, dy] = [(Math.abs(Math.cos(angle)) * width) / 2 + 8, (Math.abs(Math.sin(angle)) * width) / 2 + 8];
    return x > dx && y > dy && x < view.width - dx && y < view.height - dy;
  }
}

/** @param {number} kind @param {number} perPx */
function widthPx(kind, perPx) {
  const [metres, least, most] = WIDTHS[kind] ?? WIDTHS[ROADS];
  return Math.min(most, Math.max(least, metres / perPx));
}

/** @param {View} view @param {number} times @returns {View} */
function widened(view, times) {
  const [dx, dy] = [((times - 1) / 2) * (view.x1 - view.x0), ((times - 1) / 2) * (view.y1 - view.y0)];
  return { ...view, x0: view.x0 - dx, x1: view.x1 + dx, y0: view.y0 - dy, y1: view.y1 + dy };
}
