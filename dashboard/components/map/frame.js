// The map's frame: keeps the view true (aspect, zoom limits), draws what depends on it, and tells the server where it looks.

const MIN_M_PER_PX = 0.25; // Mercator metres
const MAX_M_PER_PX = 2200;
const LOOK_MS = 120;
const NAMING_MS = 90; // streets are named anew once the view stands still
const DRAG_PX = 6;
const ALARM_PX = 28; // half of an alarm with its halo
const UNIT_PX = 10;
const PLACE_PX = 14;
const STEP = 0.25; // of what is seen
/** What each key does to the view: to the right, up, and to the metres of a pixel. @type {Map<string, [number, number, number]>} */
const MOVES = new Map([
  ["ArrowLeft", [-1, 0, 1]],
  ["ArrowRight", [1, 0, 1]],
  ["ArrowUp", [0, 1, 1]],
  ["ArrowDown", [0, -1, 1]],
  ["+", [0, 0, 1 / 1.5]],
  ["=", [0, 0, 1 / 1.5]],
  ["-", [0, 0, 1.5]],
]);

/** @param {{model: Foreign, el: HTMLElement}} facts */
export function render({ model, el }) {
  const word = (/** @type {string} */ key) => model.words[key] ?? key;
  const plot = model.plot;
  const region = element("section", "map");
  region.setAttribute("role", "region");
  region.ariaLabel = word("map");
  const paint = () => {
    for (const [name, colour] of Object.entries(model.colours))
      region.style.setProperty(`--map-${name.replace("_", "-")}`, colour);
  };
  paint();
  const canvas = element("div", "canvas");
  canvas.append(model.get_child("plot"));
  // The ring is for who came by keys: the plot lies in shadow roots, which no style of ours looks into.
  canvas.addEventListener("keyup", ({ key }) => canvas.classList.toggle("keyed", key === "Tab"));
  canvas.addEventListener("focusout", () => canvas.classList.remove("keyed"));
  const panels = new Panels(model, word);
  const arrows = element("div", "arrows");
  region.append(canvas, arrows, ...panels.elements);
  el.append(region);

  const ground = new Ground(plot, word);
  const edge = new Edge(arrows, (incident) => model.send_msg({ type: "fly", incident }), word);
  const source = (/** @type {string} */ name) =>
    plot.renderers.find((/** @type {Foreign} */ r) => r.data_source?.name === name)?.data_source;
  const [alarms, units] = [source("alarms"), source("units")];
  const view = new TrueView(plot, model, region);
  let frame = 0;
  let looking = 0;
  let naming = 0;

  const schedule = () => {
    if (!frame) frame = requestAnimationFrame(tidy);
  };
  const streets = new StreetMap(plot, model, schedule);
  function tidy() {
    frame = 0;
    const now = view.settle();
    if (!now) return;
    plot.setv({ hold_render: false }, { sync: false }); // its proportions are true now
    ground.choose(now, model.loaded);
    streets.choose(now, model.layers.streets === true);
    panels.scale(now);
    panels.source(streets.shown, streets.bare);
    const taken = panels.boxes(region);
    const marks = marksOn(now, alarms.data, ALARM_PX);
    const hexagons = model.layers.units ? marksOn(now, units.data, UNIT_PX) : [];
    const place = placeOn(now);
    const stands = [...taken, ...marks, ...hexagons, ...place];
    const named = ground.name(now, model.layers.names ? model.names : [], stands);
    clearTimeout(naming);
    if (streets.shown || streets.numbers.near)
      naming = setTimeout(() => nameStreets(now, [...stands, ...named]), NAMING_MS);
    edge.draw(now, alarms.data, taken, [...marks, ...place]);
    clearTimeout(looking);
    const [flight] = model.flight; // which view of the server's this is
    if (view.changed()) looking = setTimeout(() => model.send_msg({ type: "look", flight, ...view.sent() }), LOOK_MS);
  }

  /** Where the place stands to which somebody flew, with its words. @param {View} now @returns {Box[]} */
  function placeOn(now) {
    const place = model.destination && source("destination")?.data;
    if (!place) return [];
    return [...marksOn(now, place, PLACE_PX), ...labelsOn(now, place, (text) => ground.width(text))];
  }

  // Ages go with the page's clock, as those of its rows do: no server draws them each second. A page without one says nothing.
  let told = 0;
  let toldAt = 0;
  const age = () => {
    const other = told ? aged(alarms.data, model.words, told + performance.now() - toldAt) : [];
    if (other.length) alarms.patch({ label: other }, { sync: false });
  };
  const second = (/** @type {Event} */ event) => {
    told = /** @type {CustomEvent<number>} */ (event).detail;
    toldAt = performance.now();
    age();
  };
  document.addEventListener("vigie:second", second);
  const unowned = () => panels.update();
  document.addEventListener("vigie:unowned", unowned);
  alarms.patching.connect(age);
  /** @param {View} now @param {Box[]} boxes what stands on the map, beside labels and arrows */
  function nameStreets(now, boxes) {
    const texts = [alarms, units].flatMap(({ data }) => labelsOn(now, data, (text) => ground.width(text)));
    const stands = [...boxes, ...texts, ...boxesOf([...arrows.children], region)];
    if (streets.shown) streets.name(now, stands);
    streets.numbers.place(now, stands, streets.names);
  }

  const signals = [
    plot.x_range.change,
    plot.y_range.change,
    alarms.properties.data.change,
    alarms.patching,
    units.patching,
  ];
  signals.forEach((signal) => signal.connect(schedule));
  model.on("flight", () => {
    const [, x0, x1, y0, y1] = model.flight;
    plot.x_range.setv({ start: x0, end: x1 });
    plot.y_range.setv({ start: y0, end: y1 });
  });
  model.on(["loaded", "names", "layers", "streets"], schedule);
  model.on("msg:custom", (/** @type {Foreign} */ sent) => streets.take(typeof sent === "string" ? sent : sent.data));
  model.on(["place", "notice", "nowhere", "destination", "follow", "placing", "layers", "layers_open"], () => {
    panels.update();
    schedule();
  });
  model.on("colours", () => {
    paint();
    schedule();
  });
  // A page that changed its theme, perhaps while it had lost its server, has the map follow.
  const dress = () => {
    const { theme = "" } = document.documentElement.dataset;
    if (theme && theme !== model.theme) model.send_msg({ type: "theme", value: theme });
  };
  document.addEventListener("vigie:theme", dress);
  dress();
  model.on("words", () => {
    region.ariaLabel = word("map");
    canvas.ariaLabel = word("by_keys");
    panels.speak();
    edge.speak();
    schedule();
  });
  feelHand(canvas, model, view);
  feelKeys(canvas, model, view);
  // Before anything is drawn: the page takes up the view it had.
  document.dispatchEvent(new CustomEvent("vigie:map", { detail: model }));
  const resized = new ResizeObserver(schedule);
  resized.observe(region);
  panels.update();
  schedule();
  model.on("remove", () => {
    resized.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(looking);
    clearTimeout(naming);
    signals.forEach((signal) => signal.disconnect(schedule));
    alarms.patching.disconnect(age);
    document.removeEventListener("vigie:second", second);
    document.removeEventListener("vigie:theme", dress);
    document.removeEventListener("vigie:unowned", unowned);
  });
}

