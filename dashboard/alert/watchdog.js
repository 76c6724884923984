// The watchdog: a page that does not hear its server says so within 3 s, freezes its clock, and comes back by itself.
import { clock, element, write } from "../page/format.js";

const SILENT_MS = 2000; // the server beats every second
const LOOK_MS = 150;
const RECHECK_MS = 150; // what waits in the browser's own queue is heard first
const ASK_MS = 1000;
const PATIENCE_MS = 2500; // the server answers, the page's line does not: it is dead

export class Watchdog {
  /** @param {import("../page/store.js").Store} store @param {HTMLElement} place @param {string} base @param {() => void} leave */
  constructor(store, place, base, leave) {
    this.store = store;
    this.base = base;
    this.leave = leave;
    this.since = 0;
    this.asked = 0;
    this.answered = 0;
    this.banner = element("div", "banner lost-banner");
    this.banner.setAttribute("role", "alert");
    this.said = element("strong");
    this.trying = element("span");
    place.append(this.banner);
    this.banner.hidden = true;
    setInterval(() => this.look(), LOOK_MS);
    document.addEventListener("visibilitychange", () => this.look());
  }

  look() {
    const silent = performance.now() - this.store.heard;
    if (silent < SILENT_MS) {
      if (this.store.welcomed && !this.store.live) this._found();
    } else if (this.store.live || (!this.since && silent > 3 * SILENT_MS)) {
      setTimeout(() => {
        if (performance.now() - this.store.heard >= SILENT_MS && !this.since) this._lost();
      }, RECHECK_MS);
    }
    if (this.since && performance.now() - this.asked > ASK_MS) this._ask();
  }

  _lost() {
    this.since = Date.now() + this.store.offset;
    this.store.frozen = this.since;
    this.store.live = false;
    this.answered = 0;
    document.body.classList.add("lost");
    write(this.said, this.store.t("lost", { time: clock(this.since) }));
    write(this.trying, this.store.t("lost_trying"));
    this.banner.hidden = false;
    // A text that enters a live region is read aloud; one that was there is not.
    this.banner.replaceChildren(this.said, this.trying);
    this.store.emit("live");
  }

  _found() {
    this.since = 0;
    this.store.frozen = 0;
    this.store.live = true;
    document.body.classList.remove("lost");
    this.banner.hidden = true;
    this.store.emit("live");
  }

  async _ask() {
    this.asked = performance.now();
    try {
      const answer = await fetch(`${this.base}live`, { cache: "no-store", signal: AbortSignal.timeout(2000) });
      if (!answer.ok) throw new Error(String(answer.status));
      this.answered ||= performance.now();
    } catch {
      this.answered = 0;
      return;
    }
    // A server that was started anew does not know this page any more: only a new page shows the present.
    if (this.since && performance.now() - this.answered > PATIENCE_MS - ASK_MS) {
      write(this.trying, this.store.t("lost_reloading"));
      this.leave();
      location.reload();
    }
  }
}
