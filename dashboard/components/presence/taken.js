// An alarm of this desk that somebody else has taken over: told in a line over the page, which stays until a person has seen it.
import { button } from "../../shell/build.js";
import { clock, element } from "../../shell/format.js";

export class Taken {
  /** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store */
  constructor(place, store) {
    this.store = store;
    this.root = element("div", "taken", { role: "status" });
    place.prepend(this.root);
    store.on("taken", (row) => this.tell(row));
    // What one person lost is not told to the next.
    store.on("access", () => store.locked && this.root.replaceChildren());
  }

  /** @param {import("../../shell/wire.js").Row} row */
  tell(row) {
    const { store } = this;
    const line = element("div", "taken-line");
    const seen = button("do", store.t("taken_seen"), () => line.remove(), {
      "aria-label": store.t("taken_seen_label", { label: row.label }),
    });
    line.append(
      element(
        "strong",
        "",
        store.t("taken_from_you", { label: row.label, who: row.owner, time: clock(row.owned ?? store.now()) }),
      ),
      seen,
    );
    line.dataset.incident = row.id;
    this.root.querySelector(`[data-incident="${CSS.escape(row.id)}"]`)?.remove();
    this.root.append(line);
  }
}
