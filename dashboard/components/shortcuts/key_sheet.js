// The list of a page's keys, opened and closed by `?` or its button: one component for every page. It prints, and leads
// to changing them.
import { button } from "../../shell/build.js";
import { element, phrase, write } from "../../shell/format.js";
import { meantElsewhere } from "../../shell/keyboard.js";
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

/** The way to the sheet of who works on this page, where there is one. @param {Pick<Store, "t">} store
 * @returns {HTMLElement[]} */
function guide(store) {
  const { guide: name, base = "/" } = document.getElementById("vigie")?.dataset ?? {};
  const aside = { target: "_blank", rel: "noopener" }; // a page with alarms is not left
  const href = `${base}guide${name === "operator" ? "" : `/${name}`}`;
  return name ? [element("a", { class: "do", href, ...aside }, store.t(`guide.${name}`))] : [];
}

export class KeySheet {
  /** @param {Store} store @param {Desk} desk
   * @param {{put: (list: HTMLElement) => void, opener: HTMLElement}} places puts it where it stands; the part at whose
   * end its button does @param {string} [look] beside the list's own */
  constructor(store, desk, { put, opener }, look = "") {
    this.store = store;
    this.desk = desk;
    this.put = put;
    this.look = look;
    /** @type {HTMLElement | null} */
    this.root = null;
    /** @type {KeyEditor | null} */
    this.editor = null;
    /** @type {Element | null} */
    this.from = null;
    /** @type {Record<string, string>} */
    this.signs = {};
    const open = () => this.show(!this.root);
    this.opener = button(
      "keys-opener",
      "",
      open,
      { "aria-expanded": "false" },
      element("span", "", store.t("help")),
      store.keys.cap("help"),
    );
    opener.append(this.opener);
    store.on("keys", () => this._draw());
    store.answers("preferred", (kept) => {
      if (!kept && store.keys.sent) desk.say(store.t("keys.not_kept"), true);
      store.keys.sent = false;
    });
  }

  /** @param {boolean} on */
  show(on) {
    if (this.root && this.from instanceof HTMLElement && this.root.contains(document.activeElement)) this.from.focus();
    this.root?.remove();
    this.root = this.editor = null;
    this.opener.setAttribute("aria-expanded", String(on));
    if (!on) return;
    const { store } = this;
    this.from = document.activeElement;
    const hide = button("do", store.t("help_hide"), () => this.show(false));
    const print = button("do", store.t("keys.print"), () => this._print());
    this.change = button("do change", store.t("keys.change"), () => this._edit(!this.editor));
    this.body = element("div", "body");
    const tools = element("div", "tools", ...guide(store), this.change, print, hide);
    this.root = element(
      "section",
      { class: `keys ${this.look}`.trim(), "aria-label": store.t("help") },
      element("div", "title", element("h3", "", store.t("help")), tools),
      this.body,
    );
    this._draw();
    this.put(this.root);
    hide.focus();
    void signsHere().then((signs) => {
      this.signs = signs;
      this._draw();
    });
  }

  /** Let `?` open and close it, and Esc close it, wherever no text is typed. */
  listen() {
    this.store.keys.listen({ help: () => this.show(!this.root) });
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || !this.root || meantElsewhere(event)) return;
      event.preventDefault();
      this.show(false);
    };
    document.addEventListener("keydown", pressed, true); // Esc closes what was opened last
    return this;
  }

  /** @param {boolean} on */
  _edit(on) {
    const { store, desk } = this;
    this.editor = on ? new KeyEditor(store, desk, () => this._edit(false)) : null;
    this._draw();
    if (on) this.editor?.root.querySelector("input")?.focus();
    else this.change?.focus();
  }

  _draw() {
    const { root, body, change, store } = this;
    if (!root || !body || !change) return;
    root.classList.toggle("changing", !!this.editor);
    write(change, store.t(this.editor ? "keys.done" : "keys.change"));
    if (!this.editor) body.replaceChildren(...this._list());
    else if (body.firstChild !== this.editor.root) body.replaceChildren(this.editor.root);
    this.editor?.update();
  }

  _list() {
    const { store } = this;
    const { single_keys: single } = store.keys.preferences;
    const about = single === "off" ? [element("p", "about", store.t("keys.are_off"))] : [];
    const lines = listed(store).map(([label, words, key]) => {
      const sign = this.signs[key];
      const way = sign && sign !== label ? element("span", "way", sign) : "";
      return element("div", "", element("dt", "", element("kbd", "", label), way), element("dd", "", words));
    });
    return [...about, element("dl", "", ...lines)];
  }

  /** The list alone on paper, whatever the page is. */
  _print() {
    const { store } = this;
    const sheet = element(
      "section",
      "keys-paper",
      element("h1", "", phrase`Vigie · ${store.t("help")}`),
      ...this._list(),
    );
    document.body.append(sheet);
    addEventListener("afterprint", () => sheet.remove(), { once: true });
    print();
  }
}
