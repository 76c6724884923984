// Where marks and what is written beside them stand, so that none hides another. Positions are pixels of an unbounded
// screen (Mercator metres over metres a pixel, y downwards): panning changes nothing.

const MARK_PX = 26; // across; nearer marks are moved apart
const GATHER_PX = 34; // three or more so near to one are counted in it
const GATHERED_FROM_M = 30; // Mercator metres a pixel; nearer, alarms at one place stand apart, each to be picked
const LINE_PX = 21;
const ROW_PX = 60; // two lines of text on their plate, and a cell
const CELL_PX = 12;
const ALARM_AWAY_PX = 30; // clear of the ring of a selected alarm
const UNIT_AWAY_PX = 15;
const SURE_AWAY_PX = 5;
/** @typedef {"right" | "left" | "below" | "above"} Side @typedef {{id: string, x: number, y: number}} Spot */
/** @type {Side[]} */
const SIDES = ["right", "left", "below", "above"];

/** Which spots, graver ones first, stand for those about them: the ids of these. Two can stand side by side.
 * @param {Spot[]} spots @returns {Map<string, string[]>} */
function gather(spots) {
  /** @type {[Spot, string[]][]} */
  const heads = [];
  for (const spot of spots) {
    const head = heads.find(([one]) => Math.hypot(one.x - spot.x, one.y - spot.y) < GATHER_PX);
    if (head) head[1].push(spot.id);
    else heads.push([spot, []]);
  }
  return new Map(heads.filter(([, about]) => about.length > 1).map(([{ id }, about]) => [id, about]));
}

/** Where to draw each mark so that all can be seen and picked: marks that would overlap stand in two columns about
 * their common centre, 60 px apart, in the order given. @param {Spot[]} spots
 * @returns {Map<string, [number, number]>} the offset of each in pixels */
function apart(spots) {
  /** @type {Spot[][]} */
  const groups = [];
  for (const spot of spots) {
    const group = groups.find(([first]) => Math.hypot(first.x - spot.x, first.y - spot.y) < MARK_PX);
    if (group) group.push(spot);
    else groups.push([spot]);
  }
  /** @type {Map<string, [number, number]>} */
  const offsets = new Map();
  for (const group of groups) {
    const mean = (/** @type {"x" | "y"} */ axis) => group.reduce((sum, spot) => sum + spot[axis], 0) / group.length;
    const [cx, cy, rows] = [mean("x"), mean("y"), Math.ceil(group.length / 2)];
    group.forEach(({ id, x, y }, i) => {
      const side = i % 2 ? -1 : 1;
      const [dx, dy] = [side * MARK_PX * 0.7, (Math.floor(i / 2) - (rows - 1) / 2) * ROW_PX];
      offsets.set(id, group.length === 1 ? [0, 0] : [cx + dx - x, cy + dy - y]);
    });
  }
  return offsets;
}

/** The box of a text on a side of a spot. @param {number} x @param {number} y @param {string} text @param {Side} side
 * @param {number} away @param {(text: string) => number} width @returns {Box} */
function boxBeside(x, y, text, side, away, width) {
  const lines = text.split("\n");
  const [w, h] = [Math.max(...lines.map(width)) + 10, lines.length * LINE_PX + 6];
  const [left, top] = {
    right: [x + away, y - h / 2],
    left: [x - away - w, y - h / 2],
    below: [x - w / 2, y + away],
    above: [x - w / 2, y - away - h],
  }[side];
  return { left, top, right: left + w, bottom: top + h };
}

/** Which part of the screen is written on: the cells of 12 px that are taken. */
class Paper {
  /** @param {Box} screen @param {(text: string) => number} width */
  constructor(screen, width) {
    this.screen = screen;
    this.width = width;
    /** @type {Set<number>} */
    this.taken = new Set();
  }

  /** A mark stands here. @param {number} x @param {number} y */
  mark(x, y) {
    const half = MARK_PX / 2;
    this.take({ left: x - half, right: x + half, top: y - half, bottom: y + half });
  }

