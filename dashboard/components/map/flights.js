// Where the map looks: what it shows of an alarm that somebody chose, how it was left there, and that it follows her.

const NEAREST_FLIGHT_M = 3000; // the view after a flight is at least so wide
const AROUND_AREA = 0.1; // of an area, left around it after a flight
const VIEWS = 64; // of alarms, as the map was left at them last
const KEPT_IN = 0.3; // of the screen, from its edges, for who is followed

/** @typedef {{follow: boolean, placing: boolean, layers: Record<string, boolean>, open: boolean}} MapState */

/** A map's flights. A new alarm never moves it, later positions only while it follows. */
class Flights {
  /** @param {TrueView} view @param {Marks} marks @param {MapState} state */
  constructor(view, marks, state) {
    this.view = view;
    this.marks = marks;
    this.state = state;
    /** @type {Map<string, View>} how it was left at each */
    this.left = new Map();
    this.own = ""; // the alarm that was chosen when this view came about
    this.wanted = ""; // it is shown as soon as it is drawn
    this.away = false; // at a place that somebody flew to: Follow waits
    /** @type {{view: View | null, own: string} | null} as it was left when nobody stood before it any more */
    this.locked = null;
  }

  /** Another stands chosen. @param {string} incident */
  select(incident) {
    const before = this.marks.selected;
    if (incident === before) return;
    const { next } = this.view;
    if (before && this.own === before && this.wanted !== before && next) {
      this.left.delete(before);
      this.left.set(before, next);
      if (this.left.size > VIEWS) this.left.delete([...this.left.keys()][0]);
    }
    this.wanted = "";
    this.marks.selected = incident;
  }

  /** Show what somebody chose: as the map was left at it while it is still in that view, else near enough to see its
   * streets and all of its circle; one whose place nobody knows on the whole country. Not while a place is pointed at.
   * @param {string} incident */
  choose(incident) {
    if (this.state.placing) return;
    this.select(incident);
    this.away = false;
    this.own = incident;
    const mark = this.marks.alarms.get(incident);
    this.wanted = mark ? "" : incident;
    if (!mark) return;
    const before = this.left.get(incident);
    if (mark.x == null && !mark.area) this.belgium();
    else if (before && mark.x != null && inView(before, mark.x, mark.y ?? 0)) this.view.show(before);
    else this.fly(incident);
  }

  /** In the middle; one that has no position by the area that was named. Nothing if it has neither.
   * @param {string} incident */
  fly(incident) {
    this.away = false;
    this.own = incident;
    const mark = this.marks.alarms.get(incident);
    if (mark?.area) this.go(mark.area);
    if (mark?.x == null || mark.y == null) return;
    const nearest = (NEAREST_FLIGHT_M / 2) * Math.cosh(mark.y / EARTH_M);
    const reach = Math.max(nearest, 3 * this.marks.reach(mark));
    this.view.box([mark.x - reach, mark.y - reach, mark.x + reach, mark.y + reach]);
  }

  /** The whole country. */
  belgium() {
    this.view.box(this.view.model.home);
  }

  /** A box with a margin about it. @param {[number, number, number, number]} box */
  go([x0, y0, x1, y1]) {
    const [dx, dy] = [AROUND_AREA * (x1 - x0), AROUND_AREA * (y1 - y0)];
    this.view.box([x0 - dx, y0 - dy, x1 + dx, y1 + dy]);
  }

  /** @param {boolean} on */
  follow(on) {
    this.away = false;
    this.state.follow = on;
    this.keep();
  }

  /** What came is shown where somebody waits for it, and who is followed is kept in view. */
  keep() {
    if (this.wanted && this.wanted === this.marks.selected && this.marks.alarms.has(this.wanted)) {
      this.choose(this.wanted);
      return;
    }
    const mark = this.marks.alarms.get(this.marks.selected);
    const { next } = this.view;
    if (!this.state.follow || this.away || !next || mark?.x == null || mark.y == null) return;
    const dx = mark.x - (next.x0 + next.x1) / 2;
    if (!inView(next, mark.x, mark.y, KEPT_IN))
      this.view.show({ ...next, x0: next.x0 + dx, x1: next.x1 + dx, y0: mark.y, y1: mark.y });
  }

  /** Nobody stands before it: what it was left at tells where somebody is. It is taken up again by who comes, if that
   * may be seen. @param {boolean} on */
  lock(on) {
    const { locked } = this;
    this.locked = on ? { view: this.view.next, own: this.own } : null;
    if (on) this.belgium();
    else if (locked?.view) this.view.show(locked.view);
  }

  /** This alarm is kept from who is here now: nothing leads there. @param {string} incident */
  forget(incident) {
    this.left.delete(incident);
    if (this.locked?.own === incident) this.locked = null;
    if (this.own !== incident) return;
    this.own = this.wanted = "";
    this.belgium();
  }
}

/** @param {View} view @param {number} x @param {number} y @param {number} [margin] a share of the view */
function inView({ x0, x1, y0, y1 }, x, y, margin = 0) {
  const [mx, my] = [margin * (x1 - x0), margin * (y1 - y0)];
  return x0 + mx <= x && x <= x1 - mx && y0 + my <= y && y <= y1 - my;
}

/** @param {View} view */
function perPxOf({ x0, x1, width }) {
  return (x1 - x0) / width;
}
