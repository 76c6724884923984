// Whose alarms this console covers: the control in the top bar, the list to choose from, and the alarm of a centre
// nobody hears.
import { button, choice, find, form, onEscape } from "../../shell/build.js";
import { attributes, element, phrase, together, write } from "../../shell/format.js";
import { takes } from "../../shell/coverage.js";
import { blindWords } from "./words.js";

export class Centres {
  /** @param {import("../../shell/store.js").Store} store
   * @param {{bar: HTMLElement, person: import("../../access/access.js").Sheet, banner: HTMLElement, panel:
   * HTMLElement}} places @param {{armed: boolean, on: (listener: () => void) => void}} sound
   * @param {(cics: string) => void} keep keeps the choice in this browser */
  constructor(store, { bar, person, banner, panel }, sound, keep) {
    this.store = store;
    this.sound = sound;
    this.panel = panel;
    this.keep = keep;
    /** @type {HTMLElement | null} */
    this.open = null;
    this.button = button("pill covers", "", () => this.choose(!this.open));
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
    this.button.hidden = known.length < 2;
    const all = covers.length === known.length;
    const few = covers.length > 1 ? store.t("covers_more", { centre: covers[0], n: covers.length - 1 }) : covers[0];
    // In the bar stands what is not as everywhere.
    if (all) this.places.person.root.append(this.button);
    else this.places.bar.after(this.button);
    write(this.button, all ? store.t("covers_all") : store.t("covers", { centres: few }));
    attributes(this.button, {
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
    if (this.deaf.textContent === text) return;
    // A text that enters a live region is read aloud.
    this.deaf.replaceChildren(...(text ? [element("div", "banner", text)] : []));
  }

  /** Show or hide the list, in the right column over the case's facts: it covers no alarm. @param {boolean} on */
  choose(on) {
    if (on && this.store.locked) return;
    this.places.person.show(false);
    this.open?.remove();
    /** @type {HTMLElement | null} */
    this.open = null;
    this.button.setAttribute("aria-expanded", String(on));
    if (!on) return;
    const { store } = this;
    this.open = this._choices();
    this.panel.prepend(this.open);
    find(this.open, "input").focus();
  }

  _choices() {
    const { store } = this;
    const boxes = store.centres.known.map((cic) =>
      choice("choice", this.long(cic), { type: "checkbox", value: cic, checked: store.covers.has(cic) }),
    );
    const inputs = boxes.map((one) => find(one, "input"));
    const save = () => {
      store.send({ do: "cover", cics: inputs.filter((one) => one.checked).map((one) => one.value) });
      this._leave();
    };
    const every = button("do", store.t("covers_every"), () => inputs.forEach((one) => (one.checked = true)));
    const hide = button("do", store.t("covers_hide"), () => this._leave());
    const made = form(
      "help centres",
      save,
      { "aria-label": store.t("covers_choose") },
      element("h3", "", store.t("covers_choose")),
      element("p", "", store.t("covers_hint")),
      element("div", "choices", ...boxes),
      element("div", "buttons", element("button", "do", store.t("covers_save")), every, hide),
    );
    onEscape(made, () => this._leave());
    return made;
  }

  _leave() {
    this.choose(false);
    (this.button.isConnected ? this.button : this.places.person.opener).focus();
  }
}
