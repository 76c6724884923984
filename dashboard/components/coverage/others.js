// The other centres' alarms: one line with their number and the oldest that nobody has, opened on request.
import { ticking } from "../../shell/format.js";
import { h, render } from "../../shell/kit.js";
import { Cap, keyed } from "../actions/cap.js";

export class Others {
  /** @param {import("../../shell/store.js").Store} store @param {HTMLElement} head the section's heading
   * @param {() => void} changed */
  constructor(store, head, changed) {
    this.store = store;
    this.head = head;
    this.changed = changed;
    this.opened = false;
    head.replaceChildren();
  }

  toggle() {
    this.opened = !this.opened;
    this.changed();
  }

  /** Say what stands there now; the rows to draw. @param {import("../../shell/wire.js").Row[]} rows */
  take(rows) {
    const { store, opened } = this;
    const since = Math.min(...rows.map(({ state, received }) => (state === "raised" ? received : Infinity)));
    const age = Number.isFinite(since) && ticking(store.now() - since);
    const parts = [
      h("span", { class: "title" }, store.t("others", { n: rows.length })),
      h("span", { class: "oldest" }, age && store.t("others_oldest", { age })),
      h(Cap, { store, name: "others" }),
    ];
    const facts = { class: "opener", type: "button", "aria-expanded": opened, ...keyed(store, "others") };
    render(h("button", { ...facts, onClick: () => this.toggle() }, parts), this.head);
    return opened ? rows : [];
  }
}
