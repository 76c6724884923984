// The line over what is on the screen already: why was it looked at? It holds nothing up and takes no key of the
// page's, until a hand goes to it. Unanswered it stays, and says that this is noted.
import { button, form, onEscape } from "../../shell/build.js";
import { attributes, element, write } from "../../shell/format.js";
import { Reason } from "./reason.js";

const NOTED_MS = 60_000;

export class Asking {
  /** @param {import("../../shell/store.js").Store} store
   * @param {(ask: import("../../shell/wire.js").Ask) => boolean} stands whether what it asks about is before whoever is
   * here */
  constructor(store, stands) {
    this.store = store;
    this.stands = stands;
    /** @type {import("../../shell/wire.js").Ask | null} */
    this.ask = null;
    /** @type {Element | null} where the hand was before */
    this.from = null;
    this.reason = new Reason(store, (why, reason) => this._say(why, reason));
    this.said = element("span", "asks", { role: "status" });
    this.opener = button(
      "do",
      "",
      () => this.answer(),
      element("span", "", store.t("reason.say")),
      store.keys.cap("why"),
    );
    this.line = element("div", "asked-after", this.said, this.opener);
    this.root = form("asking", () => {}, { hidden: true }, this.line, this.reason.root);
    attributes(this.root, { "aria-label": store.t("reason.ask") });
    onEscape(this.root, (event) => {
      event.preventDefault();
      event.stopPropagation();
      this._fold();
    });
    store.on("asks select rows desk opened", () => this.update());
    store.on("access", () => store.locked && this.reason.forget());
    store.on("second language", () => this._write());
  }

  /** The key to it. */
  answer() {
    if (this.root.hidden || this.reason.open) return;
    this.from = document.activeElement;
    this.line.hidden = true;
    this.reason.ask();
  }

  update() {
    const { asks, locked } = this.store;
    const ask = asks && !locked && this.stands(asks) ? asks : null;
    if (ask?.of !== this.ask?.of) this._fold();
    this.ask = ask;
    this.root.hidden = !ask;
    this._write();
  }

  _write() {
    const { ask, store } = this;
    const late = !!ask && store.now() - ask.at >= NOTED_MS;
    write(this.said, ask ? store.t(late ? "reason.noted" : `reason.asks.${ask.what}`) : "");
    this.root.classList.toggle("late", late);
  }

  /** @param {string} why @param {string} reason */
  _say(why, reason) {
    if (this.ask) this.store.send({ do: "reason", of: this.ask.of, why, reason });
    this._fold();
  }

  /** Back to the one line, and the hand to where it was. */
  _fold() {
    const inside = this.root.contains(document.activeElement) || document.activeElement === document.body;
    const was = this.reason.open || this.line.hidden;
    this.reason.hide();
    this.line.hidden = false;
    if (was && inside && this.from instanceof HTMLElement && this.from.isConnected) this.from.focus();
    this.from = null;
  }
}
