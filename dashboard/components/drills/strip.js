// The selected alarm says DRILL: its one step stands in the place of all actions.
import { h } from "../../shell/kit.js";
import { tenths } from "../../shell/rounding.js";

/** @param {{store: import("../../shell/store.js").Store, desk: import("../../shell/desk.js").DeskLine,
 *  row: import("../../shell/wire.js").Row}} props */
export function Drill({ store, desk, row: { id, label, owned, owner: who, received } }) {
  const close = (/** @type {MouseEvent} */ { detail }) =>
    detail < 2 && desk.ask("close_drill", label, { do: "close_drill", incident: id });
  return h(
    "section",
    { class: "drill-strip", "aria-label": store.t("drill") },
    h("strong", {}, store.t("drill_is")),
    h("p", {}, owned ? store.t("drill_seen", { who, s: tenths((owned - received) / 1000) }) : ""),
    h("button", { class: "do primary", type: "button", onClick: close }, store.t("do.close_drill")),
  );
}
