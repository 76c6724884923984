// Where the chosen alarm is, to be copied and spelled: as the case panel says it, and of a case that may be seen only.
import { joined } from "../../shell/format.js";
import { Spelling } from "../spelling/spelling.js";
import { agedOf } from "./doubt.js";

/** @param {import("../../shell/store.js").Store} store @param {import("../../shell/desk.js").DeskLine} desk
 *  @param {HTMLElement} panel the case panel; what is spelled stands before it, over the map */
export function placeOf(store, desk, panel) {
  const made = new Spelling(store, desk, {
    of: () => {
      const { row } = store;
      const live = store.detailOf(row)?.live;
      if (!row || !live) return null;
      const { near_full: near = "", names, lat, lon } = live;
      const words = joined([near, agedOf(store, live), near && lat == null && store.t("no_position")]);
      return { label: row.label, words, names, lat, lon };
    },
    put: (spelling) => panel.before(spelling),
    // Until somebody has it a drill looks like an alarm: its place may not stand in a CAD.
    against: (what) => {
      if (!store.row) return store.t("not_now.none");
      return what === "copy" && store.row.state === "raised" ? store.t("not_now.unowned") : store.later;
    },
    first: () => (store.training ? store.t("brief.exercise") : ""),
  });
  store.on("rows select detail access desk", () => made.update());
  return made;
}
