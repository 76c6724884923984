// A drill went from the queue: told in a line over the page, which stays until a person has seen it.
import { Notices } from "../alert/notices.js";

/** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store */
export function tellDrills(place, store) {
  const notices = new Notices(place, store, "taken drill-notice");
  store.on("drill", ({ label, why }) => {
    const text = store.t("drill_gone", { label, why: store.t(`drill_why.${why || "over"}`) });
    notices.tell("", text, store.t("drill_noted"), store.t("drill_noted_label", { label }));
  });
}
