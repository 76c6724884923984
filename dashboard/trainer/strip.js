// What happens, on a line of time: a lane for each device with its way and its steps, one for the rest. Steps are dragged along it.
import { element, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";
import { actionWords } from "./action.js";
import { devices, lasts } from "./draft.js";
import { keyed, timeText } from "./parts.js";

const TICKS_S = [10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const TICK_PX = 78;
const MARK_PX = 24; // marks nearer than this stand under each other
const SHAPES = { press: "press", line: "sound", link: "device", feed: "feed", zone: "routed", message: "message" };

const RECORDINGS = "recordings "; // no device's name has a blank at its end

export class Strip {
  /** @param {import("../shell/store.js").Store} store @param {import("./draft.js").Draft} draft
   *  @param {{move: (at: number) => void, open: (step: string) => void, device: (device: string) => void}} does */
  constructor(store, draft, does) {
    this.store = store;
    this.draft = draft;
    this.does = does;
    this.at = 0;
    this.root = element("div", "strip");
    this.axis = element("div", "axis");
    this.slider = element("div", "cursor");
    this.slider.tabIndex = 0;
    this.slider.setAttribute("role", "slider");
    this.slider.setAttribute("aria-label", store.t("editor.moment"));
    this.slider.setAttribute("aria-valuemin", "0");
    this.handle = element("i", "handle");
    this.figures = element("div", "figures");
    this.slider.append(this.figures, this.handle);
    const head = element("div", "lane head");
    this.time = element("span", "name");
    head.append(this.time, this.slider);
    this.lanes = element("div", "lanes");
    this.root.append(head, this.lanes);
    this._scrubs();
    new ResizeObserver(() => this.draw()).observe(this.slider);
  }

  draw() {
    const { now } = this.draft;
    this.length = lasts(now);
    const width = this.slider.clientWidth || 600;
    const every = TICKS_S.find((s) => (s / this.length) * width >= TICK_PX) ?? 3600;
    const ticks = [];
    for (let s = 0; s <= this.length; s += every) ticks.push(s);
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

  _lane(device) {
    const lane = element("div", "lane");
    const named = { "": this.store.t("editor.the_rest"), [RECORDINGS]: this.store.t("editor.recorded") };
    const name = element("button", "name", named[device] ?? device);
    name.type = "button";
    if (!(device in named)) name.addEventListener("click", () => this.does.device(device));
    else name.disabled = true;
    const line = element("div", "line");
    line.append(element("div", "way"), element("div", "marks"));
    lane.append(name, line);
    return lane;
  }

  _fill(lane, device) {
    const { now } = this.draft;
    if (device === RECORDINGS) {
      const bars = now.base.map((base) => {
        const bar = at_(element("b", "base", base.recording), (base.at ?? 0) / this.length);
        bar.style.width = `${((base._length ?? 0) / this.length) * 100}%`;
        return bar;
      });
      lane.lastChild.firstChild.replaceChildren(...bars);
      return;
    }
    lane.classList.toggle("chosen", !!device && device === this.draft.device);
    if (device) lane.firstChild.setAttribute("aria-pressed", String(device === this.draft.device));
    const [way, marks] = lane.lastChild.children;
    const points = now.tracks.find((track) => track.device === device)?.points ?? [];
    const drawn = points.map((point) => at_(element("i"), point.at / this.length));
    if (points.length) {
      const bar = at_(element("b"), points[0].at / this.length);
      bar.style.width = `${((points.at(-1).at - points[0].at) / this.length) * 100}%`;
      drawn.unshift(bar);
    }
    way.replaceChildren(...drawn);
    const steps = now.steps.filter((step) => (step.what.device ?? "") === device);
    const rows = this._rows(steps);
    lane.style.setProperty("--rows", String(Math.max(1, ...rows.values(), 1)));
    keyed(
      marks,
      steps,
      (step) => step._k,
      (step) => this._mark(step._k),
      (mark, step) => {
        at_(mark, step.at / this.length);
        mark.style.setProperty("--row", String(rows.get(step._k) - 1));
        if (mark.dataset.do !== step.what.do) mark.replaceChildren(shape(SHAPES[step.what.do], 20));
        mark.dataset.do = step.what.do;
        const said = `${timeText(step.at)} ${actionWords(this.store, step.what)}`;
        mark.title = said;
        mark.setAttribute("aria-label", this.store.t("editor.step_label", { what: said }));
      },
    );
  }

  /** In which row each step stands, from 1: steps of nearly one moment would hide each other. */
  _rows(steps) {
    const width = this.slider.clientWidth || 600;
    const ends = []; // of each row, px
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

  _mark(k) {
    const mark = element("button", "step");
    mark.type = "button";
    let from = null;
    let moved = false;
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
      this._shift(k, () => this._timeOf(event.clientX), `slide ${k}`);
    });
    mark.addEventListener("pointerup", () => (from = null));
    mark.addEventListener("click", () => !moved && this.does.open(k));
    mark.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 30, PageDown: -30 }[event.key];
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

  _shift(k, when, what) {
    this.draft.change((scenario) => {
      const step = scenario.steps.find((one) => one._k === k);
      if (step) step.at = Math.round(Math.max(0, when(step.at)));
    }, what);
  }

  _timeOf(x) {
    const box = this.slider.getBoundingClientRect();
    return Math.min(1, Math.max(0, (x - box.left) / box.width)) * this.length;
  }

  _scrubs() {
    const go = (at) => this.place(Math.min(this.length, Math.max(0, at)));
    this.slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.slider.focus({ preventScroll: true });
      this.slider.setPointerCapture(event.pointerId);
      go(this._timeOf(event.clientX));
    });
    this.slider.addEventListener(
      "pointermove",
      (event) => this.slider.hasPointerCapture(event.pointerId) && go(this._timeOf(event.clientX)),
    );
    this.slider.addEventListener("keydown", (event) => {
      const by = {
        ArrowRight: 5,
        ArrowUp: 5,
        ArrowLeft: -5,
        ArrowDown: -5,
        PageUp: 60,
        PageDown: -60,
        Home: -Infinity,
        End: Infinity,
      }[event.key];
      if (!by) return;
      event.preventDefault();
      go(this.at + by);
    });
  }

  place(at) {
    this.at = at;
    at_(this.handle, at / this.length);
    write(this.time, this.store.t("editor.at", { time: timeText(Math.round(at)) }));
    this.slider.setAttribute("aria-valuenow", String(Math.round(at)));
    this.slider.setAttribute("aria-valuetext", timeText(Math.round(at)));
    this.does.move(at);
  }
}

function at_(part, share) {
  part.style.left = `${share * 100}%`;
  return part;
}
