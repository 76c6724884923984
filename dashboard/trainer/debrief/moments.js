// The line of moments of one incident: dragged, or walked along by keys; the first seconds are wide, as the marks on it
// stand.
import { drags, find, keys } from "../../shell/build.js";
import { attributes } from "../../shell/format.js";

const WIDE_S = 10; // as dashboard/trainer/debrief/view.py has it
const MINUTE_S = 60;

export class Moments {
  /** @param {HTMLElement} axis @param {{start: number, end: number, moments: number[]}} line s of the exercise
   *  @param {(at: number) => string} moved called with each moment; tells what it is */
  constructor(axis, { start, end, moments }, moved) {
    this.start = start;
    this.end = end;
    this.moved = moved;
    this.at = end;
    this.slider = find(axis, ".slider");
    this.handle = find(axis, ".handle");
    this.now = find(axis, ".nowline");
    this.whole = Math.log1p((end - start) / WIDE_S);
    this.moments = [...new Set(moments.map((at) => this.clamp(at)))].sort((a, b) => a - b);
    attributes(this.slider, { "aria-valuemax": Math.round(end - start) });
    const go = (/** @type {() => number} */ to) => () => this.go(to());
    const later = go(() => this.moments.find((moment) => moment > this.at) ?? end);
    const earlier = go(() => this.moments.findLast((moment) => moment < this.at) ?? start);
    const steps = { ArrowRight: later, ArrowUp: later, ArrowLeft: earlier, ArrowDown: earlier };
    const pages = { PageUp: go(() => this.at + MINUTE_S), PageDown: go(() => this.at - MINUTE_S) };
    const does = { ...steps, ...pages, Home: go(() => start), End: go(() => end) };
    this.slider.addEventListener("keydown", (event) => keys(does, event));
    drags(this.slider, (share) => this.go(start + Math.expm1(share * this.whole) * WIDE_S));
  }

  /** @param {number} at s */
  clamp(at) {
    return Math.min(this.end, Math.max(this.start, at));
  }

  /** Show this moment. @param {number} at s */
  go(at) {
    this.at = this.clamp(at);
    const share = `${(Math.log1p((this.at - this.start) / WIDE_S) / this.whole) * 100}%`;
    this.handle.style.left = share;
    this.now.style.left = share;
    const text = this.moved(this.at);
    attributes(this.slider, { "aria-valuenow": Math.round(this.at - this.start), "aria-valuetext": text });
  }
}
