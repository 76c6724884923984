// Whose alarms this console covers: the control in the top bar, the list to choose from, and the alarm of a centre nobody hears.
import { element, write } from "../../shell/format.js";
import { takes } from "../../shell/coverage.js";

export class Centres {
  /** @param {import("../../shell/store.js").Store} store @param {{bar: HTMLElement, banner: HTMLElement, panel: HTMLElement}} places
   *  @param {{armed: boolean, on: (listener: () => void) => void}} sound @param {(cics: string) => void} keep keeps the choice in this browser */
  constructor(store, { bar, banner, panel }, sound, keep) {
    this.store = store;
    this.sound = sound;
    this.panel = panel;
    this.keep = keep;
    this.open = null;
    this.button = element("button", "pill covers");
    this.button.type = "button";
    this.button.addEventListener("click", () => this.choose(!this.open));
    bar.querySelector(".space").after(this.button);
    this.deaf = element("div", "banners deaf");
    this.deaf.setAttribute("role", "alert");
    banner.append(this.deaf);
    store.answers("covered", (cics) => {
      store.cover(cics);
      const { own } = store.centres;
      keep(own.length === cics.length && own.every((cic) => cics.includes(cic)) ? "" : cics.join());
    });
    store.on("covers", () => this._named());
    store.on("health covers", () => this._deaf());
    sound.on(() => this._deaf());
  }

  /** A centre as people call it: OVL East Flanders; a centre the catalogue does not know has its letters only. @param {string} cic */
  long(cic) {
    const { store } = this;
    return Object.hasOwn(store.words, `cic.${cic}`) ? `${cic} ${store.t(`cic.${cic}`)}` : cic;
  }

  _named() {
    const { store } = this;
    const { known } = store.centres;
    const covers = known.filter((cic) => store.covers.has(cic));
    this.button.hidden = known.length < 2;
    const all = covers.length === known.length;
    const few = covers.length > 1 ? store.t("covers_more", { centre: covers[0], n: covers.length - 1 }) : covers[0];
    write(this.button, all ? store.t("covers_all") : store.t("covers", { centres: few }));
    this.button.setAttribute(
      "aria-label",
      store.t("covers_label", { centres: all ? store.t("all_centres") : covers.join(", ") }),
    );
    this.button.title = covers.map((cic) => this.long(cic)).join(", ");
  }

  /** Say which centres nobody listens for: to those who take their alarms, and to those who should have listened. */
  _deaf() {
    const { store } = this;
    const { known } = store.centres;
    // A page that is silent itself says that, and it is the thing to mend.
    const mine = (cic) => store.covers.has(cic) && this.sound.armed;
    const blind = Object.keys(store.health?.blind ?? {}).filter(
      (cic) => mine(cic) || (!store.covers.has(cic) && takes(cic, store.console)),
    );
    const all = blind.length > 1 && blind.length === known.length;
    const text = !blind.length
      ? ""
      : all
        ? store.t("blind_all")
        : store.t(blind.length > 1 ? "blind_n" : "blind", { centres: blind.join(", ") });
    if (this.deaf.textContent === text) return;
    // A text that enters a live region is read aloud.
    this.deaf.replaceChildren(...(text ? [element("div", "banner", text)] : []));
  }

  /** Show or hide the list, in the right column over the case's facts: it covers no alarm. @param {boolean} on */
  choose(on) {
    if (on && this.store.locked) return;
    this.open?.remove();
    this.open = null;
    this.button.setAttribute("aria-expanded", String(on));
    if (!on) return;
    const { store } = this;
    const form = element("form", "help centres");
    form.setAttribute("aria-label", store.t("covers_choose"));
    const list = element("div", "choices");
    for (const cic of store.centres.known) list.append(this._choice(cic));
    const save = element("button", "do", store.t("covers_save"));
    const all = this._button(store.t("covers_every"), () =>
      form.querySelectorAll("input").forEach((one) => (one.checked = true)),
    );
    const hide = this._button(store.t("covers_hide"), () => this._leave());
    const buttons = element("div", "buttons");
    buttons.append(save, all, hide);
    form.append(element("h3", "", store.t("covers_choose")), element("p", "", store.t("covers_hint")), list, buttons);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const cics = [...form.querySelectorAll("input")].filter((one) => one.checked).map((one) => one.value);
      store.send({ do: "cover", cics });
      this._leave();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this._leave();
    });
    this.open = form;
    this.panel.prepend(form);
    form.querySelector("input").focus();
  }

  _leave() {
    this.choose(false);
    this.button.focus();
  }

  _choice(cic) {
    const label = element("label", "choice");
    const box = element("input");
    box.type = "checkbox";
    box.value = cic;
    box.checked = this.store.covers.has(cic);
    label.append(box, element("span", "", this.long(cic)));
    return label;
  }

  _button(text, click) {
    const button = element("button", "do", text);
    button.type = "button";
    button.addEventListener("click", click);
    return button;
  }
}
