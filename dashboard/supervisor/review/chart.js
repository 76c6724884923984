// What all drawings of the review share: a card with a heading, a line that says what is under the hand, a picture
// drawn at its true size, and keys: one stop for the whole picture, arrows to the nearest mark, Enter chooses it, T
// lays its numbers out as a table.
import { ARROWS, button, draw } from "../../shell/build.js";
import { element, write } from "../../shell/format.js";

/** A word of an axis. @param {number} x @param {number} y @param {"start" | "middle" | "end"} anchor
 * @param {string} text */
export function axis(x, y, anchor, text, look = "axis") {
  return draw("text", { class: look, x, y, "text-anchor": anchor }, text);
}

/** A straight line. @param {string} look @param {number} x1 @param {number} x2 @param {number} y1
 * @param {number} [y2] */
export function rule(look, x1, x2, y1, y2 = y1) {
  return draw("line", { class: look, x1, x2, y1, y2 });
}

/** The lines of a share from `floor` to 1, each with its words at the left.
 *  @param {number} left @param {number} end @param {(share: number) => number} y @param {number} [floor] */
export function shares(left, end, y, floor = 0) {
  return [0, 0.25, 0.5, 0.75, 1]
    .filter((share) => share >= floor)
    .flatMap((share) => [rule("grid", left, end, y(share)), axis(left - 8, y(share) + 5, "end", `${share * 100} %`)]);
}

/** Shapes of the classes about the origin, so that colour never speaks alone. @type {Record<string, string>} */
export const MARKS = {
  real: "M0-6.5 6.5 5h-13z",
  accidental: "M-4.8 0a4.8 4.8 0 1 0 9.6 0a4.8 4.8 0 1 0-9.6 0z",
  unknown: "M0-6 6 0 0 6-6 0z",
  test: "M-4.2-4.2h8.4v8.4h-8.4z",
  "": "M-5-5 5 5M-5 5 5-5",
};

/** The mark of a class, for a legend. @param {string} as */
export function legendMark(as) {
  const facts = {
    viewBox: "-8 -8 16 16",
    width: 16,
    height: 16,
    "aria-hidden": "true",
    class: `mark of-${as || "none"}`,
  };
  return draw("svg", facts, draw("path", { d: MARKS[as] ?? MARKS[""] }));
}

const TABLED_PX = 400; // a picture that nobody sees, for what its marks say

/** @typedef {import("./facts.js").Facts} Facts */

