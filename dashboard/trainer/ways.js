// What is drawn over the map: each device's way with its points, presses on it, protected places. Points are laid by a click, dragged,
// nudged with the arrow keys, deleted. The map under it is the operator's own.
import { write } from "../shell/format.js";
import { between, devices, key, placeAt } from "./draft.js";
import { EARTH_M, fitTo, RAD, x_, y_ } from "./maptools.js";
import { timeText } from "./parts.js";

const NS = "http://www.w3.org/2000/svg";
const CLICK_PX = 6;
const NUDGE_PX = 5;
export const PACES = { walk: 5, bicycle: 15, car: 50 }; // km/h
const STAND_S = 30; // between two points in one place

export class Ways {
  /** @param {HTMLElement} place @param {import("../shell/store.js").Store} store @param {import("./draft.js").Draft} draft */
  constructor(place, store, draft) {
    this.place = place;
    this.store = store;
    this.draft = draft;
    this.shown = false;
    this.mode = ""; // "draw", or "pick" for one click
    this.pace = "walk";
    this.at = 0;
    this.changed = () => {};
    this.root = svg("svg", { class: "ways", role: "group" });
    this.root.setAttribute("aria-label", store.t("editor.ways"));
    this.places = svg("g", { class: "protected" });
    this.lines = svg("g", { class: "lines" });
    this.presses = svg("g", { class: "presses" });
    this.ghosts = svg("g", { class: "ghosts" });
    this.points = svg("g", { class: "points" });
    this.root.append(this.places, this.lines, this.presses, this.ghosts, this.points);
    this.marks = new Map();
    document.addEventListener("vigie:map", ({ detail }) => this._map(detail));
    this._hand();
    new ResizeObserver(() => this.draw()).observe(place);
  }

  _map(model) {
    this.plot = model.plot;
    this.model = model;
    for (const range of [model.plot.x_range, model.plot.y_range]) range.change.connect(() => this._soon());
    this.draw();
  }

  show(on) {
    this.shown = on;
    if (on) this.place.append(this.root);
    else this.root.remove();
    this.want("");
    if (on) requestAnimationFrame(() => this.draw());
  }

  /** @param {"" | "draw" | "pick"} mode @param {(place: {lat: number, lon: number}) => void} [picked] */
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
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  _px({ lat, lon }) {
    const { x_range: x, y_range: y } = this.plot;
    const { clientWidth: width, clientHeight: height } = this.place;
    return [((x_(lon) - x.start) / (x.end - x.start)) * width, ((y.end - y_(lat)) / (y.end - y.start)) * height];
  }

  _place(px, py) {
    const { x_range: x, y_range: y } = this.plot;
    const { clientWidth: width, clientHeight: height } = this.place;
    const mx = x.start + (px / width) * (x.end - x.start);
    const my = y.end - (py / height) * (y.end - y.start);
    return { lat: round(Math.atan(Math.sinh(my / EARTH_M)) / RAD), lon: round(mx / EARTH_M / RAD) };
  }

  /** The place in the middle of what is seen; null before there is a map. */
  middle() {
    const { clientWidth: width, clientHeight: height } = this.place;
    return this.plot && width ? this._place(width / 2, height / 2) : null;
  }

  draw() {
    if (!this.shown || !this.plot || !this.place.clientWidth) return;
    const { now, device } = this.draft;
    const line = (track) => track.points.map((point) => this._px(point).map(Math.round).join()).join(" ");
    this.lines.replaceChildren(
      ...now.tracks.map((track) =>
        svg("polyline", { points: line(track), class: track.device === device ? "chosen" : "" }),
      ),
    );
    this._protected(now);
    this._presses(now);
    this._ghosts(now);
    const track = now.tracks.find((one) => one.device === device);
    const known = new Set(this.marks.keys());
    for (const point of track?.points ?? []) known.delete(point._k);
    for (const gone of known) {
      this.marks.get(gone).remove();
      this.marks.delete(gone);
    }
    for (const [n, point] of (track?.points ?? []).entries()) {
      const mark = this._mark(point, n);
      // The order of the hand that tabs is the order of the way; what stands in its place is left, with its focus.
      if (this.points.children[n] !== mark) this.points.insertBefore(mark, this.points.children[n] ?? null);
    }
  }

  _protected(now) {
    const drawn = now.cases
      .flatMap((one) => one.places ?? [])
      .map((place) => {
        const [x, y] = this._px(place);
        const { x_range: range } = this.plot;
        const per = ((range.end - range.start) / this.place.clientWidth) * Math.cos(place.lat * RAD);
        const group = svg("g", {});
        group.append(
          svg("circle", { cx: x, cy: y, r: Math.max(4, (place.radius_m ?? 0) / per) }),
          svg("path", { d: `M${x - 6} ${y}h12M${x} ${y - 6}v12` }),
        );
        return group;
      });
    this.places.replaceChildren(...drawn);
  }

