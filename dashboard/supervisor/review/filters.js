// The left column: what is looked at. Every choice says how many incidents it would show beside the other choices.
import { button, form, options } from "../../shell/build.js";
import { element, locale, write } from "../../shell/format.js";
import { count, number } from "./figure.js";

/** @typedef {import("./facts.js").Facts} Facts
 *  @typedef {import("./facts.js").Profile} Profile */

const PERIODS = ["year", "month", "shift", "range"];
const CLASSES = ["real", "accidental", "unknown", "", "test"];
const SELECTS = /** @type {const} */ (["cics", "zones"]);

export class Filters {
  /** @param {HTMLElement} root @param {import("./review.js").Review} review */
  constructor(root, review) {
    const { store } = review;
    this.review = review;
    this.store = store;
    /** @type {Map<string, {button: HTMLButtonElement, words: HTMLElement, figure: HTMLElement}>} */
    this.buttons = new Map();
    const periods = this._list("pair");
    for (const name of PERIODS)
      this._button(periods, `period ${name}`, store.t(`period.${name}`), () => this._period(name));
    this.since = element("input", { type: "date", name: "since", required: "" });
    this.until = element("input", { type: "date", name: "until", required: "" });
    const dates = [this.since, this.until].map((input) => element("label", "", store.t(`range.${input.name}`), input));
    this.wrongDays = element("span", "wrong-days", { role: "status" });
    this.range = form("range", () => {}, ...dates, this.wrongDays);
    this.range.hidden = true;
    this.range.addEventListener("change", () => {
      const [since, until] = [this.since.value, this.until.value];
      const wrong = !since || !until ? "range.missing" : since > until ? "range.reversed" : "";
      // The figures go on showing the days of before, and that is said.
      write(this.wrongDays, wrong && store.t(wrong));
      if (!wrong) review.set({ period: "range", since, until });
    });
    this.profiles = this._list("profiles");
    const classes = this._list("classes");
    for (const name of CLASSES)
      this._button(classes, `class ${name}`, store.t(`class.${name || "none"}`), () => review.toggle("classes", name));
    this._button(classes, "also drills", store.t("drills"), () => review.set({ drills: !review.view.drills }));
    this.selects = SELECTS.map((name) => {
      const select = element("select", { "aria-label": store.t(`filter.${name}`) });
      select.addEventListener("change", () =>
        review.set({ [name]: select.value === "*" ? undefined : [select.value] }),
      );
      return { name, select };
    });
    this.shifts = this._list("pair");
    this.shiftsGroup = this._group("shift", this.shifts);
    root.append(
      this._group("period", periods),
      this.range,
      this._group("profile", this.profiles),
      this._group("class", classes),
      ...this.selects.map(({ name, select }) => this._group(name, select, "listed")),
      this.shiftsGroup,
    );
  }

  /** @param {Facts} facts @param {Profile[] | null} profiles */
  show({ facets, view }, profiles) {
    const { store, review } = this;
    for (const name of PERIODS) this._press(`period ${name}`, (view.period ?? "year") === name);
    this.range.hidden = view.period !== "range";
    if (this.range.hidden) write(this.wrongDays, "");
    if (!this.wrongDays.textContent) {
      if (view.since) this.since.value = view.since;
      if (view.until) this.until.value = view.until;
    }
    const mine = view.profile ?? "amr";
    for (const { key, name, made_for: words, source } of profiles ?? []) {
      const made = this._button(this.profiles, `profile ${key}`, name, () => review.set({ profile: key }));
      const known = Object.hasOwn(store.words, `profile.${key}`);
      write(made.figure, store.t(known ? `profile.${key}` : "profile.own"));
      made.button.dataset.definition = store.t("made_for", { words, source });
      this._press(`profile ${key}`, key === mine);
    }
    const classes = view.classes ?? review.standard.classes;
    for (const name of CLASSES)
      this._press(`class ${name}`, classes.includes(name), count(facets.classes[name] ?? 0, `facet:classes:${name}`));
    this._press("also drills", !!view.drills);
    for (const { name, select } of this.selects) this._choices(name, select, facets[name], view[name] ?? []);
    const shifts = Object.keys(facets.shifts).filter(Boolean).sort();
    for (const shift of shifts)
      this._button(this.shifts, `shift ${shift}`, store.t("shift_from", { time: shift }), () =>
        review.toggle("shifts", shift),
      );
    for (const key of this.buttons.keys()) {
      const [kind, shift] = key.split(" ");
      if (kind === "shift")
        this._press(key, !!view.shifts?.includes(shift), count(facets.shifts[shift] ?? 0, `facet:shifts:${shift}`));
    }
    this.shiftsGroup.hidden = !shifts.length;
  }

  /** @param {string} look */
  _list(look) {
    return element("div", `choices ${look}`);
  }

  /** @param {string} name @param {HTMLElement} choices */
  _group(name, choices, look = "") {
    return element("fieldset", look, element("legend", "", this.store.t(`filter.${name}`)), choices);
  }

  /** The button of a choice, made once. @param {HTMLElement} list @param {string} key @param {string} text
   * @param {() => void} choose */
  _button(list, key, text, choose) {
    const known = this.buttons.get(key);
    if (known) return known;
    const [words, figure] = [element("span", "", text), element("small")];
    const made = { button: button("choice", "", choose, words, figure), words, figure };
    this.buttons.set(key, made);
    list.append(made.button);
    return made;
  }

  /** @param {string} key @param {boolean} on @param {import("./figure.js").Figure} [figure] */
  _press(key, on, figure) {
    const known = this.buttons.get(key);
    known?.button.setAttribute("aria-pressed", String(on));
    if (figure) known?.figure.replaceChildren(number(this.store, figure));
  }

  /** @param {string} name */
  _period(name) {
    if (name === "range") {
      const { since, until } = this.review.facts ?? {};
      this.review.set({ period: "range", since, until });
      this.range.hidden = false;
      this.since.focus();
    } else this.review.set({ period: name, since: undefined, until: undefined });
  }

  /** @param {"cics" | "zones"} name @param {HTMLSelectElement} select @param {Record<string, number>} found
   * @param {string[]} chosen */
  _choices(name, select, found, chosen) {
    const { store, review } = this;
    const keys = [...new Set([...Object.keys(found), ...chosen])].map((key) => ({
      key,
      words: name === "zones" ? review.zoneName(key) : key,
    }));
    keys.sort((a, b) => a.words.localeCompare(b.words, locale(store.language)));
    // a list is open under the hand
    if (document.activeElement === select && select.options.length === keys.length + 1) return;
    const choices = keys.map(({ key, words }) => {
      const facts = { name: words || store.t("not_known"), n: found[key] ?? 0 };
      return /** @type {const} */ ([key, store.t("choice_n", facts)]);
    });
    select.replaceChildren(...options([["*", store.t(`all.${name}`)], ...choices]));
    select.value = chosen.length === 1 ? chosen[0] : "*";
  }
}
