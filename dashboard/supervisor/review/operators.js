// Figures by operator, for a supervisor who says why. The reason is in the log before anything is shown; nothing of it
// is in a view.
import { button, form, headings } from "../../shell/build.js";
import { element, phrase, write } from "../../shell/format.js";
import { limit } from "../../shell/rounding.js";
import { number, outOf, ranged } from "./figure.js";

/** @typedef {import("./figure.js").Figure} Figure
 * @typedef {{name: string, rows: Figure, share: Figure | null, within: Figure, counted: Figure, quantiles: Figure[],
 * scene: Figure[]}} Operator @typedef {{operators: Operator[], target: import("./figure.js").Target}} ByOperator */

export class Operators {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    this.store = review.store;
    const { store } = this;
    this.reason = element("input", { maxlength: 500, autocomplete: "off", required: "" });
    const send = () => {
      if (this.reason.value.trim()) review.ask({ what: "operators", reason: this.reason.value });
    };
    const asking = form(
      "",
      send,
      element("label", "", store.t("operators_why"), this.reason),
      element("button", "pill", store.t("operators_show")),
      button("pill", store.t("close_panel"), () => this.hide()),
    );
    /** @type {ByOperator | null} */
    this.facts = null;
    this.said = element("p", { class: "refused", role: "alert" });
    this.table = element("table");
    const title = store.t("operators");
    this.root = element(
      "section",
      { class: "card operators", "aria-label": title },
      element("h3", "", title),
      asking,
      this.said,
      this.table,
    );
    this.root.hidden = true;
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.hide();
    });
  }

  ask() {
    this.root.hidden = false;
    this._forget();
    write(this.said, "");
    this.reason.focus();
  }

  /** @param {string} words */
  refuse(words) {
    write(this.said, words);
  }

  /** @param {ByOperator} facts */
  show(facts) {
    write(this.said, "");
    this.reason.value = "";
    this.facts = facts;
    this.draw();
  }

  draw() {
    const { store, facts } = this;
    if (!facts) return;
    const { operators, target } = facts;
    const names = ["operator", "rows", "share", "median", "p90", "scene"];
    const head = headings(names.map((name) => store.t(`operators.${name}`, { limit: limit(target.limit_s) })));
    const rows = operators.map(({ name, rows, share, within, counted, quantiles, scene }) => {
      const shared = share
        ? ranged(store, share)
        : [...outOf(store, within, counted), phrase` · ${store.t("few_short")}`];
      const lasts = [stat(quantiles, "median"), stat(quantiles, "p90"), stat(scene, "median")].map((one) =>
        one ? ranged(store, one) : ["–"],
      );
      const cells = [[number(store, rows)], shared, ...lasts].map((cell) => element("td", "", ...cell));
      return element("tr", "", element("th", { scope: "row" }, name), ...cells);
    });
    this.table.replaceChildren(head, ...rows);
    if (!rows.length) write(this.said, store.t("none_counted"));
  }

  _forget() {
    this.facts = null;
    this.table.replaceChildren();
  }

  /** Whether there was something to hide. */
  hide() {
    if (this.root.hidden) return false;
    this.root.hidden = true;
    this.reason.value = "";
    this._forget();
    this.review.byOperator.focus();
    return true;
  }
}

/** The figure of this name; none of too few. @param {Figure[]} figures @param {string} name */
function stat(figures, name) {
  return figures.find((one) => one.stat === name);
}