  /** @param {Box} box */
  take(box) {
    for (const cell of this.cells(box)) this.taken.add(cell);
  }

  /** On the first side of the spot with room for the text, which is then taken. Where the screen's edge would cut it
   * off there is none: half a name may be another's. @param {number} x @param {number} y @param {string} text
   * @param {number} away @param {Side[]} [sides] @returns {Box | null} */
  write(x, y, text, away, sides = SIDES) {
    const { screen } = this;
    for (const side of sides) {
      const box = boxBeside(x, y, text, side, away, this.width);
      if (box.left < screen.left || box.right > screen.right || box.top < screen.top || box.bottom > screen.bottom)
        continue;
      if (this.cells(box).some((cell) => this.taken.has(cell))) continue;
      this.take(box);
      return box;
    }
    return null;
  }

  /** @param {Box} box */
  cells({ left, right, top, bottom }) {
    const cells = [];
    for (let column = Math.floor(left / CELL_PX); column <= Math.floor(right / CELL_PX); column++)
      for (let row = Math.floor(top / CELL_PX); row <= Math.floor(bottom / CELL_PX); row++)
        cells.push(column * 2 ** 26 + row);
    return cells;
  }
}

/** @typedef {Spot & {mark: Mark, name: string, label: string}} Alarm
 *  @typedef {Alarm & {dx: number, dy: number, text: string, at: Box | null}} Laid with where its text stands */

/** Alarms placed in a view: their marks moved apart or gathered, texts where they hide nothing. What is graver stands
 * first: it keeps its mark, and its text before another's. What nobody has is counted in nothing but a mark of its own
 * kind; `first`, which is looked at, neither counts nor is counted. @param {Alarm[]} alarms @param {number} perPx
 * @param {Paper} paper @param {string} first */
function layOut(alarms, perPx, paper, first) {
  const { screen } = paper;
  const inside = (/** @type {Spot} */ { x, y }) =>
    x >= screen.left && x <= screen.right && y >= screen.top && y <= screen.bottom;
  const rank = (/** @type {Alarm} */ { id, mark }) =>
    (id === first ? 0 : 4) + (mark.unowned ? 0 : 2) + (mark.calls ? 0 : 1);
  const ranked = [...alarms].sort((a, b) => rank(a) - rank(b));
  const gathered =
    perPx > GATHERED_FROM_M ? gather(ranked.filter((one) => one.id !== first && inside(one))) : new Map();
  const others = new Set([...gathered.values()].flat());
  const alone = ranked.filter(({ id }) => !others.has(id));
  const offsets = apart(alone);
  /** @type {Laid[]} */
  const laid = alone.map((one) => {
    const [dx, dy] = offsets.get(one.id) ?? [0, 0];
    paper.mark(one.x + dx, one.y + dy);
    return { ...one, dx, dy, text: "", at: null };
  });
  // How many are counted in a mark must stand; a name may yield.
  for (const one of [...laid].sort((a, b) => Number(gathered.has(b.id)) - Number(gathered.has(a.id)))) {
    const more = gathered.get(one.id)?.length ?? 0;
    const texts = more ? [`${one.name} +${more}`, `+${more}`] : [one.label, one.name];
    // A mark that stands in a column has its text on the outer side: the inner one is its neighbour's.
    /** @type {Side[]} */
    const sides = !one.dx && !one.dy ? SIDES : [one.dx < 0 ? "left" : "right"];
    const [x, y] = [one.x + one.dx, one.y + one.dy];
    for (const text of texts.filter(Boolean)) {
      one.at = paper.write(x, y, text, ALARM_AWAY_PX, sides);
      one.text = one.at ? text : "";
      if (one.at) break;
    }
    if (more && !one.at) {
      one.text = texts[1];
      one.at = boxBeside(x, y, one.text, sides[0], ALARM_AWAY_PX, paper.width);
      paper.take(one.at);
    }
  }
  return laid;
}