  _presses(now) {
    const drawn = now.steps
      .filter((step) => step.what.do === "press")
      .map((step) => {
        const at = placeAt(
          now.tracks.find((track) => track.device === step.what.device),
          step.at,
        );
        if (!at) return null;
        const [x, y] = this._px(at);
        return svg("path", { d: `M${x} ${y - 13}l11 19h-22z` });
      });
    this.presses.replaceChildren(...drawn.filter(Boolean));
  }

  _ghosts(now) {
    const drawn = now.tracks.map((track) => {
      const [x, y] = this._px(placeAt(track, this.at));
      const group = svg("g", {});
      const text = svg("text", { x: x + 12, y: y + 24 });
      text.textContent = `${track.device} ${timeText(Math.round(this.at))}`;
      group.append(svg("circle", { cx: x, cy: y, r: 6 }), text);
      return group;
    });
    this.ghosts.replaceChildren(...drawn);
  }

  /** Show where everybody is at this moment. @param {number} at */
  move(at) {
    this.at = at;
    if (this.shown && this.plot) this._ghosts(this.draft.now);
  }

  _mark(point, n) {
    let mark = this.marks.get(point._k);
    if (!mark) {
      mark = svg("g", { class: "point", tabindex: 0, role: "button" });
      mark.append(
        svg("circle", { r: 22, class: "reach" }),
        svg("circle", { r: 12, class: "dot" }),
        svg("text", { y: 5.5, "text-anchor": "middle" }),
      );
      this._drags(mark, point._k);
      this.marks.set(point._k, mark);
    }
    const [x, y] = this._px(point);
    mark.setAttribute("transform", `translate(${x} ${y})`);
    write(mark.lastChild, String(n + 1));
    mark.setAttribute(
      "aria-label",
      this.store.t("editor.point_label", { n: n + 1, time: timeText(point.at), lat: point.lat, lon: point.lon }),
    );
    return mark;
  }

  _drags(mark, k) {
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
      const box = this.place.getBoundingClientRect();
      this._change(k, () => this._place(event.clientX - box.left, event.clientY - box.top), `drag ${k}`);
    });
    mark.addEventListener("pointerup", () => (from = null));
    mark.addEventListener("pointercancel", () => (from = null));
    mark.addEventListener("keydown", (event) => {
      const far = event.shiftKey ? 1 : NUDGE_PX;
      const by = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key];
      if (by) {
        event.preventDefault();
        this._change(
          k,
          (point) => {
            const [x, y] = this._px(point);
            return this._place(x + by[0], y + by[1]);
          },
          `nudge ${k}`,
        );
      } else if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        const next = mark.nextElementSibling ?? mark.previousElementSibling;
        removePoint(this.draft, k);
        next?.focus();
      }
    });
  }

  _change(k, place, what) {
    this.draft.change((scenario) => {
      for (const track of scenario.tracks)
        for (const point of track.points) if (point._k === k) Object.assign(point, place(point));
    }, what);
  }

  /** A press and release in one place of the map is a click; all else moves the map. */
  _hand() {
    let from = null;
    const on = (type, heard) => this.place.addEventListener(type, heard, true);
    on("pointerdown", (event) => {
      const free = this.shown && this.mode && event.isPrimary && event.button === 0;
      from =
        free && !(event.target.closest?.(".point") && this.mode === "draw") && !event.target.closest?.(".map-tools")
          ? [event.clientX, event.clientY]
          : null;
    });
    on("pointerup", (event) => {
      if (!from || Math.hypot(event.clientX - from[0], event.clientY - from[1]) >= CLICK_PX) return;
      from = null;
      const box = this.place.getBoundingClientRect();
      const place = this._place(event.clientX - box.left, event.clientY - box.top);
      if (this.mode === "draw") addPoint(this.draft, place, this.pace);
      else {
        const { picked } = this;
        this.want("");
        picked?.(place);
      }
    });
  }
}

/** Lay the next point of the chosen device's way, as far in time as its pace says. @param {import("./draft.js").Draft} draft */
export function addPoint(draft, place, pace) {
  const device = draft.device || newDevice(draft.now);
  draft.change((scenario) => {
    let track = scenario.tracks.find((one) => one.device === device);
    if (!track) scenario.tracks.push((track = { device, points: [], _k: key() }));
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

/** A name no device of a scenario has yet. */
export function newDevice(scenario) {
  const known = new Set(devices(scenario));
  let n = 1;
  while (known.has(`EX-${n}`)) n += 1;
  return `EX-${n}`;
}

function svg(name, facts) {
  const made = document.createElementNS(NS, name);
  for (const [fact, value] of Object.entries(facts)) made.setAttribute(fact, String(value));
  return made;
}

const round = (degrees) => Math.round(degrees * 1e5) / 1e5;
