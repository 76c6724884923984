// What is chosen, in words: how many that leaves, what is left out, and a chip for each choice that takes it back.
import { element } from "../../shell/format.js";
import { count, number, sentence } from "./figure.js";

/** @typedef {import("./review.js").Review} Review */

export class Chips {
  /** @param {Review} review */
  constructor(review) {
    this.review = review;
    this.root = element("div", "chips");
  }

  /** @param {any} facts of the view as it was counted */
  show(facts) {
    const { review } = this;
    const { store, view } = review;
    const held = this.root.contains(document.activeElement);
    const line = element("span", "counted");
    line.append(
      sentence(store, "selected", {
        n: number(store, facts.selected, "main"),
        m: number(store, count(facts.rows, "table")),
      }),
    );
    const left = { test: !view.classes?.includes("test"), drill: !view.drills };
    for (const [why, out] of Object.entries(left)) {
      line.append(
        " · ",
        ...(out ? [number(store, count(facts.excluded[why] ?? 0, `excluded:${why}`)), " "] : []),
        store.t(`${out ? "excluded" : "included"}.${why}`),
      );
    }
    line.append(" · ", sentence(store, "open_apart", { n: number(store, facts.open) }));
    const chips = [];
    const chip = (words, off) => {
      const button = element("button", "chip");
      button.type = "button";
      button.append(element("span", "", words), element("span", "off", "×"));
      button.lastElementChild.setAttribute("aria-hidden", "true");
      button.setAttribute("aria-label", store.t("chip_off", { words }));
      button.addEventListener("click", off);
      chips.push(button);
    };
    if (view.period === "range")
      chip(span(review, facts), () => review.set({ period: undefined, since: undefined, until: undefined }));
    if (view.classes)
      chip(view.classes.map((as) => store.t(`class.${as || "none"}`)).join(", "), () =>
        review.set({ classes: undefined }),
      );
    for (const cic of view.cics ?? []) chip(store.t("chip_cic", { cic }), () => review.toggle("cics", cic));
    for (const zone of view.zones ?? []) chip(store.zone(review.zoneName(zone)), () => review.toggle("zones", zone));
    for (const shift of view.shifts ?? [])
      chip(store.t("shift_from", { time: shift }), () => review.toggle("shifts", shift));
    if (view.hours)
      chip(
        store.t("chip_hour", {
          day: view.weekdays.map((day) => review.weekdays()[day]).join(", "),
          hour: view.hours.join(", "),
        }),
        () => review.set({ weekdays: undefined, hours: undefined }),
      );
    if (view.incidents) {
      chip(incident(review, facts), () => review.set({ incidents: undefined }));
      const go = element("button", "chip all", store.t("chip_open"));
      go.type = "button";
      go.addEventListener("click", () => review.place.open(view.incidents[0]));
      chips.push(go);
    }
    if (view.only) chip(store.t(`chip.${view.only}`), () => review.set({ only: undefined }));
    if (chips.length) {
      const all = element("button", "chip all", store.t("chip_all"));
      all.type = "button";
      all.append(" ", element("kbd", "", "Esc"));
      all.addEventListener("click", () => review.reset());
      chips.push(all);
    }
    this.root.replaceChildren(line, ...chips);
    if (held) (chips[0] ?? review.place.filters.querySelector("button")).focus();
  }
}

/** The days of a view. @param {Review} review @param {{since: string, until: string}} facts */
export function span(review, { since, until }) {
  return since === until
    ? review.period(since, "day")
    : `${review.period(since, "day")} – ${review.period(until, "day")}`;
}

/** The one incident that is chosen. @param {Review} review @param {any} facts */
function incident(review, facts) {
  const at = facts.dots.ids.indexOf(review.view.incidents[0]);
  return review.store.t("chip_incident", { when: at < 0 ? "" : review.when(facts.dots.at[at]) });
}
