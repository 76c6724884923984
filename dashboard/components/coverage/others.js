// The other centres' alarms: one line with their number and the oldest that nobody has, opened on request.
import { element, ticking, write } from "../../shell/format.js";

export class Others {
  /** @param {import("../../shell/store.js").Store} store @param {HTMLElement} head the section's heading
   * @param {() => void} changed */
  constructor(store, head, changed) {
    this.store = store;
    this.changed = changed;
    this.opened = false;
    this.button = element("button", "opener", { type: "button" });
    this.title = element("span", "title");
    this.oldest = element("span", "oldest");
    this.button.append(this.title, this.oldest, store.keys.cap("others"));
    this.button.addEventListener("click", () => this.toggle());
    head.replaceChildren(this.button);
    /** @type {import("../../shell/wire.js").Row[]} */
    this.rows = [];
    this._say();
  }

  toggle() {
    this.opened = !this.opened;
    this._say();
    this.changed();
  }

  /** Take what stands there now; the rows to draw. @param {import("../../shell/wire.js").Row[]} rows */
  take(rows) {
    this.rows = rows;
    this._say();
    return this.opened ? rows : [];
  }

  _say() {
    this.button.setAttribute("aria-expanded", String(this.opened));
    write(this.title, this.store.t("others", { n: this.rows.length }));
    this.tick();
  }

  tick() {
    const since = this.rows.reduce(
      (oldest, row) => (row.state === "raised" ? Math.min(oldest, row.received) : oldest),
      Infinity,
    );
    write(
      this.oldest,
      Number.isFinite(since) ? this.store.t("others_oldest", { age: ticking(this.store.now() - since) }) : "",
    );
  }
}
