// What is drawn over the map: each device's way with its points, presses on it, protected places. Points are laid by a
// click, dragged, nudged with the arrow keys, deleted. The map under it is the operator's own.
import { ARROWS, arrange, draw, kept } from "../shell/build.js";
import { attributes, write } from "../shell/format.js";
import { between, devices, key, placeAt } from "./draft.js";
import { EARTH_M, fitTo, RAD, x_, y_ } from "./maptools.js";
import { timeText } from "./parts.js";

/** @typedef {import("./draft.js").Scenario} Scenario
 *  @typedef {import("./draft.js").Place} Place
 *  @typedef {import("./draft.js").Point} Point
 *  @typedef {import("./draft.js").Track} Track
 *  @typedef {[x: number, y: number]} Pixels */

const CLICK_PX = 6;
const NUDGE_PX = 5;
export const PACES = { walk: 5, bicycle: 15, car: 50 }; // km/h
const STAND_S = 30; // between two points in one place
const NOWHERE = { left: 0, top: 0, across: 1, down: 1 }; // nothing is drawn before there is a map

export class Ways {
  /** @param {HTMLElement} place @param {import("../shell/store.js").Store} store
   * @param {import("./draft.js").Draft} draft */
  constructor(place, store, draft) {
    this.place = place;
    this.store = store;
    this.draft = draft;
    this.shown = false;
    /** @type {"" | "draw" | "pick"} "pick" for one click */
    this.mode = "";
    /** @type {((place: Place) => void) | undefined} */
    this.picked = undefined;
    /** @type {keyof PACES} */
    this.pace = "walk";
    this.at = 0;
    this.frame = 0;
    /** @type {import("./maptools.js").Plot | null} */
    this.plot = null;
    this.changed = () => {};
    const [places, lines, presses, ghosts, points] = ["protected", "lines", "presses", "ghosts", "points"].map((name) =>
      draw("g", { class: name }),
    );
    this.layers = { places, lines, presses, ghosts, points };
    const facts = { class: "ways", role: "group", "aria-label": store.t("editor.ways") };
    this.root = draw("svg", facts, ...Object.values(this.layers));
    /** @type {Map<string, SVGGElement>} */
    this.marks = new Map();
    document.addEventListener("vigie:map", ({ detail }) => this._map(detail.plot));
    this._hand();
    new ResizeObserver(() => this.draw()).observe(place);
  }

  /** @param {import("./maptools.js").Plot} plot */
  _map(plot) {
    this.plot = plot;
    for (const range of [plot.x_range, plot.y_range]) range.change.connect(() => this._soon());
    this.draw();
  }

  /** @param {boolean} on */
  show(on) {
    this.shown = on;
    if (on) this.place.append(this.root);
    else this.root.remove();
    this.want("");
    if (on) requestAnimationFrame(() => this.draw());
  }

  /** @param {"" | "draw" | "pick"} mode @param {(place: Place) => void} [picked] */
  want(mode, picked) {
    this.mode = mode;
    this.picked = picked;
    this.place.classList.toggle("is-drawing", mode !== "");
    this.changed();
  }

  /** Show so much of the map that every point is in it. */
  fit() {
    const { tracks, cases } = this.draft.now;
    fitTo(this.place, [...tracks.flatMap((track) => track.points), ...cases.flatMap((one) => one.places ?? [])]);
  }

