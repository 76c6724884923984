// A field to search and choose in: what is found stands under it in the panel, never over anything.
import { beside, button } from "../../shell/build.js";
import { element } from "../../shell/format.js";

const SHOWN = 5;

/** Lower case without accents, as people type names. @param {string} text */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export class Choice {
  /** @param {string} label @param {(text: string) => void} search asks; answer with `offer`
   *  @param {(value: string, text: string) => void} chosen */
  constructor(label, search, chosen) {
    this.input = element("input", { autocomplete: "off" });
    this.list = element("ul", "found", { hidden: true });
    this.root = beside(label, this.input, "choice");
    this.root.append(this.list);
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
        return element(
          "li",
          "",
          button("", text, () => this.choose(value, text)),
        );
      }),
    );
  }

  /** @param {string} value @param {string} text */
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

/** A choice among all zones. @param {import("../../shell/store.js").Store} store @param {string} label @param {(zone: string) => void} chosen */
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
