// What moves: open alarms with their circles, units, the way and the places of what stands chosen. The server says the
// facts, in Mercator metres; they are drawn here, over the ground, in the view of now.

const MARK_FONT = "700 16px Inter, 'Noto Sans', 'DejaVu Sans', system-ui, sans-serif";
const EACH = 48; // alarms in view that are drawn each by itself at most ...
const FIRST = 12; // ... and so many of them where there are more
const BEYOND = 8; // of those out of sight that an arrow points to
const GROUP_PX = 88;
const ALARM_PX = 28; // half of an alarm with its halo
const UNIT_PX = 10;
const PICK_PX = 22;
const RING_PX = 42;
const HALO_PX = 54;
const DASHED_PX = 4000; // a larger circle has no dashes: there would be tens of thousands
const LABELLED_M_PER_PX = 130; // wider, a unit's label would stand for half a province
const LABELS = 60; // of units
const UNIT_STALE_MS = 15_000; // a younger position is "now"; the age is written in steps of as much
const NAMED = 3; // positions that may be wrong, with words beside
/** Each shape's path about 0, 0. */
const MARKS = {
  triangle: "M0 -13 L13 11 L-13 11 Z",
  circle: "M0 -12 a12 12 0 1 0 0.01 0 Z",
  diamond: "M0 -14 L14 0 L0 14 L-14 0 Z",
  square: "M-11 -11 H11 V11 H-11 Z",
};
const HEXAGON = "M-8.5 0 L-4.25 -7.4 L4.25 -7.4 L8.5 0 L4.25 7.4 L-4.25 7.4 Z";
const COLOUR_OF = { triangle: "press", circle: "acknowledged", diamond: "routed", square: "scene" };
/** @type {Record<string, string>} */
const STATUS_COLOUR = { assigned: "routed", en_route: "routed", on_scene: "scene" };

/** @typedef {import("./told.js").Mark} Mark @typedef {import("./told.js").UnitMark} UnitMark
 *  @typedef {import("./told.js").Chosen} Chosen */

/** SVG elements by layer and key, made once and changed where they differ. What is not drawn anew is gone. */
class Sheet {
  /** @param {string[]} layers the lowest first */
  constructor(layers) {
    this.root = document.createElementNS(SVG, "svg");
    this.root.setAttribute("class", "marks");
    this.root.setAttribute("aria-hidden", "true"); // the queue is their keyboard, and says them
    this.layers = new Map(layers.map((name) => [name, this.root.appendChild(document.createElementNS(SVG, "g"))]));
    for (const [name, layer] of this.layers) layer.setAttribute("class", name);
    /** @type {Map<string, {el: SVGElement, facts: Record<string, string | number>, drawn: number}>} */
    this.parts = new Map();
    this.pass = 0;
  }

  /** @param {string} layer @param {string} key @param {string} tag @param {Record<string, string | number>} facts
   * @param {string} [text] */
  draw(layer, key, tag, facts, text) {
    const name = `${layer} ${key} ${tag}`;
    let part = this.parts.get(name);
    if (!part) {
      part = { el: document.createElementNS(SVG, tag), facts: {}, drawn: 0 };
      this.layers.get(layer)?.append(part.el);
      this.parts.set(name, part);
    }
    part.drawn = this.pass;
    for (const [fact, value] of Object.entries(facts))
      if (part.facts[fact] !== value) part.el.setAttribute(fact, String((part.facts[fact] = value)));
    if (text !== undefined && part.el.textContent !== text) part.el.textContent = text;
    return part.el;
  }

  /** What was not drawn since the last call goes. */
  end() {
    for (const [name, { el, drawn }] of this.parts) {
      if (drawn === this.pass) continue;
      el.remove();
      this.parts.delete(name);
    }
    this.pass += 1;
  }
}

