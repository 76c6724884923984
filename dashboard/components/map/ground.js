// The ground under the alarms, on this side of the wire: zone names with room to stand, and which outlines are shown.

const NAME_FONT = "500 16px Inter, 'Noto Sans', 'DejaVu Sans', system-ui, sans-serif";

const NAME_SHARE = 0.85; // a name may reach a little over its zone
const SHIFTS_PX = [0, 26, -26]; // from the zone's middle, where a mark stands on it
const SHIFTED_FROM_PX = 110; // in a narrower zone a name beside its middle is soon a neighbour's

class Ground {
  /** @param {Foreign} plot the figure @param {Writing} writing @param {(key: string) => string} word */
  constructor(plot, writing, word) {
    this.word = word;
    const renderer = (/** @type {string} */ name) => plot.renderers.find((/** @type {Foreign} */ r) => r.name === name);
    this.coarse = renderer("coarse");
    this.fine = renderer("fine");
    this.writing = writing;
    this.width = measured(NAME_FONT);
  }

  /** The coarse outlines stay until finer ones cover the view: no hole while one pans. @param {View} view
   * @param {number[]} loaded */
  choose(view, loaded) {
    const covered =
      loaded.length === 4 &&
      loaded[0] <= view.x0 &&
      view.x1 <= loaded[1] &&
      loaded[2] <= view.y0 &&
      view.y1 <= loaded[3];
    show(this.coarse, !covered);
    show(this.fine, covered);
  }

  /** Largest zones first, each name only if its zone is wide enough for it and nothing else stands there.
   *  @param {[string, number, number, number][]} names name, x, y, width of the zone in Mercator metres
   *  @param {View} view @param {Box[]} taken @returns {Box[]} where names stand */
  name(view, names, taken) {
    const boxes = [...taken];
    /** @type {Written[]} */
    const placed = [];
    const perPx = (view.x1 - view.x0) / view.width;
    const free = (/** @type {Box} */ box) =>
      box.left >= 0 &&
      box.top >= 0 &&
      box.right <= view.width &&
      box.bottom <= view.height &&
      !boxes.some((other) => overlap(box, other));
    for (const [name, x, y, zoneWidth] of names) {
      const text = this.word("zone").replace("{name}", () => name);
      const width = this.width(text);
      if (zoneWidth / perPx < NAME_SHARE * width) continue;
      const [sx, sy] = toScreen(view, x, y);
      const shifts = zoneWidth / perPx < SHIFTED_FROM_PX ? [0] : SHIFTS_PX;
      const shift = shifts.find((px) => free(boxAbout(sx, sy + px, width)));
      if (shift === undefined) continue;
      boxes.push(boxAbout(sx, sy + shift, width));
      placed.push({ text, x, y: y - shift * perPx });
    }
    const { texts } = this.writing;
    if (JSON.stringify(placed) !== JSON.stringify(texts.zones)) texts.zones = placed;
    return boxes.slice(taken.length);
  }
}

/** @param {number} x @param {number} y @param {number} width */
function boxAbout(x, y, width) {
  return { left: x - width / 2 - 8, right: x + width / 2 + 8, top: y - 14, bottom: y + 14 };
}

/** @param {Foreign} renderer @param {boolean} visible */
function show(renderer, visible) {
  if (renderer.visible !== visible) renderer.setv({ visible }, { sync: false });
}
