// A field to search and choose in: what is found stands under it in the panel, never over anything.
import { element, write } from "../../shell/format.js";

const SHOWN = 5;
let made = 0;

/** Lower case without accents, as people type names. @param {string} text */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export class Choice {
  /** @param {string} label @param {(text: string) => void} search asks; answer with `offer`
   *  @param {(value: string, text: string) => void} chosen */
  constructor(label, search, chosen) {
    this.root = element("div", "choice");
    const id = `choice-${++made}`;
    this.label = element("label", "", label);
    this.label.htmlFor = id;
    this.input = element("input");
    this.input.id = id;
    this.input.autocomplete = "off";
    this.list = element("ul", "found");
    this.list.hidden = true;
    this.root.append(this.label, this.input, this.list);
    this.value = "";
    this.chosen = chosen;
    this.input.addEventListener("input", () => {
      this.value = "";
      search(this.input.value.trim());
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || this.list.hidden) return;
      event.preventDefault();
      this.list.querySelector("button")?.click();
    });
  }

  /** @param {{value: string, text: string}[]} options */
  offer(options) {
    this.list.hidden = options.length === 0;
    this.list.replaceChildren(
      ...options.slice(0, SHOWN).map(({ value, text }) => {
        const item = element("li");
        const button = element("button", "", text);
        button.type = "button";
        button.addEventListener("click", () => this.choose(value, text));
        item.append(button);
        return item;
      }),
    );
  }

  choose(value, text) {
    this.value = value;
    this.input.value = text;
    this.list.hidden = true;
    this.chosen(value, text);
  }

  clear() {
    this.value = this.input.value = "";
    this.list.hidden = true;
  }
}

/** A choice among all zones. @param {import("../../shell/store.js").Store} store @param {(zone: string) => void} chosen */
export function zoneChoice(store, label, chosen) {
  const choice = new Choice(
    label,
    (text) => {
      const asked = plain(text);
      const found = asked
        ? Object.entries(store.zones).filter(([zone, name]) => plain(name).includes(asked) || zone.startsWith(text))
        : [];
      found.sort((a, b) => plain(a[1]).indexOf(asked) - plain(b[1]).indexOf(asked) || a[1].localeCompare(b[1]));
      choice.offer(found.map(([value, name]) => ({ value, text: `${store.zone(name)} · ${value}` })));
    },
    chosen,
  );
  return choice;
}