class Marks {
  /** @param {(key: string, facts?: Record<string, string | number>) => string} word
   * @param {(text: string) => number} width */
  constructor(word, width) {
    this.word = word;
    this.width = width;
    this.sheet = new Sheet([
      "hatches",
      "places",
      "trail",
      "units",
      "groups",
      "circles",
      "halos",
      "labels",
      "picks",
      "alarms",
    ]);
    /** @type {Map<string, Mark>} */
    this.alarms = new Map();
    /** @type {Map<string, UnitMark>} */
    this.units = new Map();
    /** @type {Chosen} */
    this.chosen = { line: [], wrong: [], stops: [], guess: null, places: [] };
    this.selected = "";
    this.told = ""; // of which alarm the server told the way and the places
    this.now = () => 0;
    /** @type {Laid[]} as they were drawn last */
    this.laid = [];
    /** @type {Box[]} where alarms stand on the map, and units, and what is written beside them */
    this.stands = [];
    /** @type {Box[]} */
    this.hexagons = [];
    /** @type {Box[]} */
    this.texts = [];
    /** @type {Box[]} */
    this.covered = [];
  }

  /** Take what differs.
   * @param {{selected?: string | null, marks?: Record<string, Mark | false | null>, units?: Record<string, UnitMark |
   * null>, chosen?: Chosen & {from: number}}} news @returns {string[]} what is kept from who is here now */
  take({ selected, marks = {}, units = {}, chosen }) {
    if (selected !== undefined) this.told = selected ?? "";
    for (const [id, mark] of Object.entries(marks)) {
      if (mark) this.alarms.set(id, mark);
      else this.alarms.delete(id);
    }
    for (const [name, unit] of Object.entries(units)) {
      if (unit) this.units.set(name, unit);
      else this.units.delete(name);
    }
    if (chosen) {
      const line = [...this.chosen.line.slice(0, chosen.from), ...chosen.line];
      this.chosen = { ...chosen, line };
    }
    return Object.entries(marks).flatMap(([id, mark]) => (mark === false ? [id] : []));
  }

  /** How many have no position. */
  get lost() {
    return [...this.alarms.values()].filter(({ x }) => x == null).length;
  }

  /** How many stand in a view. @param {View} view */
  count(view) {
    return [...this.alarms.values()].filter(({ x, y }) => x != null && inView(view, x, y ?? 0)).length;
  }

  /** How far the circles of an alarm reach from its mark, in Mercator metres. @param {Mark} mark */
  reach(mark) {
    const grown = this.grown(mark);
    const beside = grown ? Math.hypot(grown.x - (mark.x ?? 0), grown.y - (mark.y ?? 0)) + grown.r : 0;
    return Math.max(mark.circle?.[1] ?? 0, beside);
  }

  /** Where she may be by now. @param {Mark} mark */
  grown({ grown }) {
    const now = this.now();
    const step = grown?.steps.findLast(([from]) => from <= now);
    return grown && step ? { x: grown.x, y: step[1], r: step[2] } : null;
  }

  /** The alarm whose mark is nearest to a pixel of the screen. @param {View} view @param {number} px
   * @param {number} py */
  nearest(view, px, py) {
    const [x, y] = [px + view.x0 / perPxOf(view), py - view.y1 / perPxOf(view)];
    let [best, least] = ["", PICK_PX];
    for (const one of this.laid) {
      const away = Math.hypot(one.x + one.dx - x, one.y + one.dy - y);
      if (away <= least) [best, least] = [one.id, away];
    }
    return best;
  }

  /** Draw all in a view. @param {View} view @param {Record<string, boolean>} layers
   * @param {Box[]} [covered] by panels, as before */
  draw(view, layers, covered = this.covered) {
    this.covered = covered;
    const perPx = perPxOf(view);
    const [left, top] = [view.x0 / perPx, -view.y1 / perPx];
    const screen = { left, top, right: left + view.width, bottom: top + view.height };
    const { each, rest } = this.chooseEach(view);
    const alarms = each.map(([id, mark]) => {
      const name = mark.nameless ? this.word(mark.nameless) : (mark.name ?? "");
      let label = name;
      guarded(() => (label = this.label(mark, name)));
      return { id, mark, name, label, x: (mark.x ?? 0) / perPx, y: -(mark.y ?? 0) / perPx };
    });
    const groups = this.grouped(view, rest);
    // How many are counted somewhere must stand; a name may yield.
    const boxes = [...covered, ...groups.map(({ px, py, r }) => boxOf(px, py, r))];
    const blank = () => {
      const paper = new Paper(screen, this.width);
      for (const box of boxes)
        paper.take({ left: box.left + left, right: box.right + left, top: box.top + top, bottom: box.bottom + top });
      return paper;
    };
    let paper = blank();
    this.laid = layOut(alarms, perPx, paper, "");
    const { selected } = this;
    // Where the layout shows what stands chosen with its name, it serves: marks do not move for being chosen.
    if (alarms.some(({ id }) => id === selected) && !this.laid.find(({ id }) => id === selected)?.text) {
      paper = blank();
      this.laid = layOut(alarms, perPx, paper, selected);
    }
    this.stands = [];
    this.hexagons = [];
    this.texts = [];
    const on = { view, perPx, left, top, paper };
    // What cannot be drawn keeps nothing beside it from being drawn: each alarm's shape stands first.
    for (const one of this.laid) this.drawShape(on, one);
    for (const one of this.laid) guarded(() => this.drawAlarm(on, one));
    if (this.told === selected) guarded(() => this.drawChosen(on, layers));
    if (layers.units) guarded(() => this.drawUnits(on));
    this.drawGroups(groups);
    this.sheet.end();
  }