/** The ranges of the plot, kept in the proportions of the screen: a circle is round, a metre as long up as across. */
class TrueView {
  /** @param {Foreign} plot @param {Foreign} model @param {HTMLElement} region */
  constructor(plot, model, region) {
    this.plot = plot;
    this.model = model;
    this.region = region;
    /** @type {View | null} */
    this.own = null;
    this.size = "";
    this.told = "";
    /** Until somebody moves it, the map goes on showing the whole country however its place on the page grows. */
    this.home = model.at_home;
  }

  /** @returns {View | null} null while there is nothing on screen */
  settle() {
    const [width, height] = [this.region.clientWidth, this.region.clientHeight];
    if (!width || !height) return null;
    const { x_range: xr, y_range: yr } = this.plot;
    let view = { x0: xr.start, x1: xr.end, y0: yr.start, y1: yr.end, width, height };
    const resized = this.size !== `${width}x${height}`;
    // A view kept over a reload may be set before anything was drawn.
    const first = this.own === null;
    const untouched = first ? this.aboutHome(view) : this.same(view);
    const moved = !first && !untouched; // by the server or a hand, which may be while the page finds its size: it brings its own scale
    if (resized && this.home && untouched) view = this.fit(this.model.home, width, height);
    else if (resized && this.perPx && !moved) view = this.about(view, this.perPx);
    const [px, py] = [(view.x1 - view.x0) / width, (view.y1 - view.y0) / height];
    const perPx = Math.min(MAX_M_PER_PX, Math.max(MIN_M_PER_PX, Math.max(px, py)));
    const untrue = Math.abs(px / perPx - 1) > 1e-3 || Math.abs(py / perPx - 1) > 1e-3;
    if (untrue) view = this.about(view, perPx);
    if (!untouched && (first || !resized)) this.home = false;
    this.size = `${width}x${height}`;
    this.perPx = (view.x1 - view.x0) / width;
    if (view.x0 !== xr.start || view.x1 !== xr.end) xr.setv({ start: view.x0, end: view.x1 });
    if (view.y0 !== yr.start || view.y1 !== yr.end) yr.setv({ start: view.y0, end: view.y1 });
    this.own = view;
    return view;
  }

  /** @param {View} view */
  same(view) {
    const { own } = this;
    return !!own && view.x0 === own.x0 && view.x1 === own.x1 && view.y0 === own.y0 && view.y1 === own.y1;
  }

