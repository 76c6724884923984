// The middle of the page: the review, or in its place the timeline of one incident. It holds the rooms and tells them
// who looks.
import { ROOMS } from "./rooms.js";

export class Middle {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk
   * @param {{filters: HTMLElement, review: HTMLElement, opened: HTMLElement, tools: HTMLElement, note: HTMLElement}}
   * places @param {string} base */
  constructor(store, desk, places, base) {
    this.store = store;
    this.places = places;
    this.before = ""; // who looked when the rooms were told last
    this._veil(true); // a button pressed before there is a server would ask nobody
    /** @type {Element | null} */
    this.from = null; // where the hand was before a timeline was opened
    const { filters, tools, note } = places;
    /** @type {[string, import("../shell/room.js").Room][]} */
    this.rooms = Object.entries(ROOMS).map(([name, mount]) => {
      const middle = name === "timeline" ? places.opened : places.review;
      /** @type {import("../shell/room.js").Place["channel"]} */
      const channel = {
        ask: (facts) => store.send({ do: name, ...facts }),
        on: (handler) => store.answers(name, handler),
      };
      const open = (/** @type {string} */ id) => this.open(id);
      const close = () => this.close();
      return [name, mount({ filters, tools, note, middle, store, desk, base, channel, open, close })];
    });
    this.timeline = this.rooms.find(([name]) => name === "timeline")?.[1];
    store.on("live", (/** @type {boolean} */ live) => live && this._look(true));
    store.on("access", () => this._look(false));
    document.addEventListener("keydown", (event) => {
      if (
        event.key !== "Escape" ||
        event.defaultPrevented ||
        places.opened.hidden ||
        /** @type {Element} */ (event.target).closest("input, textarea, select, form")
      )
        return;
      event.preventDefault(); // it leads back, and takes nothing of the review back
      this.close();
    });
  }

  /** Whether an incident's timeline can be shown. */
  get opens() {
    return !!this.timeline && !this.store.locked;
  }

  /** @param {string} id */
  open(id) {
    if (!this.opens) return;
    const { review, opened } = this.places;
    if (opened.hidden) this.from = document.activeElement;
    review.hidden = true;
    opened.hidden = false;
    this.store.emit("opened", true);
    this.timeline?.open?.(id);
  }

  close() {
    const { review, opened } = this.places;
    if (opened.hidden) return;
    opened.hidden = true;
    review.hidden = false;
    this.timeline?.close?.();
    // Back to where the hand was, unless it went elsewhere by itself.
    this.store.emit("opened", false);
    if (document.activeElement === document.body && this.from instanceof HTMLElement) this.from.focus();
  }

  /** @param {boolean} again the server was away, or is new */
  _look(again) {
    const { store } = this;
    const { locked } = store;
    const who = locked ? "" : `${store.access?.state} ${store.access?.name ?? ""} ${store.access?.may ?? ""}`;
    if (!store.access || (who === this.before && !again)) return;
    const other = who !== this.before;
    this.before = who;
    if (other) {
      this.close();
      for (const [, room] of this.rooms) room.clear();
    }
    this._veil(locked);
    if (!locked) for (const [, room] of this.rooms) room.start();
  }

  /** @param {boolean} on */
  _veil(on) {
    const { filters, review, tools, note } = this.places;
    for (const part of [filters, review, tools, note]) part.hidden = on;
  }
}