  /** Which alarms are drawn each by itself, and which of those in view are counted where they stand.
   * @param {View} view */
  chooseEach(view) {
    const here = [...this.alarms].filter(([, { x }]) => x != null);
    if (here.length <= EACH) return { each: here, rest: [] };
    const queued = (/** @type {[string, Mark]} */ [, a], /** @type {[string, Mark]} */ [, b]) =>
      Number(b.unowned ?? false) - Number(a.unowned ?? false) || a.received - b.received;
    const inside = here.filter(([, { x, y }]) => inView(view, x ?? 0, y ?? 0));
    const beyond = here.filter(([, { x, y, unowned }]) => unowned && !inView(view, x ?? 0, y ?? 0));
    const first = inside.length <= EACH ? inside : inside.sort(queued).slice(0, FIRST);
    const each = new Map([...first, ...beyond.sort(queued).slice(0, BEYOND)]);
    const chosen = this.alarms.get(this.selected);
    if (chosen?.x != null) each.set(this.selected, chosen);
    return { each: [...each], rest: inside.filter(([id]) => !each.has(id)) };
  }

  /** @param {Mark} mark @param {string} name */
  label({ at, radius_m: radius, doubted }, name) {
    if (!name) return "";
    const sure = radius ? `± ${lengthText(radius, this.word("decimal"))}` : "± ?";
    const age = at === undefined ? "?" : ageText(this.word, this.now() - at);
    return `${name}\n${doubted ? `${this.word("may_be_wrong")} · ` : ""}${sure} · ${age}`;
  }

  /** @typedef {{view: View, perPx: number, left: number, top: number, paper: Paper}} On */

  /** @param {On} on @param {Laid} one */
  drawAlarm({ view, perPx, left, top, paper }, { id, mark, name, x, y, dx, dy, text, at }) {
    const { sheet } = this;
    const colour = `var(--map-${COLOUR_OF[mark.shape]})`;
    const [tx, ty] = [x - left, y - top];
    const [sx, sy] = [tx + dx, ty + dy];
    /** Whether it is larger than its mark. @param {string} key @param {number} cx @param {number} cy @param {number} r
     *  @param {Record<string, string | number>} look */
    const circle = (key, cx, cy, r, look) => {
      if (r / perPx < MARK_PX / 2 + 4) return false;
      const [px, py] = toScreen(view, cx, cy);
      // Of a circle that the whole view lies in there is no line to see.
      const around = Math.hypot(Math.max(px, view.width - px), Math.max(py, view.height - py)) < r / perPx;
      if (!around || look["fill-opacity"])
        this.circle("circles", `${id} ${key}`, px, py, r / perPx, { stroke: around ? "none" : colour, ...look });
      return true;
    };
    const grown = this.grown(mark);
    if (
      grown &&
      circle("grown", grown.x, grown.y, grown.r, { fill: "none", "stroke-width": 2, "stroke-dasharray": "7 7" })
    ) {
      const under = toScreen(view, grown.x, grown.y - grown.r);
      const sure = mark.doubted ? this.word("last_sure", { name }) : "";
      const box = sure && paper.write(under[0] + left, under[1] + top, sure, SURE_AWAY_PX, ["below"]);
      if (box) this.text(`${id} sure`, sure, box, left, top, "var(--map-name)");
    }
    if (mark.circle && mark.x != null) {
      const look = { fill: colour, "fill-opacity": 0.14, "stroke-width": 1.6 };
      if (!circle("fix", mark.x, mark.circle[0], mark.circle[1], look))
        this.circle("halos", `${id} ring`, sx, sy, RING_PX / 2, {
          fill: "none",
          stroke: colour,
          "stroke-width": 2,
          "stroke-dasharray": "3 3",
        });
    }
    if (dx || dy) {
      sheet.draw("circles", `${id} to`, "line", {
        x1: px1(tx),
        y1: px1(ty),
        x2: px1(sx),
        y2: px1(sy),
        stroke: colour,
        "stroke-width": 2,
      });
      this.circle("circles", `${id} at`, tx, ty, 2.5, { fill: colour });
    }
    const halo = { fill: colour, "fill-opacity": 0.2, stroke: colour, "stroke-opacity": 0.55 };
    if (mark.calls) this.circle("halos", id, sx, sy, HALO_PX / 2, halo);
    if (text && at) this.text(id, text, at, left, top, "var(--map-text)", "bold");
  }

