// What a person must have seen: a line over the page each, which stays until then. What one person lost is not told to
// the next.
import { button } from "../../shell/build.js";
import { element } from "../../shell/format.js";

export class Notices {
  /** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store @param {string} look */
  constructor(place, store, look) {
    this.root = element("div", look, { role: "status" });
    place.prepend(this.root);
    store.on("access", () => store.locked && this.root.replaceChildren());
  }

  /** @param {string} id what it is about: of it there is one line @param {string} text @param {string} seen
   * @param {string} label of the button */
  tell(id, text, seen, label) {
    this.root.querySelector(`[data-incident="${CSS.escape(id)}"]`)?.remove();
    const press = button("do", seen, () => line.remove(), { "aria-label": label });
    const line = element("div", "taken-line", { "data-incident": id }, element("strong", "", text), press);
    this.root.append(line);
  }
}