  /** Whether a view is the whole country's, on whatever screen. @param {View} view */
  aboutHome(view) {
    const [x0, y0, x1, y1] = this.model.home;
    const near = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) < 1e-4 * (x1 - x0);
    return (
      near(view.x0 + view.x1, x0 + x1) && near(view.y0 + view.y1, y0 + y1) && view.x1 - view.x0 > 0.999 * (x1 - x0)
    );
  }

  /** @param {[number, number, number, number]} home @param {number} width @param {number} height */
  fit([x0, y0, x1, y1], width, height) {
    const middle = { x0, x1, y0, y1, width, height };
    return this.about(middle, Math.max((x1 - x0) / width, (y1 - y0) / height));
  }

  /** @param {View} view @param {number} perPx */
  about(view, perPx) {
    const [cx, cy] = [(view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2];
    const [dx, dy] = [(perPx * view.width) / 2, (perPx * view.height) / 2];
    return { ...view, x0: cx - dx, x1: cx + dx, y0: cy - dy, y1: cy + dy };
  }

  changed() {
    return JSON.stringify(this.own) !== this.told;
  }

  sent() {
    this.told = JSON.stringify(this.own);
    return this.own;
  }
}

/** What a hand does: a press and release in one place is a click, all else is a drag, and a drag is stronger than Follow.
 *  (Bokeh's tap is silent for the second of two quick clicks, wherever it is.)
 *  @param {HTMLElement} canvas @param {Foreign} model @param {TrueView} view */
function feelHand(canvas, model, view) {
  /** @type {[number, number] | null} */
  let start = null;
  /** @param {PointerEvent} event */
  const away = (event) => !start || Math.hypot(event.clientX - start[0], event.clientY - start[1]) >= DRAG_PX;
  /** @param {"pointerdown" | "pointermove" | "pointerup" | "pointercancel"} type @param {(event: PointerEvent) => void} handler */
  const on = (type, handler) => canvas.addEventListener(type, handler, true);
  on("pointerdown", (event) => (start = event.isPrimary && event.button === 0 ? [event.clientX, event.clientY] : null));
  on("pointermove", (event) => {
    if (!start || !away(event)) return;
    start = null;
    if (model.follow) model.send_msg({ type: "follow", value: false });
  });
  on("pointercancel", () => (start = null));
  on("pointerup", (event) => {
    if (!start || away(event) || !view.own) return;
    start = null;
    const box = canvas.getBoundingClientRect();
    const { x0, x1, y0, y1, width, height } = view.own;
    const x = x0 + ((event.clientX - box.left) / width) * (x1 - x0);
    const y = y1 - ((event.clientY - box.top) / height) * (y1 - y0);
    model.send_msg({ type: "tap", x, y, m_per_px: Math.abs(x1 - x0) / width });
  });
}

/** What keys do on the map while it has the focus: arrows move it by a quarter, + and − look nearer and from further away.
 *  @param {HTMLElement} canvas @param {Foreign} model @param {TrueView} view */
function feelKeys(canvas, model, view) {
  canvas.tabIndex = 0;
  canvas.role = "application";
  canvas.ariaLabel = model.words.by_keys;
  canvas.addEventListener("keydown", (event) => {
    const { own } = view;
    const [right, up, scale] = MOVES.get(event.key) ?? [0, 0, 0];
    if (!scale || !own || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const perPx = ((own.x1 - own.x0) / own.width) * scale;
    const [dx, dy] = [right * (own.x1 - own.x0) * STEP, up * (own.y1 - own.y0) * STEP];
    const moved = { ...own, x0: own.x0 + dx, x1: own.x1 + dx, y0: own.y0 + dy, y1: own.y1 + dy };
    const { x0, x1, y0, y1 } = view.about(moved, Math.min(MAX_M_PER_PX, Math.max(MIN_M_PER_PX, perPx)));
    if (model.follow) model.send_msg({ type: "follow", value: false });
    view.plot.x_range.setv({ start: x0, end: x1 });
    view.plot.y_range.setv({ start: y0, end: y1 });
  });
}

/** Where marks stand, with what they need about them. @param {View} view @param {{x: number[], y: number[]}} marks @param {number} half
 *  @returns {Box[]} */
function marksOn(view, marks, half) {
  return Array.from(marks.x, (x, i) => toScreen(view, x, marks.y[i]))
    .filter(([x]) => Number.isFinite(x))
    .map(([x, y]) => ({ left: x - half, right: x + half, top: y - half, bottom: y + half }));
}

/** Where what is written beside marks stands. @param {View} view @param {Foreign} marks the columns of a source
 *  @param {(text: string) => number} width @returns {Box[]} */
function labelsOn(view, marks, width) {
  /** @type {Box[]} */
  const boxes = [];
  Array.from(/** @type {string[]} */ (marks.label), (label, i) => {
    const [x, y] = toScreen(view, marks.x[i], marks.y[i]);
    if (!label || !Number.isFinite(x)) return;
    const lines = label.split("\n");
    const [w, h] = [Math.max(...lines.map(width)) + 10, lines.length * 22 + 6];
    const [ax, ay] = [x + marks.dx[i], y + marks.dy[i]];
    const left = { left: ax, right: ax - w }[String(marks.anchor[i]).split("_")[1]] ?? ax - w / 2;
    const top = { top: ay, bottom: ay - h }[String(marks.anchor[i]).split("_")[0]] ?? ay - h / 2;
    boxes.push({ left, right: left + w, top, bottom: top + h });
  });
  return boxes;
}
