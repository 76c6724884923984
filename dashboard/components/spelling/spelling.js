// Where she is, to be said: one key copies words and coordinates, one spells them. What is copied goes to the clipboard
// alone.
import { button, copied } from "../../shell/build.js";
import { coordinates, element, joined } from "../../shell/format.js";
import { meantElsewhere } from "../../shell/keyboard.js";
import { digits, spelled } from "./alphabet.js";

/** @typedef {{label: string, words: string, names?: string[], lat?: number | null, lon?: number | null}} Place where
 * the alarm `label` is: its words in full, those of them that are spelled, its coordinates
 * @typedef {Pick<import("../../shell/store.js").Store, "t" | "keys">} Words */

const SPACES = /\s+/g; // what a field may break at, or not know

/** A place on one line: words, coordinates. @param {Place} place @param {string} [first] stands before them */
export function lineOf({ words, lat, lon }, first = "") {
  const point = lat != null && lon != null && coordinates(lat, lon);
  return joined([first, words, point]).replace(SPACES, " ").trim();
}

/** The names of a place that are spelled; of words that nobody took apart, what stands before the first figure.
 * @param {Place} place */
export function namesOf({ words, names }) {
  return names?.length ? names : [words.split(" · ")[0]].filter(Boolean);
}

export class Spelling {
  /** @param {Words} store @param {{say: (text: string, refused?: boolean) => void}} desk
   * @param {{of: () => Place | null, put: (panel: HTMLElement) => void, against?: (what: "copy" | "spell") => string,
   * first?: () => string}} there `of`: the place now, or none; `put`: to where the panel stands; `against`: why it may
   * not be copied or spelled now; `first`: before what is copied */
  constructor(store, desk, there) {
    this.store = store;
    this.desk = desk;
    this.there = there;
    const does = (/** @type {"copy" | "spell"} */ what) => {
      const title = store.t(`spelling.${what}_title`);
      const cap = store.keys.cap(`${what}_place`);
      return button("spell", store.t(`spelling.${what}`), () => this.do(what), { title, "aria-label": title }, cap);
    };
    this.buttons = element("span", "spells", does("copy"), does("spell"));
    /** @type {HTMLElement | null} */
    this.panel = null;
    this.drawn = "";
    /** @type {Element | null} */
    this.from = null;
  }

  /** @param {"copy" | "spell"} what */
  do(what) {
    if (what === "copy") return this.copy();
    return this.show(!this.panel);
  }

  async copy() {
    const { store, desk, there } = this;
    const place = there.of();
    const why = there.against?.("copy");
    if (why) return desk.say(why, true);
    if (!place || !lineOf(place)) return desk.say(store.t("spelling.nothing"), true);
    const { label } = place;
    if (await copied(lineOf(place, there.first?.()))) return desk.say(store.t("spelling.copied", { label }));
    desk.say(store.t("spelling.not_copied", { label }), true);
    if (there.of()?.label !== label) return; // another alarm was chosen meanwhile
    this.show(true);
    const line = this.panel?.querySelector(".line");
    if (line) getSelection()?.selectAllChildren(line);
  }

  /** @param {boolean} on */
  show(on) {
    const place = on ? this.there.of() : null;
    const why = on && this.there.against?.("spell");
    if (why) return this.desk.say(why, true);
    if (on && (!place || !lineOf(place))) return this.desk.say(this.store.t("spelling.nothing"), true);
    if (!place) return this.close();
    if (!this.panel) {
      this.from = document.activeElement;
      this.panel = element("section", { class: "spelling", "aria-label": this.store.t("spelling.panel") });
      this.panel.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || meantElsewhere(event)) return;
        event.preventDefault();
        event.stopPropagation();
        this.close();
      });
      this.there.put(this.panel);
    }
    this.update();
    this.panel.querySelector("button")?.focus();
  }

  get open() {
    return !!this.panel;
  }

  close() {
    if (!this.panel) return;
    const had = this.panel.contains(document.activeElement);
    this.panel.remove();
    this.panel = null;
    this.drawn = "";
    if (had && this.from instanceof HTMLElement && this.from.isConnected) this.from.focus();
  }

  /** The place may be another one now, or none that may be shown: then nothing of it stays. */
  update() {
    const { store } = this;
    const place = this.there.of();
    this.buttons.hidden = !place || !lineOf(place);
    if (!this.panel) return;
    if (!place || !lineOf(place)) return this.close();
    const drawn = JSON.stringify([place.label, lineOf(place, this.there.first?.()), place.names]);
    if (drawn === this.drawn) return;
    const anew = !this.drawn || JSON.parse(this.drawn)[0] === place.label;
    if (!anew) return this.close(); // it was opened for another alarm
    this.drawn = drawn;
    const closing = this.panel.querySelector("button") ?? button("do", store.t("spelling.close"), () => this.close());
    const head = element("div", "title", element("h3", "", store.t("spelling.of", { label: place.label })), closing);
    const held = document.activeElement === closing;
    this.panel.replaceChildren(
      head,
      element("p", { class: "line", tabindex: 0 }, lineOf(place, this.there.first?.())),
      ...namesOf(place).map((name) => this._name(name)),
      ...(place.lat != null && place.lon != null ? [this._point(place.lat, place.lon)] : []),
    );
    if (held) closing.focus();
  }

  /** @param {string} name */
  _name(name) {
    const signs = spelled(this.store.t.bind(this.store), name);
    const list = element("ol", { "aria-label": name });
    for (const { sign, word } of signs)
      list.append(
        sign
          ? element("li", "", element("b", "", sign), ` ${word}`)
          : element("li", { class: "gap", "aria-hidden": true }),
      );
    return list;
  }

  /** @param {number} lat @param {number} lon */
  _point(lat, lon) {
    const list = element("dl");
    const names = [this.store.t("spelling.latitude"), this.store.t("spelling.longitude")];
    for (const [n, figure] of coordinates(lat, lon).split(", ").entries())
      list.append(element("dt", "", names[n]), element("dd", "", digits(figure)));
    return list;
  }
}
