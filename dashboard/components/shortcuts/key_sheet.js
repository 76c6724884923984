// The list of a page's keys, opened and closed by `?`: one component for every page that has keys.
import { button } from "../../shell/build.js";
import { element } from "../../shell/format.js";
import { meantElsewhere } from "../../shell/keyboard.js";

/** @typedef {Pick<import("../../shell/store.js").Store, "t">} Words */

export class KeySheet {
  /** @param {Words} store @param {HTMLElement} place where it stands, first @param {() => string[][]} rows each key as it is written, and what it does
   *  @param {string} [look] beside the list's own */
  constructor(store, place, rows, look = "") {
    this.store = store;
    this.place = place;
    this.rows = rows;
    this.look = look;
    /** @type {HTMLElement | null} */
    this.root = null;
    /** @type {Element | null} */
    this.from = null;
  }

  /** @param {boolean} on */
  show(on) {
    if (this.root && this.from instanceof HTMLElement && this.root.contains(document.activeElement)) this.from.focus();
    this.root?.remove();
    this.root = null;
    if (!on) return;
    const { store } = this;
    this.from = document.activeElement;
    const hide = button("do", store.t("help_hide"), () => this.show(false));
    this.root = element(
      "section",
      { class: `help ${this.look}`.trim(), "aria-label": store.t("help") },
      element("div", "title", element("h3", "", store.t("help")), hide),
      element(
        "dl",
        "",
        ...this.rows().flatMap(([key, text]) => [element("dt", "", element("kbd", "", key)), element("dd", "", text)]),
      ),
    );
    this.place.prepend(this.root);
    hide.focus();
  }

  /** Let `?` open and close it, and Esc close it, wherever no text is typed. */
  listen() {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      const shuts = event.key === "Escape" && !!this.root;
      if ((event.key !== "?" && !shuts) || meantElsewhere(event)) return;
      event.preventDefault();
      this.show(!this.root);
    };
    document.addEventListener("keydown", pressed, true); // Esc closes what was opened last
    return this;
  }
}

/** What the page of a role does by key. @param {Words} store @returns {Record<"supervisor" | "trainer" | "technician" | "zone", string[][]>} */
export function sheets(store) {
  const row = (/** @type {string} */ key, /** @type {string} */ name) => [key, store.t(name)];
  const tab = row("Tab ⇧ Tab", "key_tab");
  const help = row("?", "key_help");
  return {
    supervisor: [
      row("/", "key_find_place"),
      row("I", "key_stay"),
      row("← → ↑ ↓", "key_marks"),
      row("↵", "key_choose"),
      row("← →", "key_record"),
      row("PgUp PgDn", "key_minute"),
      row("Home End", "key_ends"),
      tab,
      row("Esc", "key_out"),
      help,
    ],
    trainer: [
      row("/", "key_find"),
      row("← →", "key_step"),
      row("PgUp PgDn", "key_mark"),
      row("Home End", "key_ends"),
      row("Ctrl+Z", "key_undo"),
      row("Ctrl+⇧+Z", "key_redo"),
      row("Ctrl+S", "key_save"),
      row("↵", "key_remark"),
      tab,
      row("Esc", "key_tool"),
      help,
    ],
    technician: [row("↑ ↓", "key_devices"), row("↵", "key_device"), tab, row("Esc", "key_close"), help],
    zone: [
      row("N", "key_next_order"),
      row("⇧ C", "key_copy_place"),
      row("⇧ N", "key_spell_place"),
      tab,
      row("Esc", "key_close"),
      help,
    ],
  };
}
