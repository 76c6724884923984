// What somebody left half done on this page, in the page's memory and, for them alone, in the server's (`drafts.py`):
// there it outlives a reload. Never in the browser, where the next person in the same tab could read it.
import { mark } from "./kept.js";

const WAIT_MS = 250; // what is written goes to the server at most so often

export class Drafts {
  /** @param {(message: Record<string, unknown>) => void} send */
  constructor(send) {
    this.send = send;
    /** @type {Map<string, string>} "": taken back, which the server may not know yet */
    this.texts = new Map();
    /** @type {Set<string>} not sent yet */
    this.unsent = new Set();
    this.timer = 0;
    this.known = false; // whether the server said what it kept
    /** @type {string | null | undefined} before this page: null for nobody, undefined while it is not known */
    this.who = undefined;
    // At "pagehide" the line may take nothing any more.
    for (const end of ["beforeunload", "pagehide"]) globalThis.addEventListener?.(end, () => this._flush());
  }

  /** What was left under this name; undefined where nothing was. @param {string} name @returns {any} */
  get(name) {
    const text = this.texts.get(name);
    return text ? JSON.parse(text) : undefined;
  }

  /** Leave it. @param {string} name @param {unknown} value undefined: nothing any more */
  set(name, value) {
    const text = value === undefined ? "" : JSON.stringify(value);
    if ((this.texts.get(name) ?? "") === text) return;
    this.texts.set(name, text);
    this.unsent.add(name);
    this.timer ||= setTimeout(() => this._flush(), WAIT_MS);
  }

  /** Who is before this page now, null for nobody: what another left is not theirs. @param {string | null} who */
  stands(who) {
    if (who === this.who) return;
    if (this.who !== undefined) {
      this.texts.clear();
      this.unsent.clear();
    }
    this.who = who;
  }

  /** What the server kept for who is here. What was written on this page since is newer, and the server may not know
   * it. @param {{of: string, kept: Record<string, string>}} drafts */
  take({ of, kept }) {
    this.stands(of);
    this.known = true;
    for (const name of this.texts.keys()) this.unsent.add(name);
    for (const [name, text] of Object.entries(kept)) if (!this.texts.has(name)) this.texts.set(name, text);
    this._flush();
  }

  /** By what the server knows this tab. */
  get tab() {
    return mark("vigie.tab");
  }

  _flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    for (const name of this.unsent) this.send({ do: "draft", name, text: this.texts.get(name) ?? "" });
    this.unsent.clear();
  }
}
