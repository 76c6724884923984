// How many alarms nobody has, and since when: of more than can be seen at once this line is never out of sight.
import { element, ticking, write } from "../../shell/format.js";

const FEW = 5; // from the sixth on

export class Unowned {
  /** @param {import("../../shell/store.js").Store} store @param {HTMLElement} scroller what it stands over */
  constructor(store, scroller) {
    this.store = store;
    this.scroller = scroller;
    this.figures = new Intl.NumberFormat(store.language === "en" ? "en-GB" : store.language);
    this.line = element("div", "unowned");
    this.count = element("strong");
    this.oldest = element("span", "oldest");
    this.owed = element("span", "owed");
    this.line.append(this.count, this.oldest, this.owed);
    this.line.hidden = true;
    this.since = Infinity;
    store.on("second", () => this.tick());
  }

  update() {
    const { store } = this;
    const waiting = store.waiting().filter((row) => row.state === "raised");
    // What has not come may be this console's: until it has, it counts.
    const count = waiting.length + store.lists().coming;
    this.line.hidden = count <= FEW && !store.owed;
    this.scroller.classList.toggle("crowded", !this.line.hidden);
    this.since = waiting.reduce((oldest, row) => (row.reserved ? oldest : Math.min(oldest, row.received)), Infinity);
    write(this.count, store.t("unowned_n", { n: this.figures.format(count) }));
    write(this.owed, store.owed ? store.t("owed_n", { n: this.figures.format(store.owed) }) : "");
    this.tick();
  }

  tick() {
    if (this.line.hidden) return;
    write(
      this.oldest,
      Number.isFinite(this.since)
        ? this.store.t("unowned_oldest", { age: ticking(this.store.now() - this.since) })
        : "",
    );
  }
}
