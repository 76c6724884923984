// The list of a page's keys, opened and closed by `?` or its button: one component for every page. It prints, and leads
// to changing them.
import { button, find } from "../../shell/build.js";
import { element, phrase } from "../../shell/format.js";
import { meantElsewhere } from "../../shell/keyboard.js";
import { h, render } from "../../shell/kit.js";
import { doButton } from "../../shell/views.js";
import { KeyEditor } from "./key_editor.js";
import { signsHere } from "./layout.js";

/** @typedef {Pick<import("../../shell/store.js").Store, "t" | "keys" | "on" | "answers">} Store
 *  @typedef {{say: (text: string, refused?: boolean) => void}} Desk */

/** What the list says: each key that works now as it is written, and what it does.
 * @param {Pick<Store, "t" | "keys">} store @returns {string[][]} */
export function listed(store) {
  const { keys } = store;
  return keys.rows
    .map(({ name, key, words }) => [name ? keys.label(name) : key, words, name ? (keys.keys.get(name) ?? "") : ""])
    .filter(([label]) => label)
    .map(([label, words, key]) => [label, store.t(words), key]);
}

export class KeySheet {
  /** @param {Store} store @param {Desk} desk
   * @param {{put: (list: HTMLElement) => void, opener: HTMLElement}} places puts it where it stands; the part at whose
   * end its button does @param {string} [look] beside the list's own */
  constructor(store, desk, { put, opener }, look = "") {
    this.store = store;
    this.put = put;
    this.root = element("section", { class: "keys", "aria-label": store.t("help") });
    this.look = `keys ${look}`.trim();
    this.editing = false;
    /** @type {Element | null} */
    this.from = null;
    /** @type {Record<string, string>} */
    this.signs = {};
    const words = element("span", "", store.t("help"));
    const shown = { "aria-expanded": "false" };
    this.opener = button("keys-opener", "", () => this.show(!this.open), shown, words, store.keys.cap("help"));
    opener.append(this.opener);
    store.on("keys language", () => this._draw());
    store.answers("preferred", (kept) => {
      if (!kept && store.keys.sent) desk.say(store.t("keys.not_kept"), true);
      store.keys.sent = false;
    });
  }

  get open() {
    return this.root.isConnected;
  }

  /** @param {boolean} on */
  show(on) {
    const { root, from } = this;
    if (from instanceof HTMLElement && root.contains(document.activeElement)) from.focus();
    root.remove();
    this.editing = false;
    this.opener.setAttribute("aria-expanded", String(on));
    if (!on) return;
    this.from = document.activeElement;
    this.put(root);
    this._draw();
    find(root, ".hide").focus();
    void signsHere().then((signs) => {
      this.signs = signs;
      this._draw();
    });
  }

  /** Let `?` open and close it, and Esc close it, wherever no text is typed. */
  listen() {
    this.store.keys.listen({ help: () => this.show(!this.open) });
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || !this.open || meantElsewhere(event)) return;
      event.preventDefault();
      this.show(false);
    };
    document.addEventListener("keydown", pressed, true); // Esc closes what was opened last
    return this;
  }

  /** @param {boolean} on */
  _edit(on) {
    this.editing = on;
    this._draw();
    find(this.root, on ? "input" : ".change").focus();
  }

  _draw() {
    const { root, store, signs, editing, look } = this;
    if (!this.open) return;
    root.className = editing ? `${look} changing` : look;
    const { guide, base = "/" } = document.getElementById("vigie")?.dataset ?? {};
    const href = `${base}guide${guide === "operator" ? "" : `/${guide}`}`;
    // A page with alarms is not left.
    const way = guide && h("a", { class: "do", href, target: "_blank", rel: "noopener" }, store.t(`guide.${guide}`));
    const does = (/** @type {string} */ look, /** @type {string} */ word, /** @type {() => void} */ press) =>
      doButton(press, { class: `do ${look}` }, store.t(word));
    const tools = [
      way,
      does("change", editing ? "keys.done" : "keys.change", () => this._edit(!editing)),
      does("print", "keys.print", () => this._print()),
      does("hide", "help_hide", () => this.show(false)),
    ];
    const title = [h("h3", {}, store.t("help")), h("div", { class: "tools" }, tools)];
    const inside = editing ? h(KeyEditor, { store, leave: () => this._edit(false) }) : h(List, { store, signs });
    render([h("div", { class: "title" }, title), h("div", { class: "body" }, inside)], root);
  }

  /** The list alone on paper, whatever the page is. */
  _print() {
    const { store, signs } = this;
    const sheet = element("section", "keys-paper");
    render([h("h1", {}, phrase`Vigie · ${store.t("help")}`), h(List, { store, signs })], sheet);
    document.body.append(sheet);
    addEventListener("afterprint", () => sheet.remove(), { once: true });
    print();
  }
}

/** @param {{store: Store, signs: Record<string, string>}} props */
function List({ store, signs }) {
  const lines = listed(store).map(([label, words, key]) => {
    const sign = signs[key];
    const way = sign && sign !== label && h("span", { class: "way" }, sign);
    return h("div", {}, h("dt", {}, h("kbd", {}, label), way), h("dd", {}, words));
  });
  const off = store.keys.preferences.single_keys === "off";
  return [off && h("p", { class: "about" }, store.t("keys.are_off")), h("dl", {}, lines)];
}
