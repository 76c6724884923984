// The forms: in the place of the buttons, never over anything. What is typed is kept until it was sent, also over a reload.
import { element, write } from "../page/format.js";
import { FORMS } from "./forms.js";
import { field } from "./fields.js";

const SECOND_STEP_MS = 1000;

export class Form {
  /** @param {import("../page/store.js").Store} store @param {import("./desk.js").DeskLine} desk @param {() => void} changed */
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

  /** @param {string} name @param {any} row the alarm; null to raise one */
  show(name, row) {
    this.close();
    this.from = document.activeElement;

    this.name = name;
    this.row = row;
    this.anyway = false;
    const { store } = this;
    const form = FORMS[name];
    const label = row?.label ?? "";
    const title = element("h3", "", store.t(form.title, { label }));
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
    const words = element("p", "agreed", [file?.safe_word && store.t("safe_word", { word: file.safe_word }),
      file?.duress_word && store.t("duress_word", { word: file.duress_word })].filter(Boolean).join(" · "));
    words.hidden = !(form.words && words.textContent);
    this.duress = element("p", "duress-said", store.t("duress_said"));
    const body = element("div", "fields");
    body.append(...this.fields.map((one) => one.root));
    this.root.replaceChildren(title, words, this.duress, body, this.said, buttons);
    this.root.hidden = false;
    this.root.classList.toggle("about-none", !row);
    this._restore();
    this._adapt();
    (this.root.querySelector("input:not([hidden]), select, textarea, button"))?.focus();
  }

  close() {
    if (!this.open) return;
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
    sessionStorage.setItem(this._key(), JSON.stringify(this.fields.map((one) => one.value())));
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
    this.duress.hidden = !harmless;
  }

  async _send() {
    // The second click of a double click is no second step.
    if (this.confirm.ariaDisabled === "true") return;
    const { store, desk } = this;
    const form = FORMS[this.name];
    const facts = {};
    const typed = {};
    for (const one of this.fields) {
      if (one.root.hidden) continue;
      const value = one.value();
      if (!value && (form.needed.includes(one.kind) || one.unfinished?.())) {
        write(this.said, store.t("required", { field: one.label }));
        one.root.querySelector("input, select, textarea")?.focus();
        return;
      }
      if (one.kind === "happened_at" || one.kind === "to") typed[one.kind] = value;
      else if (value) Object.assign(facts, one.facts ? one.facts() : { [one.kind]: value });
    }
    const name = this.name;
    const key = this._key();
    const command = form.command(facts, this.row);
    if (this.anyway) command.anyway = true;
    const answer = await desk.ask(name, this.row?.label ?? "", command, typed);
    if (!answer) return;
    if (answer.ok) {
      sessionStorage.removeItem(key);
      if (this.name === name) this.close();
      if (name === "raise" && answer.incident) store.select(answer.incident);
    } else if (this.name === name) {
      this.anyway = !!answer.anyway;

      write(this.said, answer.anyway ? store.t("second_step", { why: desk.why(answer) }) : desk.why(answer));
      if (!answer.anyway) return;
      const { confirm } = this;
      write(confirm, store.t("confirm.anyway"));
      confirm.ariaDisabled = "true";
      setTimeout(() => (confirm.ariaDisabled = "false"), SECOND_STEP_MS);
      this.fields.find((one) => one.kind === "reason")?.root.querySelector("textarea").focus();
    }
  }
}
