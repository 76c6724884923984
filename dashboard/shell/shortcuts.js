// A page's keys as they stand for the person before it: each key's own wish, changed, with Alt, or off (WCAG 2.2,
// 2.1.4).
import { element, write } from "./format.js";
import { keyOf, meantElsewhere } from "./keyboard.js";

const MODIFIERS = new Set(["Shift", "Alt", "AltGraph", "Control", "Meta", "CapsLock"]);

/** A key of a page and what it does. With a `name` it is a character, "a", "shift+a", "/", or several of them, "1 2 3":
 * a person may turn it off, ask for Alt beside it, or, unless it `stays`, give it another. Without a name it is as it
 * is written and always works. @typedef {{name?: string, key: string, words: string, stays?: boolean}} Row
 * @typedef {{single_keys?: "on" | "alt" | "off", keys?: Record<string, string>}} Preferences `keys` by name, "" for
 * none */

/** The key of each name: a person's own where nothing else has it. No two ever have the same, whatever was kept.
 *  @param {Row[]} rows @param {Record<string, string>} own @returns {Map<string, string>} */
export function keysOf(rows, own) {
  /** @type {Map<string, string>} */
  const found = new Map();
  const changed = rows.filter(({ name = "", stays }) => name && !stays && Object.hasOwn(own, name));
  const taken = new Set(rows.filter((row) => row.name && !changed.includes(row)).flatMap(({ key }) => key.split(" ")));
  for (const { name = "", key } of rows) if (name) found.set(name, key);
  for (const { name = "", key } of changed) {
    const wanted = [own[name], key, ""].find((one) => !one || !taken.has(one)) ?? "";
    if (wanted) taken.add(wanted);
    found.set(name, wanted);
  }
  return found;
}

/** The row, of any page that has this name too, whose key is the one wanted for it. @param {Row[][]} pages
 * @param {Record<string, string>} own @param {string} name @param {string} wanted @returns {Row | undefined} */
export function clash(pages, own, name, wanted) {
  for (const rows of pages) {
    if (!wanted || !rows.some((row) => row.name === name)) continue;
    const keys = keysOf(rows, own);
    const found = rows.find((row) => row.name && row.name !== name && keys.get(row.name)?.split(" ").includes(wanted));
    if (found) return found;
  }
  return undefined;
}

export class Shortcuts {
  constructor() {
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Required<Preferences>} */
    this.preferences = { single_keys: "on", keys: {} };
    /** @type {Map<string, string>} */
    this.keys = new Map();
    /** @type {(changed: Required<Preferences>) => void} */
    this.keep = () => {};
    this.sent = false; // the server was asked to keep them and has not answered
    this.dead = this.ends = false; // a dead key was pressed last; this event ends its letter
    /** @type {KeyboardEvent | null} */
    this.event = null;
  }

  /** @param {Preferences} preferences what the person prefers now */
  take({ single_keys = "on", keys = {} }) {
    this.preferences = { single_keys, keys };
    this.keys = keysOf(this.rows, keys);
  }

  /** What a person asks for by this event: a row's name; "" for nothing, or nothing of ours.
   * @param {KeyboardEvent} event */
  wish(event) {
    const key = this.key(event);
    return (key && [...this.keys].find(([, its]) => its.split(" ").includes(key))?.[0]) || "";
  }

  /** The key of an event that may be a shortcut as the person has them: "" where it is none.
   * @param {KeyboardEvent} event */
  key(event) {
    const { single_keys: single } = this.preferences;
    if (this._ends(event) || single === "off" || event.altKey !== (single === "alt")) return "";
    return meantElsewhere(event, single === "alt") ? "" : keyOf(event);
  }

  /** Whether an event ends a letter that a dead key began. @param {KeyboardEvent} event that several may ask about */
  _ends(event) {
    if (event !== this.event && !MODIFIERS.has(event.key)) {
      this.ends = this.dead;
      this.dead = event.key === "Dead";
    }
    this.event = event;
    return this.ends;
  }

  /** Do by key what the page's names mean, once for a key that is held.
   * @param {Record<string, () => void>} does by name */
  listen(does) {
    document.addEventListener("keydown", (event) => {
      const name = this.wish(event);
      if (!Object.hasOwn(does, name)) return;
      event.preventDefault();
      if (!event.repeat) does[name]();
    });
  }

  /** A key as it is written now, of many the first and the last; "" while it does nothing. @param {string} key */
  written(key) {
    const { single_keys: single } = this.preferences;
    if (single === "off") return "";
    const all = key.split(" ");
    if (all.length > 3) return `${writtenKey(all[0], single === "alt")}–${writtenKey(all[all.length - 1])}`;
    return all.map((one) => writtenKey(one, single === "alt")).join(" ");
  }

  /** How a name's key is written; "" while it has none. @param {string} name */
  label(name) {
    const key = this.keys.get(name);
    return key ? this.written(key) : "";
  }

  /** A name's key on what does the same by a click: gone while it does nothing. @param {string} name */
  cap(name) {
    const made = element("kbd", { "data-key-of": name });
    this._label(made);
    queueMicrotask(() => this._label(made)); // once it stands on its button
    return made;
  }

  /** Write every cap anew; what draws for itself is told. */
  show() {
    for (const cap of document.querySelectorAll("kbd[data-key-of]")) this._label(cap);
    window.vigieKeys = Object.fromEntries([...this.keys.keys()].map((name) => [name, this.label(name)]));
    document.dispatchEvent(new Event("vigie:keys"));
  }

  /** @param {HTMLElement} cap */
  _label(cap) {
    const name = cap.dataset.keyOf ?? "";
    const label = this.label(name);
    write(cap, label);
    cap.hidden = !label;
    const button = cap.closest("button");
    if (label) button?.setAttribute("aria-keyshortcuts", label.replace("⇧", "Shift+"));
    else button?.removeAttribute("aria-keyshortcuts");
  }
}

/** @param {string} key "a", "shift+a" @param {boolean} alt */
export function writtenKey(key, alt = false) {
  return `${alt ? "Alt+" : ""}${key.replace("shift+", "⇧").toUpperCase()}`;
}
