// A drill went from the queue: told in a line over the page, which stays until a person has seen it.
import { element } from "../../shell/format.js";

export class DrillNotice {
  /** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store */
  constructor(place, store) {
    this.store = store;
    this.root = element("div", "taken drill-notice");
    this.root.setAttribute("role", "status");
    place.prepend(this.root);
    store.on("drill", (drill) => this.tell(drill));
    store.on("access", () => store.locked && this.root.replaceChildren());
  }

  /** @param {{label: string, why: string}} drill */
  tell({ label, why }) {
    const { store } = this;
    const line = element("div", "taken-line");
    const seen = element("button", "do", store.t("drill_noted"));
    seen.type = "button";
    seen.setAttribute("aria-label", store.t("drill_noted_label", { label }));
    seen.addEventListener("click", () => line.remove());
    line.append(
      element("strong", "", store.t("drill_gone", { label, why: store.t(`drill_why.${why || "over"}`) })),
      seen,
    );
    this.root.replaceChildren(line);
  }
}
