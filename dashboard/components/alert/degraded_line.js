// A line over the page of what still works and must be mended before it is needed: the degraded-mode file, the servers
// of the log.
import { clock, element, phrase, together, write } from "../../shell/format.js";

export class DegradedLine {
  /** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store */
  constructor(place, store) {
    this.root = element("div", "degraded-line", { role: "status", hidden: true });
    place.prepend(this.root);
    store.on("health access", () => {
      if (!store.health) return;
      const { degraded, degraded_at: at, degraded_reason: why, replica_lost: lost } = store.health;
      const old = degraded === "old" || degraded === "failed";
      const kept = at ? store.t("degraded_kept", { time: clock(at).slice(0, 5) }) : store.t("degraded_none");
      const said = together(" ", [
        old && phrase`${store.t(`degraded.${degraded}`, { why })} ${kept}`,
        store.console.supervisor && lost && store.t("replica_lost", { servers: lost }),
      ]);
      this.root.hidden = !said;
      write(this.root, said);
    });
  }
}
