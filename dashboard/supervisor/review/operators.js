// Figures by operator, for a supervisor who says why. The reason is in the log before anything is shown; nothing of it is in a view.
import { element, write } from "../../shell/format.js";
import { between, limit, number } from "./figure.js";

export class Operators {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    this.store = review.store;
    const { store } = this;
    this.root = element("section", "card operators");
    this.root.setAttribute("aria-label", store.t("operators"));
    this.root.hidden = true;
    this.form = element("form");
    const label = element("label", "", store.t("operators_why"));
    this.reason = element("input");
    this.reason.required = true;
    this.reason.maxLength = 500;
    this.reason.autocomplete = "off";
    label.append(this.reason);
    const go = element("button", "pill", store.t("operators_show"));
    go.type = "submit";
    const close = element("button", "pill", store.t("close_panel"));
    close.type = "button";
    close.addEventListener("click", () => this.hide());
    this.form.append(label, go, close);
    this.said = element("p", "refused");
    this.said.setAttribute("role", "alert");
    this.table = element("table");
    this.root.append(element("h3", "", store.t("operators")), this.form, this.said, this.table);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.reason.value.trim()) review.ask({ what: "operators", reason: this.reason.value });
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.hide();
    });
  }

  ask() {
    this.root.hidden = false;
    this.table.replaceChildren();
    write(this.said, "");
    this.reason.focus();
  }

  refuse(words) {
    write(this.said, words);
  }

  show({ operators, target }) {
    const { store } = this;
    write(this.said, "");
    this.reason.value = "";
    const head = element("tr");
    for (const name of ["operator", "rows", "share", "median", "p90", "scene"]) {
      const cell = element("th", "", store.t(`operators.${name}`, { limit: limit(target.limit_s) }));
      cell.scope = "col";
      head.append(cell);
    }
    const rows = operators.map((one) => {
      const line = element("tr");
      const who = element("th", "", one.name);
      who.scope = "row";
      const cell = (...parts) => {
        const made = element("td");
        made.append(...parts);
        return made;
      };
      const share = one.share
        ? [number(store, one.share), " ", element("span", "between", between(one.share))]
        : [
            number(store, one.within),
            ` ${store.t("promise_of")} `,
            number(store, one.counted),
            ` · ${store.t("few_short")}`,
          ];
      const lasts = (figure) =>
        figure ? [number(store, figure), " ", element("span", "between", between(figure))] : ["–"];
      line.append(
        who,
        cell(number(store, one.rows)),
        cell(...share),
        cell(...lasts(one.quantiles[0])),
        cell(...lasts(one.quantiles[1])),
        cell(...lasts(one.scene[0])),
      );
      return line;
    });
    this.table.replaceChildren(head, ...rows);
    if (!rows.length) write(this.said, store.t("none_counted"));
  }

  /** Whether there was something to hide. */
  hide() {
    if (this.root.hidden) return false;
    this.root.hidden = true;
    this.reason.value = "";
    this.table.replaceChildren();
    this.review.line.querySelector(".operators")?.focus();
    return true;
  }
}
