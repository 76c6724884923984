// Whose alarms this console covers: the control in the top bar, the list to choose from, and the alarm of a centre
// nobody hears.
import { button, find, form } from "../../shell/build.js";
import { takes } from "../../shell/coverage.js";
import { attributes, element, phrase, together, write } from "../../shell/format.js";
import { h, render } from "../../shell/kit.js";
import { Sheet } from "../../shell/sheet.js";
import { blindWords } from "./words.js";

export class Centres extends Sheet {
  /** @param {import("../../shell/store.js").Store} store
   * @param {{bar: HTMLElement, person: import("../../access/access.js").Sheet, banner: HTMLElement, panel:
   * HTMLElement}} places @param {{armed: boolean, on: (listener: () => void) => void}} sound
   * @param {(cics: string) => void} keep keeps the choice in this browser */
  constructor(store, { bar, person, banner, panel }, sound, keep) {
    const root = form("help centres", () => this._save(), { "aria-label": store.t("covers_choose") });
    const opener = button("pill covers", "", () => this.show());
    super(panel, opener, root, () => this._draw());
    this.store = store;
    this.sound = sound;
    this.places = { bar: find(bar, ".space"), person };
    this.deaf = element("div", "banners deaf", { role: "alert" });
    banner.append(this.deaf);
    store.answers("covered", (/** @type {string[]} */ cics) => {
      store.cover(cics);
      const { own } = store.centres;
      keep(own.length === cics.length && own.every((cic) => cics.includes(cic)) ? "" : cics.join());
    });
    store.on("covers", () => this._named());
    store.on("health covers", () => this._deaf());
    store.on("language", () => this.update());
    sound.on(() => this._deaf());
  }

  /** A centre as people call it: OVL East Flanders; a centre the catalogue does not know has its letters only.
   * @param {string} cic */
  long(cic) {
    const { store } = this;
    return Object.hasOwn(store.words, `cic.${cic}`) ? phrase`${cic} ${store.t(`cic.${cic}`)}` : cic;
  }

  _named() {
    const { store } = this;
    const { known } = store.centres;
    const covers = known.filter((cic) => store.covers.has(cic));
    this.opener.hidden = known.length < 2;
    const all = covers.length === known.length;
    const few = covers.length > 1 ? store.t("covers_more", { centre: covers[0], n: covers.length - 1 }) : covers[0];
    // In the bar stands what is not as everywhere.
    if (all) this.places.person.root.append(this.opener);
    else this.places.bar.after(this.opener);
    write(this.opener, all ? store.t("covers_all") : store.t("covers", { centres: few }));
    attributes(this.opener, {
      "aria-label": store.t("covers_label", { centres: all ? store.t("all_centres") : covers.join(", ") }),
      title: together(
        ", ",
        covers.map((cic) => this.long(cic)),
      ),
    });
  }

  /** Say which centres nobody listens for: to those who take their alarms, and to those who should have listened. */
  _deaf() {
    const { store } = this;
    // A page that is silent itself says that, and it is the thing to mend.
    const mine = (/** @type {string} */ cic) => store.covers.has(cic) && this.sound.armed;
    const comes = (/** @type {string} */ cic) => mine(cic) || (!store.covers.has(cic) && takes(cic, store.console));
    const text = blindWords(store, comes, "_here");
    // A text that enters a live region is read aloud.
    render(text && h("div", { class: "banner", key: text }, text), this.deaf);
  }

  /** @param {boolean} on */
  show(on = !this.open) {
    if (on && this.store.locked) return;
    if (on) render(null, this.root); // what was ticked and not kept is gone
    this.places.person.show(false);
    super.show(on);
    if (!on && !this.opener.isConnected) this.places.person.opener.focus();
  }

  _draw() {
    const { store, root } = this;
    const boxes = store.centres.known.map((value) => {
      const facts = { type: "checkbox", autocomplete: "off", value, defaultChecked: store.covers.has(value) };
      return h("label", { class: "choice" }, h("input", facts), h("span", { class: "name" }, this.long(value)));
    });
    const button = { class: "do", type: "button" };
    const every = () => root.querySelectorAll("input").forEach((one) => (one.checked = true));
    const buttons = [
      h("button", { class: "do" }, store.t("covers_save")),
      h("button", { ...button, onClick: every }, store.t("covers_every")),
      h("button", { ...button, onClick: () => this.show(false) }, store.t("covers_hide")),
    ];
    const head = [h("h3", {}, store.t("covers_choose")), h("p", {}, store.t("covers_hint"))];
    render([head, h("div", { class: "choices" }, boxes), h("div", { class: "buttons" }, buttons)], root);
  }

  _save() {
    const inputs = [...this.root.querySelectorAll("input")];
    this.store.send({ do: "cover", cics: inputs.filter((one) => one.checked).map((one) => one.value) });
    this.show(false);
  }
}
