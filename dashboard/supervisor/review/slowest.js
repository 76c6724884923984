// The slowest by the profile's interval: a list to look into, one row an incident.
import { element } from "../../shell/format.js";
import { count, mark, number, seconds, sentence } from "./figure.js";

const TIMES = ["received->acknowledged", "acknowledged->routed", "pressed->on_scene"];

export class Slowest {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    this.store = review.store;
    this.root = element("section", "card slowest");
    this.title = element("h3");
    this.title.id = "review-slowest";
    this.root.setAttribute("aria-labelledby", this.title.id);
    this.note = element("p", "note");
    this.table = element("table");
    this.frame = element("div", "rows");
    this.frame.append(this.table);
    const head = element("header");
    head.append(this.title, this.note);
    this.root.append(head, this.frame);
    this.table.addEventListener("click", ({ target }) => {
      const row = /** @type {Element} */ (target).closest("tr[data-key]");
      if (!row) return;
      this.review.incident(row.dataset.key);
    });
  }

  show({ slowest, target, ecdf }) {
    const { store, review } = this;
    const held = this.table.contains(document.activeElement) ? document.activeElement.closest("tr").dataset.key : null;
    this.title.textContent = store.t("slowest_title", { interval: store.t(`interval.${target.interval}`) });
    this.note.replaceChildren(
      sentence(store, "slowest_of", {
        k: number(store, count(slowest.length, "slowest")),
        n: number(store, count(ecdf.n, "counted")),
      }),
    );
    const head = element("tr");
    for (const name of ["when", "zone", ...TIMES, "class"]) {
      const cell = element("th", "", store.t(`slowest.${name}`));
      cell.scope = "col";
      head.append(cell);
    }
    const rows = slowest.map((one, n) => {
      const line = element("tr");
      line.dataset.key = one.id;
      const first = element("th");
      first.scope = "row";
      const go = element("button", "link", review.when(one.at));
      go.type = "button";
      first.append(go);
      line.append(first, element("td", "", store.zone(review.zoneName(one.zone)) || store.t("no_zone")));
      for (const name of TIMES) {
        const s = one.s[name];
        line.append(
          mark(
            element("td", `figure${name === target.interval && s > target.limit_s ? " over" : ""}`, seconds(s)),
            store,
            { stat: "time", scope: `row:${one.id}`, interval: name, n: s == null ? 0 : 1, value: s },
          ),
        );
      }
      line.append(element("td", "", store.t(`class.${one.as || "none"}`)));
      return line;
    });
    this.table.replaceChildren(head, ...rows);
    if (held)
      rows
        .find((row) => row.dataset.key === held)
        ?.querySelector("button")
        .focus();
  }
}
