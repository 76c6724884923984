// The zones that were told to stand down and have not said that they do, over the actions: each with the button for
// what the radio says of it.
import { arrange } from "../../shell/build.js";
import { attributes, element, write } from "../../shell/format.js";
import { standDowns } from "../escalation/stand_down.js";

/** @typedef {import("../../shell/wire.js").Row} Row @typedef {{button: HTMLButtonElement, words: HTMLElement}} Made */

export class StandDownStrip {
  /** @param {import("../../shell/store.js").Store} store @param {(zone: string) => Made} make the button of a zone */
  constructor(store, make) {
    this.store = store;
    this.make = make;
    /** @type {Row | null} */
    this.row = null;
    /** @type {Map<string, Made & {root: HTMLElement, told: HTMLElement}>} by zone, as they were told */
    this.lines = new Map();
    this.root = element("section", "stand-down");
    store.on("second", () => this.tick());
  }

  /** What the radio confirms: of this zone, or of the only one; of several a key picks none. @param {string} [zone] */
  of(zone) {
    const waits = this.row?.standing_down ?? [];
    const one = waits.find((each) => (zone ? each.zone === zone : waits.length === 1));
    return one && { zone: one.zone, unit: one.unit ?? "" };
  }

  /** @param {Row | null} row the selected alarm @param {string} why it may not come now */
  update(row, why) {
    const { store } = this;
    this.row = row;
    const waits = row?.standing_down ?? [];
    for (const [zone, { root }] of this.lines)
      if (!waits.some((one) => one.zone === zone)) (root.remove(), this.lines.delete(zone));
    const lines = waits.map(({ zone, zone_name: name }) => {
      const line = this.lines.get(zone) ?? this._line(zone);
      write(line.words, store.t("zone_says.confirm_stand_down", { zone: store.zone(name) }));
      const said = store.t("action_label", { action: line.words.textContent, label: row?.label });
      attributes(line.button, { "aria-disabled": why !== "", title: why, "aria-label": said });
      return line.root;
    });
    arrange(this.root, lines);
    // The key stands where it acts.
    this.root.classList.toggle("several", waits.length > 1);
    this.tick();
  }

  /** @param {string} zone */
  _line(zone) {
    const told = element("strong", "");
    const made = this.make(zone);
    const line = { ...made, told, root: element("div", "line", told, made.button) };
    this.lines.set(zone, line);
    return line;
  }

  tick() {
    const said = this.row ? standDowns(this.store, this.row) : [];
    this.root.hidden = !said.length;
    said.forEach(([kind, words], n) => {
      const told = this.lines.get(this.row?.standing_down?.[n].zone ?? "")?.told;
      if (!told) return;
      told.className = kind;
      write(told, words);
    });
  }
}
