// Alarms that came while a list was scrolled away from its top are counted in a bar over it; the scroll is not touched.
import { button } from "../../shell/build.js";
import { write } from "../../shell/format.js";
import { Store } from "../../shell/store.js";

export class Above {
  /** @param {Store} store @param {HTMLElement} scroller @param {() => import("../../shell/wire.js").Row[]} listed the open alarms that stand in it */
  constructor(store, scroller, listed) {
    this.store = store;
    this.listed = listed;
    this.seen = new Set();
    this.away = false;
    this.bar = button("new-above", "", () => scroller.scrollTo({ top: 0 }), { hidden: true });
    scroller.addEventListener(
      "scroll",
      () => {
        this.away = scroller.scrollTop > 40;
        this.count();
      },
      { passive: true },
    );
  }

  count() {
    const { away } = this;
    const waiting = this.listed()
      .filter((row) => Store.needs(row))
      .map((row) => row.key);
    if (!away) this.seen = new Set(waiting);
    const fresh = away ? waiting.filter((key) => !this.seen.has(key)).length : 0;
    this.bar.hidden = fresh === 0;
    write(this.bar, this.store.t("new_above", { n: fresh }));
    this.bar.setAttribute("aria-label", this.store.t("new_above_label", { n: fresh }));
  }
}
