// The band over a page that is no live one: what it is, and how fast its clock goes. A live page has no band, and
// nothing here runs.
import { element, write } from "../../shell/format.js";

export class Dress {
  /** @param {HTMLElement} band @param {import("../../shell/store.js").Store} store */
  constructor(band, store) {
    this.store = store;
    this.pace = element("b", "pace");
    band.append(this.pace);
    store.on("second pace", () => this.tick());
  }

  tick() {
    const { pace } = this.store;
    const stands = pace === 0 && this.store.t("dress_stands");
    write(this.pace, stands || (pace === null || pace === 1 ? "" : this.store.t("dress_speed", { n: pace })));
  }
}