  /** @param {On} on @param {Laid} one */
  drawShape({ left, top }, { id, mark, x, y, dx, dy }) {
    const [sx, sy] = [x + dx - left, y + dy - top];
    if (id === this.selected)
      this.circle("picks", id, sx, sy, 24, { fill: "none", stroke: "var(--map-focus)", "stroke-width": 3 });
    this.sheet.draw("alarms", id, "path", {
      "data-incident": id,
      class: mark.shape,
      d: MARKS[mark.shape],
      transform: `translate(${px1(sx)} ${px1(sy)})`,
      fill: `var(--map-${COLOUR_OF[mark.shape]})`,
      stroke: "var(--map-edge)",
      "stroke-width": 2,
    });
    this.stands.push(boxOf(sx, sy, ALARM_PX));
  }

  /** Where those that are not drawn by themselves are counted: how many, and whether nobody has one of them.
   *  @param {View} view @param {[string, Mark][]} rest */
  grouped(view, rest) {
    const side = GROUP_PX * perPxOf(view);
    /** @type {Map<string, {x: number, y: number, count: number, unowned: boolean}>} */
    const groups = new Map();
    for (const [, { x = 0, y = 0, unowned = false }] of rest) {
      const key = `${Math.floor(x / side)} ${Math.floor(y / side)}`;
      const group = groups.get(key) ?? { x: 0, y: 0, count: 0, unowned: false };
      groups.set(key, { x: group.x + x, y: group.y + y, count: group.count + 1, unowned: group.unowned || unowned });
    }
    return [...groups].map(([key, { x, y, count, unowned }]) => {
      const [px, py] = toScreen(view, x / count, y / count);
      return { key, px, py, r: 15 + 4 * String(count).length, text: String(count), unowned };
    });
  }

  /** @param {ReturnType<Marks["grouped"]>} groups */
  drawGroups(groups) {
    for (const { key, px, py, r, text, unowned } of groups) {
      const colour = `var(--map-${unowned ? "press" : "acknowledged"})`;
      this.circle("groups", key, px, py, r, { fill: colour, "fill-opacity": 0.3, stroke: colour, "stroke-width": 2 });
      const w = this.width(text) / 2 + 4;
      const box = { left: px - w, right: px + w, top: py - 12, bottom: py + 12 };
      this.text(key, text, box, 0, 0, "var(--map-text)", "bold");
    }
  }

