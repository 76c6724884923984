// The left column: what is looked at. Every choice says how many incidents it would show beside the other choices.
import { element } from "../../shell/format.js";
import { count, number } from "./figure.js";

const PERIODS = ["year", "month", "shift", "range"];
const CLASSES = ["real", "accidental", "unknown", "", "test"];
const SELECTS = ["cics", "zones"];

export class Filters {
  /** @param {HTMLElement} root @param {import("./review.js").Review} review */
  constructor(root, review) {
    this.review = review;
    this.store = review.store;
    this.buttons = new Map();
    this.selects = new Map();
    const { store } = this;
    this._group(
      "period",
      "pair",
      PERIODS,
      (name) => store.t(`period.${name}`),
      (name) => this._period(name),
      root,
    );
    this.range = this._range();
    root.append(this.range);
    this.profiles = this._group(
      "profile",
      "profiles",
      [],
      () => "",
      () => {},
      root,
    );
    this._group(
      "class",
      "classes",
      CLASSES,
      (name) => store.t(`class.${name || "none"}`),
      (name) => review.toggle("classes", name),
      root,
    );
    this._group(
      "also",
      "classes",
      ["drills"],
      () => store.t("drills"),
      () => review.set({ drills: !review.view.drills }),
      root.querySelector(".classes"),
    );
    for (const name of SELECTS) root.append(this._select(name));
    this.shifts = this._group(
      "shift",
      "pair",
      [],
      () => "",
      () => {},
      root,
    );
  }

  show({ facets, view }, profiles) {
    const { store, review } = this;
    for (const name of PERIODS) this._press(`period ${name}`, (view.period ?? "year") === name);
    this.range.hidden = view.period !== "range";
    if (view.since) input(this.range, "since").value = view.since;
    if (view.until) input(this.range, "until").value = view.until;
    if (profiles && !this.profiles.childElementCount) {
      for (const profile of profiles) {
        this._button(this.profiles, `profile ${profile.key}`, profile.name, () => review.set({ profile: profile.key }));
        const button = this.buttons.get(`profile ${profile.key}`);
        button.lastChild.textContent = store.t(
          Object.hasOwn(store.words, `profile.${profile.key}`) ? `profile.${profile.key}` : "profile.own",
        );
        button.dataset.definition = store.t("made_for", { words: profile.made_for, source: profile.source });
      }
    }
    const mine = view.profile ?? "amr";
    for (const profile of profiles ?? []) this._press(`profile ${profile.key}`, profile.key === mine);
    const classes = view.classes ?? review.standard.classes;
    for (const name of CLASSES)
      this._press(`class ${name}`, classes.includes(name), count(facets.classes[name] ?? 0, `facet:classes:${name}`));
    this._press("also drills", !!view.drills);
    for (const name of SELECTS) this._choices(name, facets[name], view[name] ?? []);
    const shifts = Object.keys(facets.shifts).filter(Boolean).sort();
    for (const shift of shifts) {
      if (!this.buttons.has(`shift ${shift}`))
        this._button(this.shifts, `shift ${shift}`, store.t("shift_from", { time: shift }), () =>
          review.toggle("shifts", shift),
        );
    }
    for (const [key] of this.buttons) {
      const [kind, shift] = key.split(" ");
      if (kind === "shift")
        this._press(key, !!view.shifts?.includes(shift), count(facets.shifts[shift] ?? 0, `facet:shifts:${shift}`));
    }
    this.shifts.parentElement.hidden = !shifts.length;
  }

  _group(name, look, choices, words, choose, root) {
    if (root.classList.contains("choices")) {
      for (const choice of choices) this._button(root, `${name} ${choice}`, words(choice), () => choose(choice));
      return root;
    }
    const group = element("fieldset");
    const list = element("div", `choices ${look}`);
    group.append(element("legend", "", this.store.t(`filter.${name}`)), list);
    for (const choice of choices) this._button(list, `${name} ${choice}`, words(choice), () => choose(choice));
    root.append(group);
    return list;
  }

  _button(list, key, words, choose) {
    const button = element("button", "choice");
    button.type = "button";
    button.append(element("span", "", words), element("small"));
    button.addEventListener("click", choose);
    this.buttons.set(key, button);
    list.append(button);
  }

  _press(key, on, figure) {
    const button = this.buttons.get(key);
    button.setAttribute("aria-pressed", String(on));
    if (figure) button.lastChild.replaceChildren(number(this.store, figure));
  }

  _period(name) {
    if (name === "range") {
      const { since, until } = this.review.facts ?? {};
      this.review.set({ period: "range", since, until });
      this.range.hidden = false;
      input(this.range, "since").focus();
    } else this.review.set({ period: name, since: undefined, until: undefined });
  }

  _range() {
    const form = element("form", "range");
    form.hidden = true;
    for (const name of ["since", "until"]) {
      const label = element("label", "", this.store.t(`range.${name}`));
      const input = element("input");
      input.type = "date";
      input.name = name;
      input.required = true;
      label.append(input);
      form.append(label);
    }
    form.addEventListener("change", () => {
      const [since, until] = ["since", "until"].map((name) => input(form, name).value);
      if (since && until && since <= until) this.review.set({ period: "range", since, until });
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    return form;
  }

  _select(name) {
    const group = element("fieldset", "listed");
    const select = element("select");
    select.setAttribute("aria-label", this.store.t(`filter.${name}`));
    select.addEventListener("change", () =>
      this.review.set({ [name]: select.value === "*" ? undefined : [select.value] }),
    );
    group.append(element("legend", "", this.store.t(`filter.${name}`)), select);
    this.selects.set(name, select);
    return group;
  }

  _choices(name, found, chosen) {
    const { store, review } = this;
    const select = this.selects.get(name);
    const all = element("option", "", store.t(`all.${name}`));
    all.value = "*";
    const keys = [...new Set([...Object.keys(found), ...chosen])].map((key) => [
      key,
      name === "zones" ? review.zoneName(key) : key,
    ]);
    keys.sort(([, a], [, b]) => a.localeCompare(b));
    const options = keys.map(([key, words]) => {
      const option = element(
        "option",
        "",
        store.t("choice_n", { name: words || store.t("not_known"), n: found[key] ?? 0 }),
      );
      option.value = key;
      return option;
    });
    if (document.activeElement === select && select.options.length === options.length + 1) return; // a list is open under the hand
    select.replaceChildren(all, ...options);
    select.value = chosen.length === 1 ? chosen[0] : "*";
  }
}

/** A field of a form. @param {HTMLFormElement} form @param {string} name */
function input(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}
