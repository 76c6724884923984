// Fields that are tied to a draft: each reads and writes its own place of it, and what is wrong there stands beside it.
import { select } from "../shell/build.js";
import { attributes, element, joined, write } from "../shell/format.js";
import { timeOf, timeText } from "./parts.js";

/** @typedef {import("./draft.js").Scenario} Scenario
 * @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Input
 * @typedef {{key: string, label: string, kind?: "text" | "area" | "time" | "number" | "check" | "select" | "tri" |
 * "list", read: (scenario: Scenario) => any, write: (scenario: Scenario, value: any) => void, path?: (scenario:
 * Scenario) => string, choices?: [string, string][], hint?: string, rows?: number, max?: number, hidden?: boolean,
 * look?: string, step?: number}} Field @typedef {{path: string, why: string}} Problem */

export class Fields {
  /** @param {import("../shell/store.js").Store} store @param {import("./draft.js").Draft} draft
   * @param {() => void} typing something is written that is not in the draft yet */
  constructor(store, draft, typing) {
    this.store = store;
    this.draft = draft;
    this.typing = typing;
    /** @type {{field: Field, input: Input, wrong: HTMLElement}[]} */
    this.all = [];
  }

  clear() {
    for (const { input } of this.all) this.draft.typed.delete(input);
    this.all = [];
  }

  /** @param {Field} field @returns {HTMLElement} */
  add(field) {
    const { kind = "text", key, label, look = "" } = field;
    const input = this._input(field);
    input.dataset.field = key;
    const wrong = element("span", { class: "wrong", id: `wrong-${key}`, hidden: true });
    this.all.push({ field, input, wrong });
    this._fill(field, input);
    const at = kind === "text" || kind === "area" ? "input" : "change";
    input.addEventListener(at, () => this._take(field, input, wrong));
    // A time or a list is read once it is whole: until then it is on the page only.
    if (at === "change")
      input.addEventListener("input", () => {
        this.draft.typed.add(input);
        this.typing();
      });
    const looks = ["labelled", kind === "check" ? "tick" : "", look].join(" ").trim();
    return element("label", looks, element("span", "name", label), input, wrong);
  }

  /** @param {Field} field @returns {Input} */
  _input({ kind, choices = [], hint, rows, max, step }) {
    if (kind === "select") return select(choices, "");
    if (kind === "tri")
      return select(
        [
          ["", this.store.t("editor.not_judged")],
          ["true", this.store.t("editor.expected")],
          ["false", this.store.t("editor.not_expected")],
        ],
        "",
      );
    const facts = { placeholder: hint, autocomplete: "off", maxlength: max ?? 2000 };
    if (kind === "area") return element("textarea", { rows: rows ?? 3, ...facts });
    const type = kind === "check" ? "checkbox" : kind === "number" && kind;
    return element("input", { type, step: kind === "number" && (step ?? "any"), ...facts });
  }

  /** @param {Field} field @param {Input} input @param {HTMLElement} wrong */
  _take(field, input, wrong) {
    const text = input.value;
    const { kind, key } = field;
    /** @type {unknown} */
    let value = text;
    if (ticks(input)) value = input.checked;
    else if (kind === "tri") value = text === "" ? undefined : text === "true";
    else if (kind === "list") value = text.split(/[\s,;]+/).filter(Boolean);
    else if (kind === "time" || kind === "number") {
      value = kind === "time" ? timeOf(text) : text.trim() === "" ? undefined : Number(text);
      if (Number.isNaN(value)) {
        this._say(input, wrong, this.store.t("editor.no_time"));
        return;
      }
    }
    this.draft.typed.delete(input);
    this.draft.change((scenario) => field.write(scenario, value), `field ${key}`);
  }

  /** Take what is written in fields that no hand has left yet; whether each of them could be read. */
  take() {
    for (const { field, input, wrong } of this.all) if (this.draft.typed.has(input)) this._take(field, input, wrong);
    return this.draft.typed.size === 0;
  }

  /** @param {Field} field @param {Input} input */
  _fill(field, input) {
    this.draft.typed.delete(input);
    const value = field.read(this.draft.now);
    if (ticks(input)) input.checked = !!value;
    else if (Array.isArray(value)) input.value = value.join(", ");
    else if (field.kind === "time") input.value = value === undefined ? "" : timeText(value);
    else input.value = value === undefined || value === null ? "" : String(value);
  }

  /** What the draft says now, in every field that no hand is in. */
  refresh() {
    for (const { field, input } of this.all)
      if (document.activeElement !== input || field.kind === "check") this._fill(field, input);
  }

  /** @param {Problem[]} problems @returns {Set<string>} the paths that stand beside a field here */
  wrong(problems) {
    /** @type {Set<string>} */
    const found = new Set();
    for (const { field, input, wrong } of this.all) {
      const path = field.path?.(this.draft.now);
      const here = path ? problems.filter((one) => one.path === path || one.path.startsWith(`${path}[`)) : [];
      for (const one of here) found.add(one.path);
      this._say(input, wrong, joined(here.map((one) => one.why)));
    }
    return found;
  }

  /** @param {Input} input @param {HTMLElement} wrong @param {string} text */
  _say(input, wrong, text) {
    write(wrong, text);
    wrong.hidden = !text;
    attributes(input, { "aria-invalid": text ? "true" : null, "aria-describedby": text ? wrong.id : null });
  }

  /** @param {string} path */
  focus(path) {
    const found = this.all.find(({ field }) => {
      const own = field.path?.(this.draft.now);
      return own && (path === own || path.startsWith(`${own}[`));
    });
    found?.input.focus();
  }
}

/** @param {Input} input @returns {input is HTMLInputElement} */
function ticks(input) {
  return input.type === "checkbox";
}

/** Build a part anew and leave the hand where it was, by the field's key. @param {HTMLElement} root
 * @param {() => Node[]} build */
export function rebuilt(root, build) {
  const held = root.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  const at = held?.dataset.field ?? held?.dataset.press;
  const top = root.scrollTop;
  root.replaceChildren(...build());
  root.scrollTop = top;
  if (at)
    root
      .querySelector(`[data-field="${CSS.escape(at)}"], [data-press="${CSS.escape(at)}"]`)
      ?.focus({ preventScroll: true });
}
