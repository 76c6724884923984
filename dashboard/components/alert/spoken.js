// What calls is read aloud to whoever listens to the page: once when it comes, and as a number when more come than one
// can hear.
import { element } from "../../shell/format.js";

const GATHER_MS = 300; // what comes together is read together: a text that changes while it is read begins anew
const MOST = 3;

export class Spoken {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.root = element("p", { class: "visually-hidden calls", role: "alert" });
    place.after(this.root); // in the part that scrolls it would be what scrolls
    /** @type {Set<string>} */
    this.known = new Set();
    /** @type {Map<string, string>} */
    this.fresh = new Map();
    /** @type {number | undefined} */
    this.soon = undefined;
    this.counted = ""; // the number that stands
  }

  /** What was read aloud is over: in another language it is not read again. */
  clear() {
    this.root.textContent = "";
    for (const key of this.fresh.keys()) this.known.delete(key); // these are told in it
    this.fresh.clear();
  }

  /** @param {Map<string, string>} calling what calls now: a key for each change, and how it is named
   * @param {() => string} all how many there are, in words */
  tell(calling, all) {
    for (const key of this.fresh.keys()) if (!calling.has(key)) this.fresh.delete(key);
    for (const [key, name] of calling) if (!this.known.has(key)) this.fresh.set(key, name);
    this.known = new Set(calling.keys());
    // a number stands no longer than it is true
    if (this.counted && this.counted !== all()) this.root.textContent = this.counted = "";
    if (!this.fresh.size || this.soon !== undefined) return;
    this.soon = setTimeout(() => {
      this.soon = undefined;
      if (!this.fresh.size) return;
      this.root.textContent = spoken([...this.fresh.values()], all());
      this.counted = this.fresh.size > MOST ? all() : "";
      this.fresh.clear();
    }, GATHER_MS);
  }
}

/** @param {string[]} names @param {string} all */
export function spoken(names, all) {
  return names.length > MOST ? all : names.join(". ");
}