  _soon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** What is seen of the map: where it begins, metres (Mercator's) in a pixel; null before there is one. */
  get _seen() {
    const { clientWidth: width, clientHeight: height } = this.place;
    if (!this.plot || !width) return null;
    const { x_range: x, y_range: y } = this.plot;
    return { left: x.start, top: y.end, across: (x.end - x.start) / width, down: (y.end - y.start) / height };
  }

  /** @param {Place} place @returns {Pixels} */
  _px({ lat, lon }) {
    const { left, top, across, down } = this._seen ?? NOWHERE;
    return [(x_(lon) - left) / across, (top - y_(lat)) / down];
  }

  /** @param {number} px @param {number} py @returns {Place} */
  _place(px, py) {
    const { left, top, across, down } = this._seen ?? NOWHERE;
    const my = top - py * down;
    return {
      lat: round(Math.atan(Math.sinh(my / EARTH_M)) / RAD),
      lon: round((left + px * across) / EARTH_M / RAD),
    };
  }

  /** Where an event is. @param {PointerEvent} event */
  _under(event) {
    const box = this.place.getBoundingClientRect();
    return this._place(event.clientX - box.left, event.clientY - box.top);
  }

  /** The place in the middle of what is seen; null before there is a map. */
  middle() {
    const { clientWidth: width, clientHeight: height } = this.place;
    return this._seen ? this._place(width / 2, height / 2) : null;
  }

  draw() {
    if (!this.shown || !this._seen) return;
    const { now, device } = this.draft;
    const { places, lines, presses, points } = this.layers;
    const line = (/** @type {Track} */ track) =>
      track.points.map((point) => this._px(point).map(Math.round).join()).join(" ");
    lines.replaceChildren(
      ...now.tracks.map((track) =>
        draw("polyline", { points: line(track), class: track.device === device ? "chosen" : "" }),
      ),
    );
    places.replaceChildren(...now.cases.flatMap((one) => one.places ?? []).map((place) => this._protected(place)));
    presses.replaceChildren(
      ...now.steps.flatMap(({ at, what }) => {
        const place = what.do === "press" && what.device ? placeAt(trackOf(now, what.device), at) : null;
        if (!place) return [];
        const [x, y] = this._px(place);
        return [draw("path", { d: `M${x} ${y - 13}l11 19h-22z` })];
      }),
    );
    this._ghosts(now);
    const way = trackOf(now, device)?.points ?? [];
    const keys = way.map((point) => point._k);
    const marks = kept(
      this.marks,
      keys,
      (k) => this._mark(k),
      (mark) => mark,
    );
    for (const [n, point] of way.entries()) this._set(marks[n], point, n + 1);
    // The order of the hand that tabs is the order of the way.
    arrange(points, marks);
  }

  /** @param {Place & {radius_m?: number}} place */
  _protected(place) {
    const [x, y] = this._px(place);
    const per = (this._seen ?? NOWHERE).across * Math.cos(place.lat * RAD);
    return draw(
      "g",
      {},
      draw("circle", { cx: x, cy: y, r: Math.max(4, (place.radius_m ?? 0) / per) }),
      draw("path", { d: `M${x - 6} ${y}h12M${x} ${y - 6}v12` }),
    );
  }

  /** @param {Scenario} now */
  _ghosts(now) {
    const drawn = now.tracks.flatMap((track) => {
      const place = placeAt(track, this.at);
      if (!place) return [];
      const [x, y] = this._px(place);
      const words = `${track.device} ${timeText(Math.round(this.at))}`;
      const text = draw("text", { x: x + 12, y: y + 24 }, words);
      return [draw("g", {}, draw("circle", { cx: x, cy: y, r: 6 }), text)];
    });
    this.layers.ghosts.replaceChildren(...drawn);
  }

  /** Show where everybody is at this moment. @param {number} at */
  move(at) {
    this.at = at;
    if (this.shown && this.plot) this._ghosts(this.draft.now);
  }

  /** @param {string} k a point's key */
  _mark(k) {
    const mark = draw(
      "g",
      { class: "point", tabindex: 0, role: "button" },
      draw("circle", { r: 22, class: "reach" }),
      draw("circle", { r: 12, class: "dot" }),
      draw("text", { y: 5.5, "text-anchor": "middle" }),
    );
    this._drags(mark, k);
    return mark;
  }

  /** @param {SVGGElement} mark @param {Point} point @param {number} n */
  _set(mark, point, n) {
    const [x, y] = this._px(point);
    const { at, lat, lon } = point;
    if (mark.lastChild) write(mark.lastChild, String(n));
    const label = this.store.t("editor.point_label", { n, time: timeText(at), lat, lon });
    attributes(mark, { transform: `translate(${x} ${y})`, "aria-label": label });
  }

  /** @param {SVGGElement} mark @param {string} k */
  _drags(mark, k) {
    /** @type {Pixels | null} */
    let from = null;
    mark.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this.mode === "pick") return;
      event.stopPropagation();
      event.preventDefault();
      mark.focus({ preventScroll: true });
      mark.setPointerCapture(event.pointerId);
      from = [event.clientX, event.clientY];
    });
    mark.addEventListener("pointermove", (event) => {
      if (!from || !mark.hasPointerCapture(event.pointerId)) return;
      if (Math.hypot(event.clientX - from[0], event.clientY - from[1]) < 3) return;
      from = [-1e6, 0];
      this._change(k, () => this._under(event), `drag ${k}`);
    });
    mark.addEventListener("pointerup", () => (from = null));
    mark.addEventListener("pointercancel", () => (from = null));
    mark.addEventListener("keydown", (event) => {
      const way = ARROWS.get(event.key);
      if (way) {
        event.preventDefault();
        const far = event.shiftKey ? 1 : NUDGE_PX;
        const nudged = (/** @type {Point} */ point) => {
          const [x, y] = this._px(point);
          return this._place(x + way[0] * far, y + way[1] * far);
        };
        this._change(k, nudged, `nudge ${k}`);
      } else if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        const next = /** @type {SVGGElement | null} */ (mark.nextElementSibling ?? mark.previousElementSibling);
        removePoint(this.draft, k);
        next?.focus();
      }
    });
  }

  /** @param {string} k @param {(point: Point) => Place} place @param {string} what */
  _change(k, place, what) {
    this.draft.change((scenario) => {
      for (const track of scenario.tracks)
        for (const point of track.points) if (point._k === k) Object.assign(point, place(point));
    }, what);
  }

  /** A press and release in one place of the map is a click; all else moves the map. */
  _hand() {
    /** @type {Pixels | null} */
    let from = null;
    /** @param {"pointerdown" | "pointerup"} type @param {(event: PointerEvent) => void} heard */
    const on = (type, heard) => this.place.addEventListener(type, heard, true);
    on("pointerdown", (event) => {
      const free = this.shown && this.mode && event.isPrimary && event.button === 0;
      const target = /** @type {Element} */ (event.target);
      const held = (target.closest(".point") && this.mode === "draw") || target.closest(".map-tools");
      from = free && !held ? [event.clientX, event.clientY] : null;
    });
    on("pointerup", (event) => {
      if (!from || Math.hypot(event.clientX - from[0], event.clientY - from[1]) >= CLICK_PX) return;
      from = null;
      const place = this._under(event);
      if (this.mode === "draw") addPoint(this.draft, place, this.pace);
      else {
        const { picked } = this;
        this.want("");
        picked?.(place);
      }
    });
  }
}

