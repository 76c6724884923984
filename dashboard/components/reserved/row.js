// The row of an alarm that is kept from who is here: that there is one, whether nobody has it yet, and nothing else. It
// takes no hand.
import { element, write } from "../../shell/format.js";
import { shape } from "../../shell/shapes.js";

export class ReservedRow {
  /** @param {import("../../shell/store.js").Store} store @param {string} id */
  constructor(store, id) {
    this.li = element("li", "row is-reserved", {
      "data-incident": id,
      "data-kind": "reserved",
      "aria-label": store.t("reserved_label"),
    });
    const glyph = element("span", "glyph", shape("reserved"));
    const head = element("div", "head");
    const name = element("strong", "name");
    write(name, store.t("reserved"));
    head.append(name);
    this.li.append(glyph, head, element("div", "line place", store.t("reserved_row")));
    /** @type {{state: string} | null} */
    this.row = null;
  }

  /** @param {{state: string}} row */
  fill(row) {
    this.row = row;
    this.li.dataset.state = row.state;
    this.li.classList.toggle("is-raised", row.state === "raised");
  }
}
