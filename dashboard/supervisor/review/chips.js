// What is chosen, in words: how many that leaves, what is left out, and a chip for each choice that takes it back.
import { button } from "../../shell/build.js";
import { attributes, element, textOf, together } from "../../shell/format.js";
import { count, number, sentence } from "./figure.js";

/** @typedef {import("./review.js").Review} Review
 *  @typedef {import("./facts.js").Facts} Facts */

export class Chips {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    this.root = element("div", "chips");
  }

  /** @param {Facts} facts of the view as it was counted */
  show(facts) {
    const { review } = this;
    const { store, view } = review;
    const held = this.root.contains(document.activeElement);
    const figures = { n: number(store, facts.selected, "main"), m: number(store, count(facts.rows, "table")) };
    const line = element("span", "counted", sentence(store, "selected", figures));
    for (const [why, out] of Object.entries({ test: !view.classes?.includes("test"), drill: !view.drills })) {
      const n = out ? [number(store, count(facts.excluded[why] ?? 0, `excluded:${why}`)), " "] : [];
      line.append(" · ", ...n, textOf(store.t(`${out ? "excluded" : "included"}.${why}`)));
    }
    line.append(" · ", sentence(store, "open_apart", { n: number(store, facts.open) }));
    /** @type {HTMLButtonElement[]} */
    const chips = [];
    const chip = (/** @type {string} */ words, /** @type {() => void} */ off) => {
      const cross = element("span", { class: "off", "aria-hidden": "true" }, "×");
      const made = button("chip", "", off, element("span", "", words), cross);
      attributes(made, { "aria-label": store.t("chip_off", { words }) });
      chips.push(made);
    };
    if (view.period === "range")
      chip(span(review, facts), () => review.set({ period: undefined, since: undefined, until: undefined }));
    if (view.classes)
      chip(
        together(
          ", ",
          view.classes.map((as) => store.t(`class.${as || "none"}`)),
        ),
        () => review.set({ classes: undefined }),
      );
    for (const cic of view.cics ?? []) chip(store.t("chip_cic", { cic }), () => review.toggle("cics", cic));
    for (const zone of view.zones ?? []) chip(store.zone(review.zoneName(zone)), () => review.toggle("zones", zone));
    for (const shift of view.shifts ?? [])
      chip(store.t("shift_from", { time: shift }), () => review.toggle("shifts", shift));
    if (view.hours) {
      const day = (view.weekdays ?? []).map((day) => review.weekdays()[day]).join(", ");
      const words = store.t("chip_hour", { day, hour: view.hours.join(", ") });
      chip(words, () => review.set({ weekdays: undefined, hours: undefined }));
    }
    if (view.incidents) {
      const [id] = view.incidents;
      const at = facts.dots.ids.indexOf(id);
      const words = store.t("chip_incident", {
        when: at < 0 ? "" : review.when(facts.dots.at[at], facts.dots.coarse[at] ? "month" : ""),
      });
      chip(words, () => review.set({ incidents: undefined }));
      chips.push(button("chip all", store.t("chip_open"), () => review.place.open(id)));
    }
    if (view.only) chip(store.t(`chip.${view.only}`), () => review.set({ only: undefined }));
    if (chips.length)
      chips.push(button("chip all", store.t("chip_all"), () => review.reset(), " ", element("kbd", "", "Esc")));
    this.root.replaceChildren(line, ...chips);
    if (held) (chips[0] ?? review.place.filters.querySelector("button")).focus();
  }
}

/** The days of a view. @param {Review} review @param {{since: string, until: string}} facts */
export function span(review, { since, until }) {
  const days = since === until ? [since] : [since, until];
  return together(
    " – ",
    days.map((day) => review.period(day, "day")),
  );
}