export class Chart {
  /** @param {import("./review.js").Review} review @param {string} name */
  constructor(review, name) {
    this.review = review;
    this.store = review.store;
    /** @type {Facts | null} */
    this.facts = null;
    this.title = element("h3", { id: `review-${name}` });
    this.hint = element("span", { class: "hint", "aria-hidden": "true" }); // the mark itself says it to whoever listens
    this.note = element("p", "note");
    this.body = element("div", "drawing");
    this.under = element("div", "under", this.note, this.hint); // one line: what is drawn, or what is under the hand
    this.turn = button("turn", this.store.t("as_table"), () => this._turn(), element("kbd", "", "T"));
    this.turn.setAttribute("aria-pressed", "false");
    this.turn.setAttribute("aria-keyshortcuts", "T");
    this.table = element("div", { class: "drawing as-table", role: "region", tabindex: 0, hidden: true });
    this.table.setAttribute("aria-labelledby", this.title.id);
    this.root = element("section", `card chart ${name}`, this.title, this.turn, this.under, this.body, this.table);
    this.root.setAttribute("aria-labelledby", this.title.id);
    this.at = ""; // the key of the mark that Tab leads to
    this.width = this.height = 0;
    new ResizeObserver(([{ contentRect }]) => {
      const [width, height] = [Math.floor(contentRect.width), Math.floor(contentRect.height)];
      if (width === this.width && height === this.height) return;
      [this.width, this.height] = [width, height];
      this._paint();
    }).observe(this.body);
    for (const [on, off] of [
      ["pointerover", "pointerout"],
      ["focusin", "focusout"],
    ]) {
      this.body.addEventListener(on, ({ target }) => this._say(mark(target, "[data-says]")?.dataset.says));
      this.body.addEventListener(off, () => this._say());
    }
    this.body.addEventListener("keydown", (event) => this._key(event));
    for (const shown of [this.body, this.table])
      shown.addEventListener("click", ({ target }) => this._choose(mark(target, "[data-key]")));
    this.root.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "t" || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this._turn();
    });
  }

  /** @param {Facts} facts */
  show(facts) {
    this.facts = facts;
    this._paint();
    this._lay();
    this._say();
  }

  /** Show the table in the place of the picture, or the picture again. */
  _turn() {
    const held = this.body.contains(document.activeElement) || this.table.contains(document.activeElement);
    const on = this.table.hidden;
    this.turn.setAttribute("aria-pressed", String(on));
    this.table.hidden = !on;
    this.body.hidden = on;
    this._lay();
    if (held) (on ? this.table : this.turn).focus();
  }

  /** The rows of the table, the first cell of each names it: a mark's own words, where it says nothing else. With a key
   * the name is pressed as the mark is. @param {Facts} facts @returns {{key?: string, cells: string[]}[]} */
  rows(facts) {
    const picture = this.paint(facts, TABLED_PX, TABLED_PX);
    return [.../** @type {NodeListOf<SVGElement>} */ (picture.querySelectorAll("[data-key][data-says]"))].map(
      (mark) => ({
        key: mark.dataset.key,
        cells: (mark.dataset.says ?? "").split(" · "),
      }),
    );
  }

  _lay() {
    if (this.table.hidden || !this.facts) return;
    const lines = this.rows(this.facts).map(({ key, cells: [name, ...cells] }) => {
      const head = key === undefined ? name : button("link", name, () => {});
      if (head instanceof HTMLElement) head.dataset.key = key;
      return element("tr", "", element("th", { scope: "row" }, head), ...cells.map((cell) => element("td", "", cell)));
    });
    const none = element("p", "none", this.store.t("none_counted"));
    this.table.replaceChildren(lines.length ? element("table", "", element("tbody", "", ...lines)) : none);
  }

  /** A mark that can be chosen. @template {SVGElement} S @param {S} shape @param {string} key @param {string} says
   * @param {boolean} [on] chosen now */
  choice(shape, key, says, on = false) {
    const facts = {
      role: "button",
      tabindex: -1,
      "aria-label": says,
      "aria-pressed": on,
      "data-key": key,
      "data-says": says,
    };
    for (const [name, value] of Object.entries(facts)) shape.setAttribute(name, String(value));
    return shape;
  }

  /** @param {Facts} facts @param {number} width @param {number} height
   * @returns {Element} the picture; each chart has its own */
  paint(facts, width, height) {
    throw new Error(`nothing draws ${this.title.id} of ${facts} in ${width} x ${height}`);
  }

  /** A mark was chosen. @param {string} key */
  chosen(key) {
    throw new Error(`nothing happens at ${key}`);
  }

  _paint() {
    if (!this.facts || !this.width || !this.height) return;
    const held = this.body.contains(document.activeElement)
      ? /** @type {HTMLElement} */ (document.activeElement).dataset.key
      : null;
    const picture = this.paint(this.facts, this.width, this.height);
    this.body.replaceChildren(picture);
    if (picture instanceof SVGElement) {
      picture.setAttribute("role", "group");
      picture.setAttribute("aria-labelledby", this.title.id);
      picture.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    }
    const marks = this._marks();
    const stop = marks.find((mark) => mark.dataset.key === (held ?? this.at)) ?? marks[0];
    stop?.setAttribute("tabindex", "0");
    if (held != null) stop?.focus({ preventScroll: true });
  }

  /** @returns {SVGElement[]} */
  _marks() {
    return [.../** @type {NodeListOf<SVGElement>} */ (this.body.querySelectorAll("svg [data-key]"))];
  }

  _say(text = "") {
    write(this.hint, text);
    this.under.classList.toggle("says", !!text);
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const here = mark(event.target, "svg [data-key]");
    if (!here || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this._choose(here);
      return;
    }
    const way = ARROWS.get(event.key);
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const [x, y] = middle(here);
    /** @type {SVGElement | null} */
    let best = null;
    let least = Infinity;
    for (const mark of this._marks()) {
      if (mark === here) continue;
      const [mx, my] = middle(mark);
      const along = (mx - x) * way[0] + (my - y) * way[1];
      const aside = Math.abs((mx - x) * way[1]) + Math.abs((my - y) * way[0]);
      if (along > 0.4 && along + 3 * aside < least) [best, least] = [mark, along + 3 * aside];
    }
    if (!best) return;
    here.setAttribute("tabindex", "-1");
    best.setAttribute("tabindex", "0");
    this.at = best.dataset.key ?? "";
    best.focus({ preventScroll: true });
  }

  /** @param {HTMLElement | SVGElement | null} mark */
  _choose(mark) {
    if (!mark) return;
    this.at = mark.dataset.key ?? "";
    this.chosen(this.at);
  }
}

/** The mark that an event is about. @param {EventTarget | null} target @param {string} which
 * @returns {SVGGraphicsElement | null} */
function mark(target, which) {
  return target instanceof Element ? target.closest(which) : null;
}

/** @param {SVGElement} mark @returns {[x: number, y: number]} */
function middle(mark) {
  if (mark.dataset.x) return [Number(mark.dataset.x), Number(mark.dataset.y)];
  const box = /** @type {SVGGraphicsElement} */ (mark).getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}
