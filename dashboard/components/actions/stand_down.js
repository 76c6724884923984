// The zones that were told to stand down and have not said that they do, over the actions, with the key for what the radio says.
import { redraw } from "../../shell/build.js";
import { element } from "../../shell/format.js";
import { standDowns } from "../escalation/stand_down.js";

/** @typedef {import("../../shell/wire.js").Row} Row */

export class StandDownStrip {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Row | null} */
    this.row = null;
    this.told = element("div", "told");
    this.buttons = element("div", "buttons");
    this.root = element("section", "stand-down", this.told, this.buttons);
    store.on("second", () => this.tick());
  }

  /** What the radio confirms: the zone that waits the longest. @param {Row | null} row */
  static first(row) {
    const [first] = row?.standing_down ?? [];
    return first && { zone: first.zone, unit: first.unit ?? "" };
  }

  /** @param {Row | null} row the selected alarm */
  update(row) {
    this.row = row;
    this.tick();
  }

  tick() {
    const said = this.row ? standDowns(this.store, this.row) : [];
    this.root.hidden = !said.length;
    redraw(this.told, said, () => said.map(([kind, words]) => element("strong", kind, words)));
  }
}
