// A line over the page when the degraded-mode file is old or could not be renewed, with the reason: whoever can, mends it.
import { clock, element, phrase, write } from "../../shell/format.js";

export class DegradedLine {
  /** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store */
  constructor(place, store) {
    this.root = element("div", "degraded-line", { role: "status", hidden: true });
    place.prepend(this.root);
    store.on("health", () => {
      if (!store.health) return;
      const { degraded, degraded_at: at, degraded_reason: why } = store.health;
      this.root.hidden = degraded !== "old" && degraded !== "failed";
      const kept = at ? store.t("degraded_kept", { time: clock(at).slice(0, 5) }) : store.t("degraded_none");
      write(this.root, this.root.hidden ? "" : phrase`${store.t(`degraded.${degraded}`, { why })} ${kept}`);
    });
  }
}
