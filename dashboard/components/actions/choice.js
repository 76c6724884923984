// A field to search and choose in: what is found stands under it in the panel, never over anything. The hand stays in
// the field: the first arrow enters the list, the next ones move through it, Enter takes what is highlighted.
import { beside, button } from "../../shell/build.js";
import { attributes, element, joined, locale } from "../../shell/format.js";

const SHOWN = 5;
let made = 0;

/** Lower case without accents, as people type names. @param {string} text */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export class Choice {
  /** @param {import("../../shell/store.js").Store} store @param {string} label
   * @param {(text: string) => void} search asks; answer with `offer`
   * @param {(value: string, text: string) => void} chosen */
  constructor(store, label, search, chosen) {
    this.store = store;
    this.input = element("input", { autocomplete: "off" });
    this.list = element("ul", {
      class: "found",
      hidden: true,
      id: `found-${++made}`,
      role: "listbox",
      "aria-label": store.t("field_found"),
    });
    this.root = beside(label, this.input, "choice");
    this.root.append(this.list);
    attributes(this.input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id });
    this.value = "";
    this.at = 0;
    this.entered = false; // by an arrow
    this._close();
    this.chosen = chosen;
    this.input.addEventListener("input", () => {
      this.value = this.input.title = "";
      search(this.input.value.trim());
    });
    this.input.addEventListener("keydown", (event) => {
      const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if ((!way && event.key !== "Enter") || this.list.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (!way) return this._options()[this.at].click();
      this._mark(this.entered ? this.at + way : this.at);
      this.entered = true;
    });
  }

  /** What a hand marked stays marked when a fuller answer comes. @param {{value: string, text: string}[]} options */
  offer(options) {
    if (!options.length) return this._close();
    const marked = this.entered ? this._options()[this.at].textContent : "";
    this.list.replaceChildren(
      ...options.slice(0, SHOWN).map(({ value, text }, n) => {
        const one = button("", text, () => this.choose(value, text));
        attributes(one, { role: "option", id: `${this.list.id}-${n}`, tabindex: -1 });
        return element("li", { role: "none" }, one);
      }),
    );
    const id = options.length > SHOWN ? `${this.list.id}-others` : "";
    if (id)
      this.list.append(element("li", { class: "others", role: "none", id }, this.store.t("field_more", { n: SHOWN })));
    this.input.setAttribute("aria-describedby", id);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    const at = this._options().findIndex((one) => marked && one.textContent === marked);
    this.entered = at >= 0;
    this._mark(at);
  }

  _options() {
    return [...this.list.querySelectorAll("button")];
  }

  /** Show which one Enter takes. @param {number} at */
  _mark(at) {
    const options = this._options();
    this.at = Math.max(0, Math.min(at, options.length - 1));
    options.forEach((one, n) => one.setAttribute("aria-selected", String(n === this.at)));
    this.input.setAttribute("aria-activedescendant", options[this.at].id);
  }

  _close() {
    this.list.hidden = true;
    this.entered = false;
    this.input.setAttribute("aria-expanded", "false");
    for (const name of ["aria-activedescendant", "aria-describedby"]) this.input.removeAttribute(name);
  }

  /** @param {string} value @param {string} text */
  choose(value, text) {
    this.value = value;
    this.input.value = this.input.title = text; // longer than the field it is read under the mouse
    this._close();
    this.chosen(value, text);
  }

  clear() {
    this.value = this.input.value = this.input.title = "";
    this._close();
  }
}

/** A choice among all zones. @param {import("../../shell/store.js").Store} store @param {string} label
 * @param {(zone: string) => void} chosen */
export function zoneChoice(store, label, chosen) {
  const choice = new Choice(
    store,
    label,
    (text) => {
      const asked = plain(text);
      const found = asked
        ? Object.entries(store.zones).filter(([zone, name]) => plain(name).includes(asked) || zone.startsWith(text))
        : [];
      found.sort(
        (a, b) =>
          plain(a[1]).indexOf(asked) - plain(b[1]).indexOf(asked) || a[1].localeCompare(b[1], locale(store.language)),
      );
      choice.offer(found.map(([value, name]) => ({ value, text: joined([store.zone(name), value]) })));
    },
    chosen,
  );
  return choice;
}
