// A drill went from the queue: told in a line over the page, which stays until a person has seen it.
import { button } from "../../shell/build.js";
import { element } from "../../shell/format.js";

export class DrillNotice {
  /** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store */
  constructor(place, store) {
    this.store = store;
    this.root = element("div", "taken drill-notice", { role: "status" });
    place.prepend(this.root);
    store.on("drill", (drill) => this.tell(drill));
    store.on("access", () => store.locked && this.root.replaceChildren());
  }

  /** @param {{label: string, why: string}} drill */
  tell({ label, why }) {
    const { store } = this;
    const line = element("div", "taken-line");
    const seen = button("do", store.t("drill_noted"), () => line.remove(), {
      "aria-label": store.t("drill_noted_label", { label }),
    });
    line.append(
      element("strong", "", store.t("drill_gone", { label, why: store.t(`drill_why.${why || "over"}`) })),
      seen,
    );
    this.root.replaceChildren(line);
  }
}
