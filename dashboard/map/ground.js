// The ground under the alarms, on this side of the wire: zone names with room to stand, and which outlines are shown.

const NAME_FONT = "500 16px Inter, 'Noto Sans', 'DejaVu Sans', system-ui, sans-serif";

/** Draws only what this page derives from its own view: nothing of it is sent back. */
class Ground {
  /** @param {any} plot the Bokeh figure @param {(key: string) => string} word */
  constructor(plot, word) {
    this.called = word("zone");
    const renderer = (name) => plot.renderers.find((r) => r.name === name);
    this.coarse = renderer("coarse");
    this.fine = renderer("fine");
    this.names = renderer("names");
    this.pen = document.createElement("canvas").getContext("2d");
    this.pen.font = NAME_FONT;
    /** @type {Map<string, number>} */
    this.widths = new Map();
    this.shown = "";
  }

  /** The coarse outlines stay until finer ones cover the view: no hole while one pans. @param {number[]} loaded */
  choose(view, loaded) {
    const covered = loaded.length === 4 && loaded[0] <= view.x0 && view.x1 <= loaded[1]
      && loaded[2] <= view.y0 && view.y1 <= loaded[3];
    show(this.coarse, !covered);
    show(this.fine, covered);
  }

  /** Largest zones first, each name only if its zone is wide enough for it and nothing else stands there.
   *  @param {[string, number, number, number][]} names name, x, y, width of the zone in Mercator metres */
  name(view, names, taken) {
    const boxes = [...taken];
    const placed = { x: [], y: [], text: [] };
    const perPx = (view.x1 - view.x0) / view.width;
    for (const [name, x, y, zoneWidth] of names) {
      const text = this.called.replace("{name}", () => name);
      const width = this.width(text);
      if (zoneWidth / perPx < 1.15 * width) continue;
      const [sx, sy] = toScreen(view, x, y);
      const box = { left: sx - width / 2 - 8, right: sx + width / 2 + 8, top: sy - 14, bottom: sy + 14 };
      if (box.left < 0 || box.top < 0 || box.right > view.width || box.bottom > view.height) continue;
      if (boxes.some((other) => overlap(box, other))) continue;
      boxes.push(box);
      placed.x.push(x);
      placed.y.push(y);
      placed.text.push(text);
    }
    const shown = `${placed.text.join("|")}|${placed.x.join()}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.names.data_source.setv({ data: placed }, { sync: false });
  }

  width(text) {
    if (!this.widths.has(text)) this.widths.set(text, this.pen.measureText(text).width);
    return this.widths.get(text);
  }
}

function show(renderer, visible) {
  if (renderer.visible !== visible) renderer.setv({ visible }, { sync: false });
}
