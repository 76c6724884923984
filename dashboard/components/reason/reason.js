// The line that asks why somebody looks at what is not theirs to do now: one key for each usual reason, words for
// another. It is recorded.
import { button } from "../../shell/build.js";
import { attributes, element, write } from "../../shell/format.js";

/** The usual reasons in the order of their keys, by their names in `incidents.events.kinds.Why`. */
const USUAL = ["alarm", "handover", "review", "magistrate", "person", "training"];
const OTHER = "other";
const LONGEST = 500;

export class Reason {
  /** It stands in a form of its page, so that a digit is none of the page's keys.
   * @param {import("../../shell/store.js").Store} store
   * @param {(why: string, words: string) => void} given called with a usual reason, or with "other" and the words for
   * it */
  constructor(store, given) {
    this.store = store;
    this.given = given;
    this.why = ""; // given last: it is offered first
    this.buttons = [...USUAL, OTHER].map((why, n) => {
      const key = element("kbd", "", String(n + 1));
      return button("do", store.t(`reason.${why}`), () => this._choose(why), { "data-why": why }, key);
    });
    this.words = element("input", { maxlength: LONGEST, autocomplete: "off", "aria-label": store.t("reason.words") });
    this.send = button("do primary", store.t("reason.send"), () => this._say());
    this.own = element("div", "own", this.words, this.send);
    this.title = element("p", "asks");
    this.root = element("div", "reason", this.title, element("div", "usual", ...this.buttons), this.own);
    attributes(this.root, { role: "group", "aria-label": store.t("reason.ask") });
    this.root.addEventListener("keydown", (event) => this._pressed(event));
    this.hide();
  }

  get open() {
    return !this.root.hidden;
  }

  ask() {
    write(this.title, this.store.t("reason.ask"));
    this.root.hidden = false;
    this.own.hidden = true;
    (this.buttons.find((one) => one.dataset.why === this.why) ?? this.buttons[0]).focus();
  }

  hide() {
    this.root.hidden = this.own.hidden = true;
    this.words.value = "";
  }

  /** Another person stands before the page: nothing of the last one's reasons is offered. */
  forget() {
    this.why = "";
    this.hide();
  }

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === this.words) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this._say();
      return;
    }
    // The digits of a Belgian keyboard are written with Shift: the key in the digit's place counts.
    const found = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
    const chosen = found && this.buttons[Number(found[1]) - 1];
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!chosen && !way) return;
    event.preventDefault();
    event.stopPropagation();
    if (chosen) chosen.click();
    else if (way) {
      const at = this.buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      this.buttons[(at + way + this.buttons.length) % this.buttons.length].focus();
    }
  }

  /** @param {string} why */
  _choose(why) {
    if (why === OTHER) {
      this.own.hidden = false;
      this.words.focus();
      return;
    }
    this.why = why;
    this.hide();
    this.given(why, "");
  }

  _say() {
    const words = this.words.value.trim();
    if (!words) return this.words.focus();
    this.hide();
    this.given(OTHER, words);
  }
}
