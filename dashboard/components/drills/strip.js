// The selected alarm says DRILL: its one step stands in the place of all actions.
import { button } from "../../shell/build.js";
import { element, write } from "../../shell/format.js";
import { tenths } from "../../shell/rounding.js";

export class DrillStrip {
  /** @param {import("../../shell/store.js").Store} store @param {import("../../shell/desk.js").DeskLine} desk */
  constructor(store, desk) {
    this.store = store;
    this.root = element("section", "drill-strip", { "aria-label": store.t("drill") });
    this.said = element("strong", "", store.t("drill_is"));
    this.taken = element("p");
    this.close = button("do primary", store.t("do.close_drill"), (event) => {
      const { row } = store;
      if (event.detail < 2 && row?.drill) desk.ask("close_drill", row.label, { do: "close_drill", incident: row.id });
    });
    this.root.append(this.said, this.taken, this.close);
  }

  /** Whether the row of the moment is a drill that says so. @param {import("../../shell/wire.js").Row | null} row */
  update(row) {
    this.root.hidden = !row?.drill;
    if (!row?.drill) return false;
    const { owned, owner: who, received } = row;
    write(this.taken, owned ? this.store.t("drill_seen", { who, s: tenths((owned - received) / 1000) }) : "");
    return true;
  }
}
