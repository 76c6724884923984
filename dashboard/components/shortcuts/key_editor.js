// Where a person turns the page's keys off, asks for Alt beside them, or gives one another key. What would collide is
// refused and said.
import { button, choice, form } from "../../shell/build.js";
import { attributes, element, write } from "../../shell/format.js";
import { keyOf } from "../../shell/keyboard.js";
import { clash, writtenKey } from "../../shell/shortcuts.js";
import { TABLES } from "./tables.js";

/** @typedef {import("./key_sheet.js").Store} Store @typedef {import("../../shell/shortcuts.js").Row} Row */
const SINGLE = /** @type {const} */ (["on", "alt", "off"]);

export class KeyEditor {
  /** It is a form: no key of the page acts in it. @param {Store} store @param {import("./key_sheet.js").Desk} desk
   *  @param {() => void} leave it was left by Escape */
  constructor(store, desk, leave) {
    this.store = store;
    this.desk = desk;
    this.asked = ""; // the name that is being given another key
    this.singles = SINGLE.map((single) => {
      const facts = { type: "radio", name: "single-keys", value: single };
      return choice("", store.t(`keys.single.${single}`), facts, () => this._keep({ single_keys: single }));
    });
    const legend = element("legend", "", store.t("keys.single"));
    this.says = element("p", { class: "says", role: "status" });
    this.list = element("dl", "");
    this.first = button("do", store.t("keys.first"), () => this._keep({ single_keys: "on", keys: {} }));
    /** @type {Map<string, HTMLButtonElement>} */
    this.buttons = new Map();
    for (const row of store.keys.rows) if (row.name && !row.stays) this._row(row, row.name);
    const single = element("fieldset", "", legend, ...this.singles);
    this.root = form("keys-form", () => {}, single, this.says, this.list, this.first);
    this.root.addEventListener("keydown", (event) => this._pressed(event, leave));
    this.root.addEventListener("focusout", () => this._ask(""));
    write(this.says, store.t("keys.how"));
  }

  /** @param {Row} row @param {string} name */
  _row({ words }, name) {
    const made = button("key", "", () => this._ask(name), { "data-name": name }, element("kbd", ""));
    this.buttons.set(name, made);
    this.list.append(element("div", "", element("dt", "", made), element("dd", "", this.store.t(words))));
  }

  /** Write the keys as they stand. */
  update() {
    const { keys } = this.store;
    const { single_keys: single, keys: own } = keys.preferences;
    for (const { firstElementChild: input } of this.singles)
      if (input instanceof HTMLInputElement) input.checked = input.value === single;
    for (const { name = "", words } of keys.rows) {
      const made = this.buttons.get(name);
      if (!made) continue;
      const key = keys.keys.get(name) ?? "";
      const label = key ? writtenKey(key, single === "alt") : this.store.t("keys.none");
      write(/** @type {HTMLElement} */ (made.firstElementChild), name === this.asked ? "…" : label);
      made.classList.toggle("own", Object.hasOwn(own, name));
      const called = this.store.t("keys.of", { what: this.store.t(words), key: label });
      attributes(made, { "aria-label": called, "aria-pressed": String(name === this.asked) });
    }
    this.list.classList.toggle("off", single === "off");
  }

  /** Wait for another key, or for none any more. @param {string} name */
  _ask(name) {
    if (name === this.asked) return;
    this.asked = name;
    if (name) write(this.says, this.store.t("keys.press", { what: this._words(name) }));
    this.update();
  }

  /** @param {KeyboardEvent} event @param {() => void} leave */
  _pressed(event, leave) {
    const { asked } = this;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (!asked) return leave();
      write(this.says, this.store.t("keys.how"));
      return this._ask("");
    }
    if (!asked || event.ctrlKey || event.metaKey) return;
    const none = event.key === "Delete" || event.key === "Backspace";
    const key = none ? "" : keyOf(event);
    if (!key && !none) return; // Tab and what else writes nothing go where they always do
    event.preventDefault();
    this._give(asked, key);
  }

  /** @param {string} name @param {string} key "" for none */
  _give(name, key) {
    const { store } = this;
    const { keys: own } = store.keys.preferences;
    const facts = { what: this._words(name), key: writtenKey(key) };
    const other = clash(Object.values(TABLES), own, name, key);
    if (other) return write(this.says, store.t("keys.clash", { key: facts.key, what: store.t(other.words) }));
    write(this.says, store.t(key ? "keys.given" : "keys.taken", facts));
    this._ask("");
    const { [name]: _, ...others } = own;
    const first = store.keys.rows.find((row) => row.name === name)?.key;
    this._keep({ keys: key === first ? others : { ...own, [name]: key } });
  }

  /** @param {import("../../shell/shortcuts.js").Preferences} changed */
  _keep(changed) {
    this.store.keys.keep({ ...this.store.keys.preferences, ...changed });
  }

  /** @param {string} name */
  _words(name) {
    return this.store.t(this.store.keys.rows.find((row) => row.name === name)?.words ?? "");
  }
}
