// The keyboard: one key an action, by what the key writes. Inert in text fields and for a second after the window came to the front.
import { ACTIONS, actionOf } from "../actions/table.js";
import { nthOf } from "../actions/units.js";
import { meantElsewhere } from "../../shell/keyboard.js";
import { spellingKey } from "../spelling/spelling.js";
import { KeySheet } from "./key_sheet.js";

/** @typedef {{run: () => void, acts?: boolean}} Wish what a key does; `acts`: on an alarm */

const FOCUS_MS = 1000;

/** What each key does, in words: the key as the sheet writes it and its sentence. @param {Pick<import("../../shell/store.js").Store, "t">} store
 *  @param {boolean} finds whether a past is kept here: it is no replay's or exercise's page @returns {string[][]} */
export function sheet(store, finds) {
  return [
    ["↑ ↓", store.t("key_move")],
    ...ACTIONS.flatMap(({ key, shift, name }) =>
      key ? [[`${shift ? "⇧ " : ""}${key.toUpperCase()}`, store.t(`do.${name}`)]] : [],
    ),
    ["1 2 3", store.t("key_unit")],
    ["H", store.t("raise")],
    ["⇧ H", store.t("from_paper")],
    ["I", store.t("key_stay")],
    ["⇧ C", store.t("key_copy_place")],
    ["⇧ N", store.t("key_spell_place")],
    ["0", store.t("key_belgium")],
    ["F", store.t("key_follow")],
    ["M", store.t("key_layers")],
    ...(finds ? [["⇧ M", store.t("key_map_window")]] : []),
    ["G", store.t("key_fly")],
    ["U", store.t("key_unowned")],
    ["⇧ U", store.t("key_others")],
    ["V", store.t("key_sound")],
    ["⇧ V", store.t("key_sound_test")],
    ["W", store.t("key_people")],
    ...(finds ? [["/", store.t("key_find_place")]] : []),
    ["Ctrl+↵", store.t("key_send")],
    ["Esc", store.t("key_back")],
    ["?", store.t("key_help")],
  ];
}

export class Keys {
  /** @param {import("../../shell/store.js").Store} store @param {HTMLElement} place
   *  @param {{queue: import("../queue/queue.js").Queue, actions: import("../actions/actions.js").Actions,
   *  desk: import("../../shell/desk.js").DeskLine, map: Record<"belgium" | "follow" | "layers" | "leave" | "window", () => void> & {fly: (id: string) => void},
   *  sounds: import("../alert/soundpanel.js").SoundPanel, access: import("../../access/access.js").Access, place: import("../spelling/spelling.js").Spelling,
   *  people: import("../presence/people.js").People, find: import("../find/find.js").Find | null}} parts `find`: where a past is kept */
  constructor(store, parts, place) {
    this.store = store;
    this.parts = parts;
    this.sheet = new KeySheet(store, place, () => sheet(store, !!parts.find));
    this.cameAt = -Infinity;
    window.addEventListener("focus", () => (this.cameAt = performance.now()));
    document.addEventListener("keydown", (event) => this._pressed(event));
  }

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    if (meantElsewhere(event)) return;
    const does = this._what(event);
    if (!does) return;
    event.preventDefault();
    if (event.repeat && does.acts) return;
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
    const { store, parts } = this;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const target = event.composedPath()[0];
      // In a list of choices and in what scrolls, arrows are its own.
      if (target instanceof Element && target.closest("input, .facts, #timeline, #map")) return null;
      return { run: () => this._walk(key === "ArrowDown" ? 1 : -1) };
    }
    if (key === "Escape") return { run: () => this._back() };
    if (key === "/" && parts.find) return { run: () => this._find() };
    if (key === "?") return { run: () => this.help(!this.sheet.root) };
    if (key === "0" || (event.code === "Digit0" && key === "à")) return { run: () => parts.map.belgium() };
    const nth = nthOf(event);
    if (nth && parts.actions.offersUnits) return { acts: true, run: () => parts.actions.askFor(nth) };
    const letter = key.toLowerCase();
    // Where another zone is being chosen a letter begins its name: "Arlon" is no acknowledging, and no patrol on the scene.
    if (parts.actions.choosing && /^\p{L}$/u.test(key) && letter !== "r")
      return { run: () => parts.actions.routing.search(key) };
    const says = spellingKey(event);
    if (says) return { run: () => parts.place.do(says) };
    if (letter === "f" && !event.shiftKey) return { run: () => parts.map.follow() };
    if (letter === "m" && !event.shiftKey) return { run: () => parts.map.layers() };
    if (letter === "m" && parts.find) return { run: () => parts.map.window() };
    if (letter === "g" && !event.shiftKey) return { run: () => store.selected && parts.map.fly(store.selected) };
    if (letter === "i" && !event.shiftKey) return { run: () => parts.access.stay() };
    if (letter === "u")
      return { run: () => (event.shiftKey ? parts.queue.others.toggle() : parts.queue.unowned.next()) };
    if (letter === "w" && !event.shiftKey) return { run: () => parts.people.show(!parts.people.open) };
    if (letter === "h")
      return { acts: true, run: () => (event.shiftKey ? parts.actions.paper() : parts.actions.raise()) };
    if (letter === "v") return { run: () => this._sounds(event.shiftKey) };
    const action = actionOf(event);
    return action ? { acts: true, run: () => parts.actions.perform(action.name) } : null;
  }

  /** @param {number} by */
  _walk(by) {
    const keys = this.parts.queue.keys();
    if (!keys.length) return;
    const at = keys.indexOf(this.store.selected ?? "");
    const next = keys[at === -1 ? (by > 0 ? 0 : keys.length - 1) : Math.min(keys.length - 1, Math.max(0, at + by))];
    this.store.select(next);
    this.parts.queue.show(next);
  }

  _back() {
    if (this.sheet.root) this.help(false);
    else if (this.parts.place.open) this.parts.place.close();
    else if (this.parts.people.open) this.parts.people.show(false);
    else if (this.parts.sounds.open) this.parts.sounds.show(false);
    else if (this.parts.access.form.shown) this.parts.access.close();
    else if (!this.parts.actions.less()) this.parts.map.leave();
  }

  _find() {
    this.help(false);
    this.parts.sounds.show(false);
    this.parts.people.show(false);
    this.parts.find?.show();
  }

  /** One sheet at a time stands over the case's facts. @param {boolean} test */
  _sounds(test) {
    const { sounds } = this.parts;
    this.help(false);
    this.parts.find?.close();
    if (test) sounds.test();
    else sounds.show(!sounds.open);
  }

  /** @param {boolean} on */
  help(on) {
    if (on) {
      this.parts.sounds.show(false);
      this.parts.find?.close();
    }
    this.sheet.show(on);
  }
}
