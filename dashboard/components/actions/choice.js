// A field to search and choose in: what is found stands under it in the panel, never over anything. The hand stays in
// the field: the first arrow enters the list, the next ones move through it, Enter takes what is highlighted.
import { joined, locale } from "../../shell/format.js";
import { h } from "../../shell/kit.js";

const SHOWN = 5;

/** @typedef {import("../../shell/store.js").Store} Store @typedef {{value: string, words: () => string}} Found */

/** Lower case without accents, as people type names. @param {string} text */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** What is typed in such a field, what was found, what is chosen. */
export class Search {
  /** @param {(text: string) => void} ask answered with `offer` @param {(value: string) => void} chosen
   *  @param {() => void} changed it is to be drawn anew */
  constructor(ask, chosen, changed) {
    this.ask = ask;
    this.chosen = chosen;
    this.changed = changed;
    this.text = this.value = "";
    /** @type {Found[]} */
    this.found = [];
    this.at = 0;
    this.entered = false; // by an arrow
  }

  /** @param {string} text */
  type(text) {
    this.text = text;
    this.value = "";
    this.ask(text.trim());
    this.changed();
  }

  /** What a hand marked stays marked when a fuller answer comes. @param {Found[]} found */
  offer(found) {
    const marked = this.entered ? this.found[this.at].value : null;
    const at = found.slice(0, SHOWN).findIndex(({ value }) => value === marked);
    this.found = found;
    this.entered = at >= 0;
    this.at = Math.max(0, at);
    this.changed();
  }

  /** @param {Found} one */
  choose({ value, words }) {
    this.value = value;
    this.text = words();
    this.offer([]);
    this.chosen(value);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { found, at, entered } = this;
    if ((!way && event.key !== "Enter") || !found.length || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!way) return this.choose(found[at]);
    this.at = Math.max(0, Math.min(entered ? at + way : at, Math.min(found.length, SHOWN) - 1));
    this.entered = true;
    this.changed();
  }
}

/** @param {{store: Store, search: Search, id: string, label: string}} props */
export function Choice({ store, search, id, label }) {
  const { text, value, at } = search;
  const found = search.found.slice(0, SHOWN);
  const more = search.found.length > SHOWN;
  const option = (/** @type {number} */ n) => `${id}-${n}`;
  const facts = { role: "combobox", "aria-autocomplete": "list", "aria-controls": `${id}-found` };
  return [
    h("label", { for: id }, label),
    h("input", {
      ...facts,
      id,
      autocomplete: "off",
      value: text,
      title: value && text, // longer than the field it is read under the mouse
      "aria-expanded": found.length > 0,
      "aria-activedescendant": found.length ? option(at) : undefined,
      "aria-describedby": more ? `${id}-others` : undefined,
      onInput: (event) => search.type(event.currentTarget.value),
      onKeyDown: (event) => search.pressed(event),
    }),
    h(
      "ul",
      {
        class: "found",
        id: `${id}-found`,
        role: "listbox",
        "aria-label": store.t("field_found"),
        hidden: !found.length,
      },
      found.map((one, n) => {
        const marks = { role: "option", id: option(n), "aria-selected": n === at, tabIndex: -1 };
        const pick = h("button", { type: "button", ...marks, onClick: () => search.choose(one) }, one.words());
        return h("li", { key: one.value, role: "none" }, pick);
      }),
      more && h("li", { class: "others", role: "none", id: `${id}-others` }, store.t("field_more", { n: SHOWN })),
    ),
  ];
}

/** The zones that a text may mean, by name or number. @param {Store} store @param {string} text @returns {Found[]} */
export function zonesLike(store, text) {
  const asked = plain(text);
  const all = asked ? Object.entries(store.zones) : [];
  return all
    .filter(([zone, name]) => plain(name).includes(asked) || zone.startsWith(text))
    .sort(([, a], [, b]) => {
      const sooner = plain(a).indexOf(asked) - plain(b).indexOf(asked);
      return sooner || a.localeCompare(b, locale(store.language));
    })
    .map(([value, name]) => ({ value, words: () => joined([store.zone(name), value]) }));
}
