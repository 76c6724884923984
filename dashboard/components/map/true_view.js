// The view of the map: the ranges of the plot in the proportions of the screen, between the limits of the zoom.

const MIN_M_PER_PX = 0.25; // Mercator metres
const MAX_M_PER_PX = 2200;

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
    this.home = true;
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
    // by the server or a hand: it brings its own scale
    const moved = !first && !untouched;
    if (resized && this.home && untouched) view = this.fit(this.model.home, width, height);
    else if (resized && this.perPx && !moved) view = this.about(view, this.perPx);
    const [px, py] = [(view.x1 - view.x0) / width, (view.y1 - view.y0) / height];
    const perPx = Math.min(MAX_M_PER_PX, Math.max(MIN_M_PER_PX, Math.max(px, py)));
    const untrue = Math.abs(px / perPx - 1) > 1e-3 || Math.abs(py / perPx - 1) > 1e-3;
    if (untrue) view = this.about(view, perPx);
    // Moved in the frame in which its place grew, too: a view that a page takes up comes while it finds its size.
    this.home &&= this.aboutHome(view);
    this.size = `${width}x${height}`;
    this.perPx = (view.x1 - view.x0) / width;
    if (view.x0 !== xr.start || view.x1 !== xr.end || view.y0 !== yr.start || view.y1 !== yr.end) this.set(view);
    this.own = view;
    return view;
  }

  /** Where it looks from the next frame on. */
  get next() {
    const { x_range: xr, y_range: yr } = this.plot;
    return this.own && { ...this.own, x0: xr.start, x1: xr.end, y0: yr.start, y1: yr.end };
  }

  /** Look at this view, about its middle and at its scale, on the screen of now. @param {View} view */
  show(view) {
    this.set(this.about({ ...view, width: this.region.clientWidth, height: this.region.clientHeight }, perPxOf(view)));
  }

  /** The smallest view that holds a box. @param {[number, number, number, number]} box */
  box(box) {
    const { clientWidth: width, clientHeight: height } = this.region;
    if (width && height) this.set(this.fit(box, width, height));
  }

  /** @param {View} view */
  set({ x0, x1, y0, y1 }) {
    this.plot.x_range.setv({ start: x0, end: x1 });
    this.plot.y_range.setv({ start: y0, end: y1 });
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