/** A device's track; with `made` one that there was not. @overload @param {Scenario} scenario @param {string} device
 * @param {true} made @returns {Track} */
/** @overload @param {Scenario} scenario @param {string} device @returns {Track | undefined} */
/** @param {Scenario} scenario @param {string} device @param {boolean} [made] */
export function trackOf(scenario, device, made = false) {
  const found = scenario.tracks.find((one) => one.device === device);
  if (found || !made) return found;
  const track = { device, points: [], _k: key() };
  scenario.tracks.push(track);
  return track;
}

/** Lay the next point of the chosen device's way, as far in time as its pace says.
 * @param {import("./draft.js").Draft} draft @param {Place} place @param {keyof PACES} pace */
export function addPoint(draft, place, pace) {
  const device = draft.device || newDevice(draft.now);
  draft.change((scenario) => {
    const track = trackOf(scenario, device, true);
    const last = track.points.at(-1);
    const way = last ? between(last, place) / (PACES[pace] / 3.6) : 0;
    track.points.push({ at: last ? last.at + Math.max(1, Math.round(way) || STAND_S) : 0, ...place, _k: key() });
  });
  if (draft.device !== device) draft.choose(device);
}

/** @param {import("./draft.js").Draft} draft @param {string} k */
export function removePoint(draft, k) {
  draft.change((scenario) => {
    for (const track of scenario.tracks) track.points = track.points.filter((point) => point._k !== k);
    scenario.tracks = scenario.tracks.filter((track) => track.points.length);
    const device = draft.device;
    if (device && !devices(scenario).includes(device)) scenario._devices = [...(scenario._devices ?? []), device];
  });
}

/** A name no device of a scenario has yet. @param {Scenario} scenario */
export function newDevice(scenario) {
  const known = new Set(devices(scenario));
  let n = 1;
  while (known.has(`EX-${n}`)) n += 1;
  return `EX-${n}`;
}

const round = (/** @type {number} */ degrees) => Math.round(degrees * 1e5) / 1e5;
