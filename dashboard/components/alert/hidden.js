// What calls from a tab nobody looks at: its title, its icon, a notification. They stand on other people's screens too:
// no device, no name, no place.
import { element, phrase } from "../../shell/format.js";
import { part } from "../../shell/join.js";

/** @type {Record<string, string>} */
const ICONS = {
  calm: "calm.svg",
  waiting: "waiting.svg",
  replay: "../mode_banner/replay.svg",
  exercise: "../mode_banner/exercise.svg",
};

export class Hidden {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Set<string>} */
    this.known = new Set();
    /** @type {Notification | null} */
    this.note = null;
    this.icon = this._icon();
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this._back());
  }

  /** @param {string[]} calling what calls now, a key for each change @param {number} waiting alarms that nobody has
   * @param {boolean} lost */
  show(calling, waiting, lost) {
    const hidden = document.visibilityState !== "visible";
    const { store } = this;
    const plain = hidden && calling.length ? phrase`▲ ${store.t("title")}` : store.t("title");
    const title = waiting ? store.t(hidden ? "title_hidden_n" : "title_n", { n: waiting }) : plain;
    const said = lost && hidden ? store.t("title_lost") : title;
    if (document.title !== said) document.title = said;
    this._draw(hidden && (waiting || calling.length || lost) ? ICONS.waiting : ICONS.calm);
    const keys = lost ? [...this.known, "lost"] : calling;
    const fresh = keys.some((key) => !this.known.has(key));
    this.known = new Set(keys);
    if (!hidden) return;
    if (fresh) this._notify(lost ? store.t("notify_lost") : store.t("notify_presses", { n: waiting || 1 }));
    else if (!keys.length) this._close();
  }

  /** Ask the browser for leave to notify: to be called while a person touches the page. */
  static ask() {
    if ("Notification" in window && Notification.permission === "default")
      Notification.requestPermission().catch(() => {});
  }

  /** @param {string} body */
  _notify(body) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    this._close();
    // Silent: the page's own sounds mean something, the system's do not.
    this.note = new Notification(this.store.t("title"), { body, tag: "vigie", requireInteraction: true, silent: true });
    this.note.onclick = () => {
      window.focus();
      this._close();
    };
  }

  _back() {
    this._close();
    this._draw(ICONS.calm);
  }

  _close() {
    this.note?.close();
    this.note = null;
  }

  _icon() {
    for (const link of document.querySelectorAll('link[rel~="icon"]')) link.remove();
    const link = element("link", { rel: "icon", type: "image/svg+xml" });
    document.head.append(link);
    return link;
  }

  /** @param {string} name */
  _draw(name) {
    // A page that is no live one has its own, whatever waits on it.
    const dressed = ICONS[part("vigie").dataset.dress ?? ""];
    const address = new URL(dressed ?? name, import.meta.url).href;
    if (this.icon.href !== address) this.icon.href = address;
  }
}
