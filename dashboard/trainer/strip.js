// What happens, on a line of time: a lane for each device with its way and its steps, one for the rest. Steps are
// dragged along it.
import { button, drags, keyed, keys, parts, room } from "../shell/build.js";
import { attributes, element, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";
import { actionWords } from "./action.js";
import { devices, lasts } from "./draft.js";
import { timeText } from "./parts.js";

/** @typedef {import("./draft.js").Step} Step */

const TICKS_S = [10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const TICK_PX = 78;
const LABEL_PX = 54; // a time's width: the last ones have no room before the end
const MARK_PX = 24; // marks nearer than this stand under each other
/** @type {Record<string, string>} */
const SHAPES = { press: "press", line: "sound", link: "device", feed: "feed", zone: "routed", message: "message" };

const BY = new Map([
  ["ArrowRight", 1],
  ["ArrowUp", 1],
  ["ArrowLeft", -1],
  ["ArrowDown", -1],
  ["PageUp", 30],
  ["PageDown", -30],
]); // s that a key moves a step
const RECORDINGS = "recordings "; // no device's name has a blank at its end

export class Strip {
  /** @param {import("../shell/store.js").Store} store @param {import("./draft.js").Draft} draft
   *  @param {{move: (at: number) => void, open: (step: string) => void, device: (device: string) => void}} does */
  constructor(store, draft, does) {
    this.store = store;
    this.draft = draft;
    this.does = does;
    this.at = 0;
    this.length = 0;
    this.handle = element("i", "handle");
    this.figures = element("div", "figures");
    const facts = { role: "slider", tabindex: 0, "aria-label": store.t("editor.moment"), "aria-valuemin": 0 };
    this.slider = element("div", { class: "cursor", ...facts }, this.figures, this.handle);
    this.time = element("span", "name");
    this.lanes = element("div", "lanes");
    this.root = element("div", "strip", element("div", "lane head", this.time, this.slider), this.lanes);
    const by = (/** @type {number} */ s) => () => this._go(this.at + s);
    const steps = { ArrowRight: by(5), ArrowUp: by(5), ArrowLeft: by(-5), ArrowDown: by(-5) };
    const jumps = { PageUp: by(60), PageDown: by(-60), Home: by(-Infinity), End: by(Infinity) };
    drags(this.slider, (share) => this._go(share * this.length));
    this.slider.addEventListener("keydown", (event) => keys({ ...steps, ...jumps }, event));
    new ResizeObserver(() => this.draw()).observe(this.slider);
  }

  draw() {
    const { now } = this.draft;
    this.length = lasts(now);
    const width = room(this.slider) || 600;
    const every = TICKS_S.find((s) => (s / this.length) * width >= TICK_PX) ?? 3600;
    const ticks = [];
    for (let s = 0; ((this.length - s) / this.length) * width >= LABEL_PX; s += every) ticks.push(s);
    this.figures.replaceChildren(...ticks.map((s) => at_(element("span", "", timeText(s)), s / this.length)));
    this.slider.setAttribute("aria-valuemax", String(Math.round(this.length)));
    const lanes = [...devices(now), "", ...(now.base.length ? [RECORDINGS] : [])];
    keyed(
      this.lanes,
      lanes,
      (device) => `lane ${device}`,
      (device) => this._lane(device),
      (lane, device) => this._fill(lane, device),
    );
    this.place(Math.min(this.at, this.length));
  }

  /** @param {string} device */
  _lane(device) {
    const rest = device === "" ? this.store.t("editor.the_rest") : "";
    const other = device === RECORDINGS ? this.store.t("editor.recorded") : rest;
    const name = button("name", other || device, () => this.does.device(device));
    name.disabled = !!other;
    const line = element("div", "line", element("div", "way"), element("div", "marks"));
    return element("div", "lane", name, line);
  }

  /** @param {HTMLElement} lane @param {string} device */
  _fill(lane, device) {
    const { now } = this.draft;
    const [name, line] = parts(lane);
    const [way, marks] = parts(line);
    const bar = (/** @type {number} */ from, /** @type {number} */ length, look = "", text = "") => {
      const made = at_(element("b", look, text), from / this.length);
      made.style.width = `${(length / this.length) * 100}%`;
      return made;
    };
    if (device === RECORDINGS) {
      way.replaceChildren(...now.base.map((one) => bar(one.at ?? 0, one._length ?? 0, "base", one.recording)));
      return;
    }
    lane.classList.toggle("chosen", !!device && device === this.draft.device);
    if (device) attributes(name, { "aria-pressed": device === this.draft.device });
    const points = now.tracks.find((track) => track.device === device)?.points ?? [];
    const dots = points.map((point) => at_(element("i"), point.at / this.length));
    const [first, last] = [points.at(0), points.at(-1)];
    way.replaceChildren(...(first && last ? [bar(first.at, last.at - first.at)] : []), ...dots);
    const steps = now.steps.filter((step) => (step.what.device ?? "") === device);
    const rows = this._rows(steps);
    lane.style.setProperty("--rows", String(Math.max(1, ...rows.values())));
    keyed(
      marks,
      steps,
      (step) => step._k,
      (step) => this._mark(step._k),
      (mark, step) => {
        at_(mark, step.at / this.length);
        mark.style.setProperty("--row", String((rows.get(step._k) ?? 1) - 1));
        if (mark.dataset.do !== step.what.do) mark.replaceChildren(shape(SHAPES[step.what.do], 20));
        mark.dataset.do = step.what.do;
        const said = `${timeText(step.at)} ${actionWords(this.store, step.what)}`;
        attributes(mark, { title: said });
        attributes(mark, { "aria-label": this.store.t("editor.step_label", { what: said }) });
      },
    );
  }

  /** In which row each step stands, from 1: steps of nearly one moment would hide each other. @param {Step[]} steps */
  _rows(steps) {
    const width = room(this.slider) || 600;
    /** @type {number[]} of each row, px */
    const ends = [];
    return new Map(
      steps.map((step) => {
        const x = (step.at / this.length) * width;
        let row = ends.findIndex((end) => x - end >= MARK_PX);
        if (row < 0) row = ends.length;
        ends[row] = x;
        return [step._k, row + 1];
      }),
    );
  }

  /** @param {string} k a step's key */
  _mark(k) {
    let moved = false;
    const mark = button("step", "", () => !moved && this.does.open(k));
    /** @type {number | null} */
    let from = null;
    mark.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      mark.setPointerCapture(event.pointerId);
      from = event.clientX;
      moved = false;
    });
    mark.addEventListener("pointermove", (event) => {
      if (from === null || !mark.hasPointerCapture(event.pointerId) || (!moved && Math.abs(event.clientX - from) < 4))
        return;
      moved = true;
      const box = this.slider.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      this._shift(k, () => share * this.length, `slide ${k}`);
    });
    mark.addEventListener("pointerup", () => (from = null));
    mark.addEventListener("keydown", (event) => {
      const by = BY.get(event.key);
      if (by) {
        event.preventDefault();
        this._shift(k, (at) => at + by * (event.shiftKey ? 10 : 1), `slide ${k}`);
        this.root.querySelector(`[data-key="${CSS.escape(k)}"]`)?.focus();
      } else if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        const next = /** @type {HTMLElement | null} */ (mark.nextElementSibling ?? mark.previousElementSibling);
        this.draft.change((scenario) => (scenario.steps = scenario.steps.filter((step) => step._k !== k)));
        next?.focus();
      }
    });
    return mark;
  }

  /** @param {string} k @param {(at: number) => number} when @param {string} what */
  _shift(k, when, what) {
    this.draft.change((scenario) => {
      const step = scenario.steps.find((one) => one._k === k);
      if (step) step.at = Math.round(Math.max(0, when(step.at)));
    }, what);
  }

  /** @param {number} at */
  _go(at) {
    this.place(Math.min(this.length, Math.max(0, at)));
  }

  /** @param {number} at s */
  place(at) {
    this.at = at;
    at_(this.handle, at / this.length);
    write(this.time, this.store.t("editor.at", { time: timeText(Math.round(at)) }));
    attributes(this.slider, { "aria-valuenow": Math.round(at), "aria-valuetext": timeText(Math.round(at)) });
    this.does.move(at);
  }
}

/** @template {HTMLElement} T @param {T} part @param {number} share of the line */
function at_(part, share) {
  part.style.left = `${share * 100}%`;
  return part;
}