  /** Units on duty: those of open alarms always have their label. @param {On} on */
  drawUnits({ view, perPx, left, top, paper }) {
    const busy = new Set([...this.alarms.values()].flatMap(({ unit }) => unit ?? []));
    const units = [...this.units].sort(([a], [b]) => Number(busy.has(b)) - Number(busy.has(a)));
    let labels = 0;
    for (const [id, unit] of units) {
      const colour = `var(--map-${STATUS_COLOUR[unit.status] ?? "unit-free"})`;
      const [x, y] = toScreen(view, unit.x, unit.y);
      if (x < -UNIT_PX || y < -UNIT_PX || x > view.width + UNIT_PX || y > view.height + UNIT_PX) continue;
      this.sheet.draw("units", id, "path", {
        "data-unit": id,
        d: HEXAGON,
        transform: `translate(${px1(x)} ${px1(y)})`,
        fill: ["en_route", "on_scene"].includes(unit.status) ? colour : "none",
        stroke: colour,
        "stroke-width": 2.5,
      });
      this.hexagons.push(boxOf(x, y, UNIT_PX));
      if (labels >= LABELS || !(busy.has(id) || perPx < LABELLED_M_PER_PX)) continue;
      const text = this.unitText(unit);
      const box = paper.write(x + left, y + top, text, UNIT_AWAY_PX);
      if (!box) continue;
      labels += 1;
      this.text(`unit ${id}`, text, box, left, top, colour);
    }
  }

  /** With its status and, unless it is fresh, the age of its position. @param {UnitMark} unit */
  unitText({ name, status, at, clock_wrong: wrong }) {
    const age = Math.max(0, this.now() - at);
    const shown = Math.floor(age / UNIT_STALE_MS) * UNIT_STALE_MS;
    const parts = [
      name,
      this.word(status),
      age >= UNIT_STALE_MS && ageText(this.word, shown),
      wrong && this.word("clock_wrong"),
    ];
    return parts.filter(Boolean).join(" · ");
  }

  /** The way of what stands chosen, and the places of its case. The line leads through smoothed places; positions that
   * may be wrong are crosses beside it, which no line joins. @param {On} on @param {Record<string, boolean>} layers */
  drawChosen({ view, perPx, left, top, paper }, layers) {
    const { line, wrong, stops, guess, places } = this.chosen;
    /** @param {string} key @param {number} x @param {number} y @param {string} text */
    const beside = (key, x, y, text) => {
      const box = paper.write(x + left, y + top, text, UNIT_AWAY_PX);
      if (box) this.text(key, text, box, left, top, "var(--map-name)");
    };
    const way = {
      fill: "none",
      stroke: "var(--map-press)",
      "stroke-width": 3,
      "stroke-dasharray": "2 8",
      "stroke-linecap": "round",
    };
    if (layers.trail) {
      const drawn = line.map((at, i) =>
        at
          ? `${line[i - 1] ? "L" : "M"}${toScreen(view, ...at)
              .map(px1)
              .join(" ")}`
          : "",
      );
      this.sheet.draw("trail", "line", "path", { ...way, d: drawn.join("") || "M0 0" });
      wrong.forEach((at, i) => {
        const [x, y] = toScreen(view, ...at);
        const cross = { d: "M-6 -6 L6 6 M6 -6 L-6 6", transform: `translate(${px1(x)} ${px1(y)})` };
        this.sheet.draw("trail", `wrong ${i}`, "path", {
          ...cross,
          class: "wrong",
          stroke: "var(--map-name)",
          "stroke-width": 3,
        });
        // The last of them, or the map would say nothing else.
        if (i >= wrong.length - NAMED) beside(`wrong ${i}`, x, y, this.word("may_be_wrong"));
      });
      const there = guess && toScreen(view, guess[0], guess[1]);
      const from = guess && toScreen(view, guess[2], guess[3]);
      // Under the mark it would say nothing.
      if (there && from && Math.hypot(there[0] - from[0], there[1] - from[1]) >= MARK_PX) {
        const look = { fill: "none", stroke: "var(--map-name)", "stroke-width": 2 };
        const ends = { x1: px1(from[0]), y1: px1(from[1]), x2: px1(there[0]), y2: px1(there[1]) };
        this.sheet.draw("trail", "guess", "line", { ...look, ...ends, "stroke-dasharray": "3 7" });
        this.circle("trail", "guess", ...there, 10, { ...look, "stroke-dasharray": "3 3" });
        beside("guess", ...there, this.word("guess"));
      }
      stops.forEach(([mx, my, seconds], i) => {
        const [x, y] = toScreen(view, mx, my);
        this.circle("trail", `stop ${i}`, x, y, 5.5, {
          fill: "var(--map-label)",
          stroke: "var(--map-press)",
          "stroke-width": 2,
        });
        beside(`stop ${i}`, x, y, this.word("stood", { span: ageText(this.word, seconds * 1000) }));
      });
    }
    if (!layers.places) return;
    places.forEach(({ name, x: mx, y: my, radius_m: radius = 0, circle }, i) => {
      const [x, y] = toScreen(view, mx, my);
      const colour = "var(--map-place)";
      if (circle) {
        const [cx, cy] = toScreen(view, mx, circle[0]);
        const look = { class: "zone", fill: this.hatch(), stroke: colour, "stroke-width": 2 };
        this.circle("places", `zone ${i}`, cx, cy, circle[1] / perPx, look);
      }
      const plus = { d: "M-7 0 H7 M0 -7 V7", transform: `translate(${px1(x)} ${px1(y)})`, class: "place" };
      this.sheet.draw("places", `at ${i}`, "path", { ...plus, stroke: colour, "stroke-width": 3 });
      const text = radius ? `${name} · ${lengthText(radius, this.word("decimal"))}` : name;
      const under = circle ? toScreen(view, mx, circle[0] - circle[1])[1] : y;
      const box = paper.write(x + left, under + top, text, 12, ["below"]);
      if (box) this.text(`place ${i}`, text, box, left, top, colour);
    });
  }

