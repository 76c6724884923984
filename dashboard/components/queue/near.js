// Of a long list only what is near the screen is drawn; for the others there is room. A short list is drawn whole.
const WHOLE = 60; // rows: fewer cost a browser less than leaving some out
const AROUND = 12; // rows drawn above the screen and under it
const HEIGHT = 130; // px of a row, until one was measured

export class Near {
  /** @param {HTMLElement} scroller @param {() => void} changed other rows are near now */
  constructor(scroller, changed) {
    this.scroller = scroller;
    /** @type {Map<HTMLElement, number>} */
    // px of a row of each list, measured once: a later change would move what an operator looks at
    this.heights = new Map();
    /** @type {Map<HTMLElement, {count: number, from: number, to: number, places: number[]}>} */
    this.lists = new Map();
    let asked = false;
    scroller.addEventListener(
      "scroll",
      () => {
        if (asked || ![...this.lists.values()].some(({ count }) => count > WHOLE)) return;
        asked = true;
        requestAnimationFrame(() => {
          asked = false;
          if (this._moved()) changed();
        });
      },
      { passive: true },
    );
  }

  /** The rows of a list to draw, as they stand in it. @template R @param {HTMLElement} list @param {R[]} rows
   * @param {(row: R) => boolean} stays whether a row is drawn wherever it stands: the selected one, the one with the
   * focus */
  of(list, rows, stays) {
    const [from, to] = rows.length <= WHOLE ? [0, rows.length] : this._span(list, rows.length);
    const places = [];
    if (from > 0) for (let n = 0; n < from; n += 1) if (stays(rows[n])) places.push(n);
    for (let n = from; n < to; n += 1) places.push(n);
    for (let n = to; n < rows.length; n += 1) if (stays(rows[n])) places.push(n);
    this.lists.set(list, { count: rows.length, from, to, places });
    return places.map((n) => rows[n]);
  }

  /** The room for what is not drawn: over each row that is, and under the last. @param {HTMLElement} list */
  rooms(list) {
    const { count, places } = this.lists.get(list) ?? { count: 0, places: [] };
    let past = -1;
    const over = places.map((place) => {
      const room = this._room(list, place - past - 1);
      past = place;
      return room;
    });
    return { over, under: this._room(list, count - 1 - past) };
  }

  /** Take from the rows of a list, once it is long, how high one of it is. @param {HTMLElement} list */
  measure(list) {
    const rows = /** @type {HTMLElement[]} */ ([...list.children]);
    if ((this.lists.get(list)?.count ?? 0) <= WHOLE || !rows.length || this.heights.has(list)) return;
    const high = rows.reduce((sum, li) => sum + li.offsetHeight, 0) / rows.length;
    if (high > 0) this.heights.set(list, Math.round(high));
  }

  /** @param {HTMLElement} list */
  _height(list) {
    return this.heights.get(list) ?? HEIGHT;
  }

  /** @param {HTMLElement} list @param {number} rows */
  _room(list, rows) {
    return rows > 0 ? `${rows * this._height(list)}px` : "";
  }

  /** @param {HTMLElement} list @param {number} count */
  _span(list, count) {
    const height = this._height(list);
    const first = Math.floor((this.scroller.scrollTop - list.offsetTop) / height);
    const seen = Math.ceil(this.scroller.clientHeight / height);
    const from = Math.max(0, Math.min(first, count - seen) - AROUND);
    return [from, Math.max(from, Math.min(count, first + seen + AROUND))];
  }

  /** Whether other rows are near than those that were drawn. */
  _moved() {
    return [...this.lists].some(([list, { count, from, to }]) => {
      if (count <= WHOLE) return false;
      const [begin, end] = this._span(list, count);
      return Math.max(Math.abs(begin - from), Math.abs(end - to)) >= AROUND / 2;
    });
  }
}
