// The slowest by the profile's interval: a list to look into, one row an incident.
import { button, headings } from "../../shell/build.js";
import { element, write } from "../../shell/format.js";
import { lasted } from "../../shell/rounding.js";
import { count, mark, number, sentence } from "./figure.js";

const TIMES = ["received->acknowledged", "acknowledged->routed", "pressed->on_scene"];

export class Slowest {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    this.store = review.store;
    this.title = element("h3", { id: "review-slowest" });
    this.note = element("p", "note");
    this.table = element("table");
    this.root = element(
      "section",
      { class: "card slowest", "aria-labelledby": this.title.id },
      element("header", "", this.title, this.note),
      element("div", "rows", this.table),
    );
    this.table.addEventListener("click", ({ target }) => {
      const key = rowOf(/** @type {Element} */ (target));
      if (key) review.place.open(key);
    });
  }

  /** @param {import("./facts.js").Facts} facts */
  show({ slowest, target, ecdf }) {
    const { store, review } = this;
    const held = this.table.contains(document.activeElement) ? rowOf(document.activeElement) : undefined;
    write(this.title, store.t("slowest_title", { interval: store.t(`interval.${target.interval}`) }));
    const figures = {
      k: number(store, count(slowest.length, "slowest", target.interval)),
      n: number(store, count(ecdf.n, "counted", target.interval)),
    };
    this.note.replaceChildren(sentence(store, "slowest_of", figures));
    /** @param {number | null} s */
    const late = (s) => (s == null ? [] : [" · ", element("span", "held", store.t("held_up", { time: lasted(s) }))]);
    const zone = (/** @type {typeof slowest[0]} */ one) =>
      one.coarse ? one.zone : store.zone(review.zoneName(one.zone));
    const rows = slowest.map((one) => {
      const go = button("link", review.when(one.at, one.coarse ? "month" : ""), () => {}, {
        title: store.t("chip_open"),
      });
      const times = TIMES.map((interval) => {
        const s = one.s[interval];
        const over = interval === target.interval && s != null && s > target.limit_s;
        const figure = { stat: "time", scope: `row:${one.id}`, interval, n: s == null ? 0 : 1, value: s };
        return mark(element("td", `figure${over ? " over" : ""}`, lasted(s)), store, figure);
      });
      const line = element(
        "tr",
        { "data-key": one.id },
        element("th", { scope: "row" }, go),
        element("td", "", zone(one) || store.t("no_zone"), ...late(one.held)),
        ...times,
        element("td", "", store.t(`class.${one.as || "none"}`)),
      );
      return { line, go };
    });
    const names = [
      ...["when", "zone"].map((name) => store.t(`slowest.${name}`)),
      ...TIMES.map((name) => store.t(`interval.${name}`)), // from what: they do not begin together
      store.t("slowest.class"),
    ];
    this.table.replaceChildren(headings(names), ...rows.map(({ line }) => line));
    if (held) rows.find(({ line }) => line.dataset.key === held)?.go.focus();
  }
}

/** The incident whose row this is in. @param {Element | null} within */
function rowOf(within) {
  return within?.closest("tr")?.dataset.key;
}