  /** What exclusion zones are filled with. */
  hatch() {
    const facts = {
      id: "hatch",
      width: 12,
      height: 12,
      patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    };
    const pattern = this.sheet.draw("hatches", "hatch", "pattern", facts);
    const line = { x1: 0, x2: 0, y1: 0, y2: 12, stroke: "var(--map-place)", "stroke-opacity": 0.4, "stroke-width": 3 };
    if (!pattern.firstChild) {
      const made = pattern.appendChild(document.createElementNS(SVG, "line"));
      for (const [fact, value] of Object.entries(line)) made.setAttribute(fact, String(value));
    }
    return "url(#hatch)";
  }

  /** @param {string} layer @param {string} key @param {number} x @param {number} y @param {number} r
   * @param {Record<string, string | number>} look */
  circle(layer, key, x, y, r, look) {
    const { "stroke-dasharray": dashes = "none", ...rest } = look;
    const facts = { ...rest, "stroke-dasharray": r < DASHED_PX ? dashes : "none" };
    this.sheet.draw(layer, key, "circle", { cx: px1(x), cy: px1(y), r: px1(r), ...facts });
  }

  /** A text on a plate of its own, so that it can be read over anything. @param {string} key @param {string} text
   * @param {Box} box @param {number} left where the screen's corner is, on the paper @param {number} top
   * @param {string} colour @param {string} [weight] */
  text(key, text, box, left, top, colour, weight = "normal") {
    const [x, y, right, bottom] = [box.left - left, box.top - top, box.right - left, box.bottom - top];
    const plate = { x: px1(x), y: px1(y), width: px1(right - x), height: px1(bottom - y), rx: 4 };
    this.sheet.draw("labels", key, "rect", { ...plate, fill: "var(--map-label)", "fill-opacity": 0.84 });
    text.split("\n").forEach((line, i) => {
      // Room is taken for the bold: what is lighter stands in its middle.
      const [at, anchor] = weight === "bold" ? [x + 5, "start"] : [(x + right) / 2, "middle"];
      const place = { x: px1(at), y: px1(y + 3 + (i + 0.76) * LINE_PX), "text-anchor": anchor };
      const facts = { ...place, fill: colour, "font-weight": weight };
      this.sheet.draw("labels", `${key} ${i}`, "text", facts, line);
    });
    this.texts.push({ left: x, right, top: y, bottom });
  }
}

/** Draw a part, or leave it. @param {() => void} draw */
function guarded(draw) {
  try {
    draw();
  } catch (error) {
    globalThis.reportError?.(error); // as a fault of the page that nothing caught
  }
}

/** Pixels are drawn to a tenth. @param {number} value */
function px1(value) {
  return Math.round(value * 10) / 10;
}

/** @param {number} x @param {number} y @param {number} half @returns {Box} */
function boxOf(x, y, half) {
  return { left: x - half, right: x + half, top: y - half, bottom: y + half };
}
