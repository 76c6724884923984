// An alarm of this desk that somebody else has taken over: told in a line over the page, which stays until a person has
// seen it.
import { clock } from "../../shell/format.js";
import { Notices } from "../alert/notices.js";

/** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store */
export function tellTaken(place, store) {
  const notices = new Notices(place, store, "taken");
  store.on("taken", ({ id, label, owner: who, owned }) => {
    const text = store.t("taken_from_you", { label, who, time: clock(owned ?? store.now()) });
    notices.tell(id, text, store.t("taken_seen"), store.t("taken_seen_label", { label }));
  });
}
