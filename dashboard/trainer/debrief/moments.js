// The line of moments of one incident: dragged, or walked along by keys; the first seconds are wide, as the marks on it stand.

const WIDE_S = 10; // as dashboard/trainer/debrief/view.py has it
const MINUTE_S = 60;

export class Moments {
  /** @param {HTMLElement} axis @param {{start: number, end: number, moments: number[]}} line s of the exercise
   *  @param {(at: number) => string} moved called with each moment; tells what it is */
  constructor(axis, { start, end, moments }, moved) {
    this.start = start;
    this.end = end;
    this.moved = moved;
    this.slider = axis.querySelector(".slider");
    this.handle = axis.querySelector(".handle");
    this.now = axis.querySelector(".nowline");
    this.whole = Math.log1p((end - start) / WIDE_S);
    this.moments = [...new Set(moments.map((at) => this.clamp(at)))].sort((a, b) => a - b);
    this.slider.setAttribute("aria-valuemax", String(Math.round(end - start)));
    this.slider.addEventListener("keydown", (event) => this._key(event));
    const follow = (event) => {
      const box = this.slider.getBoundingClientRect();
      this.go(
        this.start + Math.expm1(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * this.whole) * WIDE_S,
      );
    };
    this.slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.slider.setPointerCapture(event.pointerId);
      follow(event);
      this.slider.focus({ preventScroll: true });
      event.preventDefault();
    });
    this.slider.addEventListener(
      "pointermove",
      (event) => this.slider.hasPointerCapture(event.pointerId) && follow(event),
    );
  }

  clamp(at) {
    return Math.min(this.end, Math.max(this.start, at));
  }

  /** Show this moment. @param {number} at s */
  go(at) {
    this.at = this.clamp(at);
    const share = `${(Math.log1p((this.at - this.start) / WIDE_S) / this.whole) * 100}%`;
    this.handle.style.left = share;
    this.now.style.left = share;
    this.slider.setAttribute("aria-valuenow", String(Math.round(this.at - this.start)));
    this.slider.setAttribute("aria-valuetext", this.moved(this.at));
  }

  _key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { at, moments } = this;
    const later = () => moments.find((moment) => moment > at) ?? this.end;
    const earlier = () => moments.findLast((moment) => moment < at) ?? this.start;
    const next = {
      ArrowRight: later,
      ArrowUp: later,
      ArrowLeft: earlier,
      ArrowDown: earlier,
      PageUp: () => at + MINUTE_S,
      PageDown: () => at - MINUTE_S,
      Home: () => this.start,
      End: () => this.end,
    }[event.key];
    if (!next) return;
    event.preventDefault();
    this.go(next());
  }
}
