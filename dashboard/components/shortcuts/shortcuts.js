// The keyboard: one key an action, by what the key writes. Inert in text fields and for a second after the window came
// to the front.
import { ACTIONS } from "../actions/table.js";
import { meantElsewhere } from "../../shell/keyboard.js";
import { KeySheet } from "./key_sheet.js";

/** @typedef {{run: () => void, acts?: boolean, repeats?: boolean}} Wish what a key does; `acts`: on an alarm;
 * `repeats`: while it is held */

const FOCUS_MS = 1000;

export class Keys {
  /** @param {import("../../shell/store.js").Store} store
   * @param {{queue: import("../queue/queue.js").Queue, actions: import("../actions/actions.js").Actions, desk:
   * import("../../shell/desk.js").DeskLine, map: Record<"belgium" | "follow" | "layers" | "leave" | "window", () =>
   * void> & {fly: (id: string) => void}, sounds: import("../alert/soundpanel.js").SoundPanel, access:
   * import("../../access/access.js").Access, place: import("../spelling/spelling.js").Spelling, people:
   * import("../presence/people.js").People, why: import("../reason/asking.js").Asking, find:
   * import("../find/find.js").Find | null}} parts `find`: where a past is kept
   * @param {ConstructorParameters<typeof KeySheet>[2]} places of the list of keys */
  constructor(store, parts, places) {
    this.store = store;
    this.parts = parts;
    this.sheet = new KeySheet(store, parts.desk, places);
    this.does = this.others();
    this.cameAt = -Infinity;
    window.addEventListener("focus", () => (this.cameAt = performance.now()));
    document.addEventListener("keydown", (event) => this._pressed(event));
  }

  /** What each key does that is no action's, by its name. @returns {Record<string, () => void>} */
  others() {
    return {
      unowned: () => this.parts.queue.unowned.next(),
      others: () => this.parts.queue.others.toggle(),
      copy_place: () => this.parts.place.do("copy"),
      spell_place: () => this.parts.place.do("spell"),
      fly: () => this.store.selected && this.parts.map.fly(this.store.selected),
      belgium: () => this.parts.map.belgium(),
      follow: () => this.parts.map.follow(),
      layers: () => this.parts.map.layers(),
      map_window: () => this.parts.map.window(),
      more: () => this.parts.actions.list(),
      find: () => this._find(),
      why: () => this.parts.why.answer(),
      people: () => this.parts.people.show(!this.parts.people.open),
      sheet: () => this.parts.people.sheet(),
      sound: () => this._sounds(false),
      sound_test: () => this._sounds(true),
      stay: () => this.parts.access.stay(),
      help: () => this.sheet.show(!this.sheet.open),
    };
  }

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    const does = this._what(event);
    if (!does) return;
    event.preventDefault();
    if (event.repeat && !does.repeats) return;
    const why = this._against(does);
    if (why) this.parts.desk.say(this.store.t(why), true);
    else does.run();
  }

  /** Why a key does nothing now. Whoever wrote elsewhere a moment ago may still be writing. @param {Wish} does */
  _against(does) {
    if (performance.now() - this.cameAt < FOCUS_MS) return "refused_focus";
    return does.acts && this.parts.actions.form.open && !this.store.locked ? "refused_form" : "";
  }

  /** @param {KeyboardEvent} event @returns {Wish | null} */
  _what(event) {
    const { keys } = this.store;
    const typed = keys.key(event);
    if (!typed) return meantElsewhere(event) ? null : this._fixed(event);
    const name = keys.wish(event);
    // Where another zone is being chosen a letter begins its name: "Arlon" is no acknowledging, and no patrol on the
    // scene.
    const begins = keys.preferences.single_keys === "on" && name !== "route" && /^\p{L}$/u.test(event.key);
    if (begins && this.parts.actions.choosing) return { run: () => this.parts.actions.routing.search(event.key) };
    return this._wish(name, typed);
  }

  /** @param {KeyboardEvent} event @returns {Wish | null} of a key that is no character */
  _fixed(event) {
    const { key } = event;
    if (key === "Escape") return { run: () => this._back() };
    const { actions } = this.parts;
    if (key === "Backspace") return actions.takesBack ? { acts: true, run: () => actions.routing.back() } : null;
    if (key !== "ArrowDown" && key !== "ArrowUp") return null;
    const target = event.composedPath()[0];
    // In a list of choices and in what scrolls, arrows are its own.
    if (target instanceof Element && target.closest("input, .facts, .help, #map")) return null;
    return { repeats: true, run: () => this._walk(key === "ArrowDown" ? 1 : -1) };
  }

  /** @param {string} name of a key @param {string} typed @returns {Wish | null} */
  _wish(name, typed) {
    const { store, parts } = this;
    if (name === "digit")
      return parts.actions.takesDigits ? { acts: true, run: () => parts.actions.digit(Number(typed)) } : null;
    if (name === "raise") return { acts: true, run: () => parts.actions.raise() };
    if (name === "from_paper") return { acts: true, run: () => parts.actions.paper() };
    if (ACTIONS.some((action) => action.name === name)) return { acts: true, run: () => parts.actions.perform(name) };
    return Object.hasOwn(this.does, name) ? { run: this.does[name] } : null;
  }

  /** @param {number} by */
  _walk(by) {
    const keys = this.parts.queue.keys();
    if (!keys.length) return;
    const at = keys.indexOf(this.store.selected ?? "");
    const next = keys[at === -1 ? (by > 0 ? 0 : keys.length - 1) : Math.min(keys.length - 1, Math.max(0, at + by))];
    this.store.select(next, true);
    this.parts.queue.show(next);
  }

  _back() {
    if (this.sheet.open) this.sheet.show(false);
    else if (this.parts.place.open) this.parts.place.close();
    else if (this.parts.people.open) this.parts.people.show(false);
    else if (this.parts.sounds.open) this.parts.sounds.show(false);
    else if (this.parts.access.form.shown) this.parts.access.close();
    else if (!this.parts.actions.less()) this.parts.map.leave();
  }

  _find() {
    this.parts.sounds.show(false);
    this.parts.people.show(false);
    this.parts.find?.show();
  }

  /** One sheet at a time stands over the case's facts. @param {boolean} test */
  _sounds(test) {
    const { sounds } = this.parts;
    this.parts.find?.close();
    if (test) sounds.test();
    else sounds.show(!sounds.open);
  }
}
