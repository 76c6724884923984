// The forms: in the place of the buttons, never over anything. What is typed is kept until it was sent, also over a reload.
import { announcedTest } from "../devices/words.js";
import { element, write } from "../../shell/format.js";
import { newId } from "../../shell/desk.js";
import { FORMS } from "./forms.js";
import { field } from "./fields.js";

const SECOND_STEP_MS = 1000;
const OPEN = "vigie.form"; // the open form's name and alarm

export class Form {
  /** @param {import("../../shell/store.js").Store} store @param {import("../../shell/desk.js").DeskLine} desk @param {() => void} changed */
  constructor(store, desk, changed) {
    this.store = store;
    this.desk = desk;
    this.changed = changed;
    this.root = element("form", "form");
    this.root.hidden = true;
    this.root.noValidate = true;
    this.name = "";
    this.row = null;
    this.fields = [];
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this._send();
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
      if (event.key === "Enter" && event.ctrlKey) this.root.requestSubmit();
    });
    this.root.addEventListener("input", () => this._keep());
    this.root.addEventListener("change", () => this._keep());
  }

  get open() {
    return this.name !== "";
  }

  /** A form belongs to one alarm: with another selected it goes, and what was typed waits. @param {string | null} id */
  follow(id) {
    if (this.row && this.row.id !== id) this.close();
  }

  /** @param {string} name @param {any} row the alarm; null when it is about none @param {any} [about] what else it is about */
  show(name, row, about = {}) {
    this.close();
    this.from = /** @type {HTMLElement} */ (document.activeElement);

    this.name = name;
    this.row = row;
    this.about = about;
    sessionStorage.setItem(OPEN, JSON.stringify([name, row?.id ?? "", about]));
    this.anyway = false;
    const { store } = this;
    const form = FORMS[name];
    const label = row?.label ?? about.label ?? (form.about ? store.t(form.about) : "");
    this.label = label;
    const title = element("div", "title");
    title.append(element("h3", "", store.t(form.title, { ...about, label })));
    if (form.other) title.append(this._other(form.other));
    // Said, and nothing chosen for it: who presses may not be who announced.
    const test = form.words ? announcedTest(store, row, true) : "";
    const hint = element("p", test ? "hint test" : "hint", test || (form.hint ? store.t(form.hint) : ""));
    hint.hidden = !hint.textContent;
    this.fields = form.fields.map((kind) => field(store, kind, row, () => this._keep()));
    this.said = element("p", "second-step");
    this.said.setAttribute("role", "alert");
    this.confirm = element("button", "do primary", store.t(form.confirm));
    this.confirm.type = "submit";
    const back = element("button", "do", store.t("back"));
    back.type = "button";
    back.addEventListener("click", () => this.close());
    const buttons = element("div", "buttons confirm");
    buttons.append(this.confirm, back);
    const file = store.detail?.id === row?.id ? store.detail?.case : null;
    const words = element(
      "p",
      "agreed",
      [
        file?.safe_word && store.t("safe_word", { word: file.safe_word }),
        file?.duress_word && store.t("duress_word", { word: file.duress_word }),
      ]
        .filter(Boolean)
        .join(" · "),
    );
    words.hidden = !(form.words && words.textContent);
    this.duress = element("p", "duress-said", store.t("duress_said"));
    const body = element("div", "fields");
    body.append(...this.fields.map((one) => one.root));
    this.root.replaceChildren(title, hint, words, this.duress, body, this.said, buttons);
    this.root.hidden = false;
    this.root.classList.toggle("about-none", !row);
    this._restore();
    this._adapt();
    this.changed(); // nothing hidden can take the focus
    (this.root.querySelector("input:not([hidden]), select, textarea") ?? this.confirm).focus();
  }

  /** The way to another form about no alarm. @param {{form: string, words: string, key: string}} other */
  _other({ form, words, key }) {
    const button = element("button", "do other-form");
    button.type = "button";
    button.append(element("span", "", this.store.t(words)), element("kbd", "", key));
    button.addEventListener("click", () => {
      this.show(form, null);
      this.changed();
    });
    return button;
  }

  /** The same wish, sent again because no answer came, is the same command; a changed one is another. */
  _id(wish) {
    if (this.sent?.wish !== wish) this.sent = { wish, id: newId() };
    return this.sent.id;
  }

  /** The form that was open before the page was loaded anew, with what was typed. */
  again() {
    const [name, id, about] = JSON.parse(sessionStorage.getItem(OPEN) ?? "[]");
    const row = id ? this.store.rows.get(id) : null;
    if (FORMS[name] && row !== undefined && (row?.id ?? null) === (row && this.store.selected))
      this.show(name, row, about);
  }

  close() {
    if (!this.open) return;
    sessionStorage.removeItem(OPEN);
    this.name = "";
    this.row = null;
    for (const one of this.fields) one.end?.();
    this.fields = [];
    this.root.hidden = true;
    this.root.replaceChildren();
    this.changed();
    // Back to where the hand was, unless it went elsewhere by itself.
    if (document.activeElement === document.body && this.from?.isConnected) this.from.focus();
  }

  _key() {
    return `vigie.draft.${this.name}.${this.row?.id ?? ""}`;
  }

  _keep() {
    if (!this.open) return;
    sessionStorage.setItem(this._key(), JSON.stringify(this.fields.map((one) => one.kept?.() ?? one.value())));
    this._adapt();
  }

  _restore() {
    const kept = JSON.parse(sessionStorage.getItem(this._key()) ?? "null");
    if (Array.isArray(kept)) this.fields.forEach((one, n) => kept[n] && one.set(kept[n]));
  }

  /** How it was verified is asked only of a test or an accident; so is the warning of what may be said under duress. */
  _adapt() {
    const as = this.fields.find((one) => one.kind === "as_class")?.value();
    const verified = this.fields.find((one) => one.kind === "verified");
    const harmless = as === "test" || as === "accidental";
    if (verified) verified.root.hidden = !harmless;
    this.duress.hidden = !harmless || !FORMS[this.name].words;
  }

  async _send() {
    // The second click of a double click is no second step.
    if (this.confirm.ariaDisabled === "true") return;
    const { store, desk } = this;
    const form = FORMS[this.name];
    const facts = {};
    /** @type {Record<string, string>} */
    const typed = {};
    for (const one of this.fields) {
      if (one.root.hidden) continue;
      const value = one.value();
      if (!value && (form.needed.includes(one.kind) || one.unfinished?.())) {
        write(this.said, store.t("required", { field: one.label }));
        if (one.focus) one.focus();
        else one.root.querySelector("input, select, textarea")?.focus();
        return;
      }
      if (one.typed) Object.assign(typed, one.typed());
      if (one.kind === "happened_at" || one.kind === "to") typed[one.kind] = value;
      else if (value) Object.assign(facts, one.facts ? one.facts() : { [one.kind]: value });
    }
    const name = this.name;
    const key = this._key();
    const { about } = this;
    const command = form.command(facts, this.row, about);
    if (this.anyway) command.anyway = true;
    const answer = await desk.ask(name, this.label, command, typed, this._id(JSON.stringify([command, typed])));
    if (!answer) return;
    if (answer.ok) {
      this.sent = null;
      sessionStorage.removeItem(key);
      about.after?.(facts);
      if (this.name === name) this.close();
      if ((name === "raise" || name === "from_paper") && answer.incident) store.select(answer.incident);
    } else if (this.name === name) {
      this.anyway = !!answer.anyway;

      write(this.said, answer.anyway ? store.t("second_step", { why: desk.why(answer) }) : desk.why(answer));
      if (!answer.anyway) return;
      const { confirm } = this;
      write(confirm, store.t("confirm.anyway"));
      confirm.ariaDisabled = "true";
      setTimeout(() => (confirm.ariaDisabled = "false"), SECOND_STEP_MS);
      this.fields
        .find((one) => one.kind === "reason")
        ?.root.querySelector("textarea")
        .focus();
    }
  }
}
