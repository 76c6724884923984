// The map's frame: keeps the view true (aspect, zoom limits), draws what depends on it, and tells the server where it
// looks.

const LOOK_MS = 120;
const NAMING_MS = 90; // streets are named anew once the view stands still
const DRAG_PX = 6;
const PLACE_PX = 14;
const STEP = 0.25; // of what is seen
/** What each key does to the view: to the right, up, and to the metres of a pixel.
 * @type {Map<string, [number, number, number]>} */
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
  const word = (/** @type {string} */ key, /** @type {Record<string, string | number>} */ facts = {}) =>
    (model.words[key] ?? key).replace(/\{(\w+)\}/g, (/** @type {string} */ all, /** @type {string} */ name) =>
      name in facts ? String(facts[name]) : all,
    );
  const plot = model.plot;
  /** @type {MapState} */
  const state = { follow: model.follow, placing: false, layers: { ...model.layers }, open: false };
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
  const panels = new Panels(model, state, wish, word);
  const arrows = element("div", "arrows");
  const writing = new Writing();
  const ground = new Ground(plot, writing, word);
  const marks = new Marks(word, measured(MARK_FONT));
  const renderer = (/** @type {string} */ name) => plot.renderers.find((/** @type {Foreign} */ r) => r.name === name);
  const inset = new Inset(model, renderer("provinces").data_source.data, () => wish("belgium"));
  region.append(canvas, writing.sheet.root, marks.sheet.root, inset.root, arrows, ...panels.elements);
  el.append(region);

  const edge = new Edge(arrows, (incident) => pick(incident, true), word);
  const view = new TrueView(plot, model, region);
  const flights = new Flights(view, marks, state);
  let frame = 0;
  let looking = 0;
  let naming = 0;

  const schedule = () => {
    if (!frame) frame = requestAnimationFrame(tidy);
  };
  const streets = new StreetMap(plot, model, writing, schedule);
  function tidy() {
    frame = 0;
    const now = view.settle();
    if (!now) return;
    plot.setv({ hold_render: false }, { sync: false }); // its proportions are true now
    const { layers } = state;
    const basemap = renderer("basemap");
    if (basemap) show(basemap, layers.basemap);
    ground.choose(now, model.loaded);
    streets.choose(now, layers.streets === true);
    panels.scale(now);
    panels.source(streets.shown, streets.bare);
    sayWhere(now);
    // Measured before anything is drawn: what is drawn would have to be laid out twice.
    const [covered, heights] = [panels.boxes(region), panels.heights()];
    marks.draw(now, layers, covered);
    inset.draw(now, panels.shows.whole, marks.alarms);
    const taken = [...covered, ...inset.place(now, [...covered, ...marks.stands, ...marks.texts], heights)];
    const place = placeOn(now);
    const stands = [...taken, ...marks.stands, ...marks.hexagons, ...marks.texts, ...place];
    const named = ground.name(now, layers.names ? model.names : [], stands);
    writing.draw(now);
    clearTimeout(naming);
    if (streets.shown || streets.numbers.near)
      naming = setTimeout(() => nameStreets(now, [...stands, ...named]), NAMING_MS);
    edge.draw(now, marks.laid, taken, [...marks.stands, ...place]);
    clearTimeout(looking);
    if (!view.changed()) return;
    flights.own = marks.selected || flights.own;
    looking = setTimeout(() => model.send_msg({ type: "look", ...view.sent() }), LOOK_MS);
  }

  /** @param {View} now */
  function sayWhere(now) {
    const [x0, y0, x1, y1] = model.country;
    const whole = inView(now, x0, y0) && inView(now, x1, y1);
    const mark = marks.alarms.get(marks.selected);
    const [x, y] = mark?.area
      ? [(mark.area[0] + mark.area[2]) / 2, (mark.area[1] + mark.area[3]) / 2]
      : [mark?.x, mark?.y];
    const nowhere = whole && !!mark && x == null;
    const seen = x != null && inView(now, x, y ?? 0);
    panels.shows = { whole, seen, count: marks.count(now), lost: marks.lost, nowhere };
    panels.update();
  }

  /** Where the place stands to which somebody flew, with its words. @param {View} now @returns {Box[]} */
  function placeOn(now) {
    const place = model.destination && renderer("destination")?.data_source.data;
    if (!place || !place.x.length) return [];
    const [x, y] = toScreen(now, place.x[0], place.y[0]);
    const words = boxBeside(x + place.dx[0], y, place.label[0], place.dx[0] ? "right" : "below", 0, marks.width);
    return [boxOf(x, y, PLACE_PX), words];
  }

  /** @param {View} now @param {Box[]} boxes what stands on the map, beside labels and arrows */
  function nameStreets(now, boxes) {
    const stands = [...boxes, ...boxesOf([...arrows.children], region)];
    if (streets.shown) streets.name(now, stands);
    streets.numbers.place(now, stands);
    writing.draw(now);
  }

  /** What somebody wants of the map, by a key of the page or by a button. @param {string} what
   *  @param {{incident?: string, on?: boolean, name?: string, value?: boolean}} [facts] */
  function wish(what, { incident = "", on, name = "", value = false } = {}) {
    if (what === "choose") flights.choose(incident);
    else if (what === "fly") flights.fly(incident);
    else if (what === "belgium") flights.belgium();
    else if (what === "follow") flights.follow(on ?? !state.follow);
    else if (what === "layers") state.open = !state.open;
    else if (what === "layer" && name in state.layers) state.layers[name] = value;
    else if (what === "placing") state.placing = on === true;
    else if (what === "leave") model.send_msg({ type: "leave" });
    panels.update();
    schedule();
  }
  /** Somebody wants an alarm to stand chosen. @param {string} incident "" for none @param {boolean} [fly] */
  function pick(incident, fly) {
    if (!incident) return;
    model.send_msg({ type: "pick", incident });
    if (fly) wish("fly", { incident });
  }
  const wished = (/** @type {CustomEvent<{what: string}>} */ { detail: { what, ...facts } }) => wish(what, facts);
  document.addEventListener("vigie:map-wish", wished);

  // Ages go with the page's clock, as those of its rows do; on a page without one, with what the server told last.
  let told = 0;
  let toldAt = 0;
  let ticks = false;
  marks.now = () => told + (ticks ? performance.now() - toldAt : 0);
  const second = (/** @type {CustomEvent<number>} */ event) => {
    [told, toldAt, ticks] = [event.detail, performance.now(), true];
    if (view.own && !frame) marks.draw(view.own, state.layers);
  };
  document.addEventListener("vigie:second", second);
  const unowned = () => panels.update();
  document.addEventListener("vigie:unowned", unowned);

  /** @param {Foreign} news what of `marks` in view.py differs, or where to look */
  function take(news) {
    if (news.now && !ticks) told = news.now;
    for (const kept of marks.take(news)) flights.forget(kept);
    if ("selected" in news) flights.select(news.selected ?? "");
    if ("vague" in news) flights.lock(news.vague);
    if (news.go) {
      flights.away = true;
      state.follow = state.follow && news.still;
      flights.go(news.go);
    }
    if (news.left) flights.away = false;
    if ("follow" in news) flights.follow(news.follow);
    if (news.bring && state.follow) flights.choose(news.bring);
    flights.keep();
    schedule();
  }

  const signals = [plot.x_range.change, plot.y_range.change];
  signals.forEach((signal) => signal.connect(schedule));
  model.on(["loaded", "names", "streets", "place", "middle", "destination"], schedule);
  model.on("msg:custom", (/** @type {Foreign} */ sent) => {
    const text = typeof sent === "string" ? sent : sent.data;
    if (text.startsWith('{"cell"')) streets.take(text);
    else take(JSON.parse(text));
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
  feelHand(canvas, {
    drags: () => state.follow && wish("follow", { on: false }),
    clicks: (x, y) => {
      const now = view.own;
      if (!now) return;
      const perPx = perPxOf(now);
      if (state.placing)
        model.send_msg({ type: "place", x: now.x0 + x * perPx, y: now.y1 - y * perPx, m_per_px: perPx });
      else pick(marks.nearest(now, x, y));
    },
  });
  feelKeys(canvas, view, () => state.follow && wish("follow", { on: false }));
  // Before anything is drawn: the page takes up the view it had.
  document.dispatchEvent(new CustomEvent("vigie:map", { detail: { plot, state, wish } }));
  const resized = new ResizeObserver(schedule);
  resized.observe(region);
  panels.update();
  schedule();
  model.send_msg({ type: "ready" });
  model.on("remove", () => {
    resized.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(looking);
    clearTimeout(naming);
    signals.forEach((signal) => signal.disconnect(schedule));
    document.removeEventListener("vigie:second", second);
    document.removeEventListener("vigie:map-wish", wished);
    document.removeEventListener("vigie:theme", dress);
    document.removeEventListener("vigie:unowned", unowned);
  });
}

/** What a hand does: a press and release in one place is a click, all else is a drag, and a drag is stronger than
 * Follow. (Bokeh's tap is silent for the second of two quick clicks, wherever it is.) @param {HTMLElement} canvas
 * @param {{drags: () => void, clicks: (x: number, y: number) => void}} does pixels of the map */
function feelHand(canvas, { drags, clicks }) {
  /** @type {[number, number] | null} */
  let start = null;
  /** @param {PointerEvent} event */
  const away = (event) => !start || Math.hypot(event.clientX - start[0], event.clientY - start[1]) >= DRAG_PX;
  /** @param {"pointerdown" | "pointermove" | "pointerup" | "pointercancel"} type
   * @param {(event: PointerEvent) => void} handler */
  const on = (type, handler) => canvas.addEventListener(type, handler, true);
  on("pointerdown", (event) => (start = event.isPrimary && event.button === 0 ? [event.clientX, event.clientY] : null));
  on("pointermove", (event) => {
    if (!start || !away(event)) return;
    start = null;
    drags();
  });
  on("pointercancel", () => (start = null));
  on("pointerup", (event) => {
    if (!start || away(event)) return;
    start = null;
    const box = canvas.getBoundingClientRect();
    clicks(event.clientX - box.left, event.clientY - box.top);
  });
}

/** What keys do on the map while it has the focus: arrows move it by a quarter, + and − look nearer and from further
 * away. @param {HTMLElement} canvas @param {TrueView} view @param {() => void} moves */
function feelKeys(canvas, view, moves) {
  canvas.tabIndex = 0;
  canvas.role = "application";
  canvas.ariaLabel = view.model.words.by_keys;
  canvas.addEventListener("keydown", (event) => {
    const { own } = view;
    const [right, up, scale] = MOVES.get(event.key) ?? [0, 0, 0];
    if (!scale || !own || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const perPx = ((own.x1 - own.x0) / own.width) * scale;
    const [dx, dy] = [right * (own.x1 - own.x0) * STEP, up * (own.y1 - own.y0) * STEP];
    const moved = { ...own, x0: own.x0 + dx, x1: own.x1 + dx, y0: own.y0 + dy, y1: own.y1 + dy };
    moves();
    view.set(view.about(moved, Math.min(MAX_M_PER_PX, Math.max(MIN_M_PER_PX, perPx))));
  });
}
