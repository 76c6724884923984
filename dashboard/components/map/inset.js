// The whole country, small, with all alarms: it leads back there, and leaves its corner when something stands under it.

const INSET_PX = 150;
const INSET_MARGIN_PX = 6;
const INSET_AWAY_PX = 14;
const LEAST_MAP_PX = 460; // a smaller map is left whole
const INSET_DOT_PX = 4.5;

class Inset {
  /** @param {Foreign} model @param {Foreign} lines the data of the provinces' lines as the page begins with them
   *  @param {() => void} onClick */
  constructor(model, lines, onClick) {
    const [x0, y0, x1, y1] = model.country;
    const perPx = (x1 - x0) / (INSET_PX - 2 * INSET_MARGIN_PX);
    const height = Math.round((y1 - y0) / perPx) + 2 * INSET_MARGIN_PX;
    const margin = INSET_MARGIN_PX * perPx;
    /** @type {View} */
    this.view = { x0: x0 - margin, x1: x1 + margin, y0: y0 - margin, y1: y1 + margin, width: INSET_PX, height };
    this.sheet = new Sheet(["country", "seen", "dots"]);
    this.root = element("div", "panel inset");
    this.root.ariaHidden = "true"; // the button "All Belgium" does the same
    this.root.addEventListener("click", onClick);
    this.root.append(this.sheet.root);
    this.root.style.width = `${INSET_PX}px`;
    this.root.style.height = `${height}px`;
    this.outline = lines.xs
      .map((/** @type {number[]} */ xs, /** @type {number} */ i) => this.path(xs, lines.ys[i]))
      .join("");
    this.corner = 0;
  }

  /** A line to half a pixel. @param {number[]} xs @param {number[]} ys */
  path(xs, ys) {
    const points = Array.from(xs, (x, i) =>
      toScreen(this.view, x, ys[i])
        .map((px) => Math.round(px * 2) / 2)
        .join(" "),
    );
    return `M${points.filter((point, i) => point !== points[i - 1]).join("L")}`;
  }

  /** @param {View} now @param {boolean} whole @param {Map<string, Mark>} alarms */
  draw(now, whole, alarms) {
    this.root.hidden = whole || Math.min(now.width, now.height) < LEAST_MAP_PX;
    if (this.root.hidden) return;
    const line = { fill: "var(--map-land)", stroke: "var(--map-line)", "stroke-width": 1 };
    this.sheet.draw("country", "lines", "path", { ...line, d: this.outline });
    const [left, top] = toScreen(this.view, now.x0, now.y1);
    const [right, bottom] = toScreen(this.view, now.x1, now.y0);
    const seen = {
      x: px1(left),
      y: px1(top),
      width: px1(Math.max(4, right - left)),
      height: px1(Math.max(4, bottom - top)),
    };
    this.sheet.draw("seen", "view", "rect", { ...seen, fill: "none", stroke: "var(--map-text)", "stroke-width": 1 });
    /** @type {Map<string, Mark>} one for a dot: of those at one place one that nobody has, if there is one */
    const dots = new Map();
    for (const mark of alarms.values()) {
      if (mark.x == null) continue;
      const at = toScreen(this.view, mark.x, mark.y ?? 0)
        .map(Math.round)
        .join(" ");
      if (!dots.get(at)?.unowned) dots.set(at, mark);
    }
    for (const [at, { shape }] of dots) {
      const [cx, cy] = at.split(" ");
      this.sheet.draw("dots", at, "circle", { cx, cy, r: INSET_DOT_PX, fill: `var(--map-${COLOUR_OF[shape]})` });
    }
    this.sheet.end();
  }

  /** In the first corner under which nothing stands; where it is while nothing does, and nowhere if there is none.
   *  @param {View} now @param {Box[]} stands
   *  @param {{scale: number, legend: number, buttons: number}} panels how high those of the corners are
   *  @returns {Box[]} where it stands */
  place(now, stands, panels) {
    if (this.root.hidden) return [];
    const [w, h, away] = [INSET_PX, this.view.height, INSET_AWAY_PX];
    const corners = [
      [away, now.height - h - away - panels.scale],
      [now.width - w - away, away + panels.buttons],
      [now.width - w - away, now.height - h - away - panels.legend],
    ].map(([left, top]) => ({ left, top, right: left + w, bottom: top + h }));
    const free = (/** @type {Box} */ corner) => !stands.some((box) => overlap(box, corner));
    if (!free(corners[this.corner])) this.corner = Math.max(0, corners.findIndex(free));
    this.root.hidden = !free(corners[this.corner]);
    if (this.root.hidden) return [];
    const { left, top } = corners[this.corner];
    this.root.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    return [corners[this.corner]];
  }
}
