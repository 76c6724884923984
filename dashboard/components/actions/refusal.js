// Why an action was refused, over the keys and marked on the key itself. Nothing below it moves: the hand is still
// there.
import { element, colon, write } from "../../shell/format.js";
import { sentence } from "../case/history.js";

const STAYS_MS = 8000;

/** That an alarm changed just now, and what somebody did with it. @param {import("../../shell/store.js").Store} store
 *  @param {{id: string, label: string}} row */
export function changed(store, row) {
  const by = store.guards.of(row.id);
  if (!by?.code) return store.t("refused_guard", { label: row.label });
  const what = sentence(store, { at: 0, code: by.code, who: by.who, what: by.what, zone: by.zone });
  return store.t("refused_guard_by", { label: row.label, what });
}

export class Refusal {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    // What became of a wish is read aloud where all of it is said.
    this.root = element("p", { class: "refusal", id: "refusal", hidden: true });
    /** @type {HTMLElement | null} */
    this.key = null;
  }

  /** @param {HTMLElement} key that was refused @param {string} action "" where it says itself what it is about
   * @param {string} why */
  show(key, action, why) {
    this.clear();
    this.key = key;
    key.classList.add("refused");
    key.setAttribute("aria-describedby", this.root.id);
    write(this.root, action ? colon(this.store.words, action, why) : why);
    this.root.hidden = false;
    this.timer = setTimeout(() => this.clear(), STAYS_MS);
  }

  clear() {
    clearTimeout(this.timer);
    this.root.hidden = true;
    this.key?.classList.remove("refused");
    this.key?.removeAttribute("aria-describedby");
    this.key = null;
  }
}
