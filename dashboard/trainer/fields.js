// Fields that are tied to a draft: each reads and writes its own place of it, and what is wrong there stands beside it.
import { element, write } from "../shell/format.js";
import { select, timeOf, timeText } from "./parts.js";

/** @typedef {{key: string, label: string, kind?: "text" | "area" | "time" | "number" | "check" | "select" | "tri" | "list",
 *   read: (scenario: any) => any, write: (scenario: any, value: any) => void, path?: (scenario: any) => string,
 *   choices?: [string, string][], hint?: string, rows?: number, max?: number, hidden?: boolean, look?: string, step?: number}} Field */

export class Fields {
  /** @param {import("../shell/store.js").Store} store @param {import("./draft.js").Draft} draft */
  constructor(store, draft) {
    this.store = store;
    this.draft = draft;
    this.clear();
  }

  clear() {
    /** @type {{field: Field, input: any, wrong: HTMLElement}[]} */
    this.all = [];
  }

  /** @param {Field} field @returns {HTMLElement} */
  add(field) {
    const { kind = "text" } = field;
    const input = this._input(field, kind);
    input.dataset.field = field.key;
    const root = element("label", `labelled ${kind === "check" ? "tick" : ""} ${field.look ?? ""}`.trim());
    const wrong = element("span", "wrong");
    wrong.id = `wrong-${field.key}`;
    wrong.hidden = true;
    root.append(element("span", "name", field.label), input, wrong);
    this.all.push({ field, input, wrong });
    this._fill(field, input);
    const late = kind === "time" || kind === "number" || kind === "list";
    input.addEventListener(late || kind === "select" || kind === "tri" || kind === "check" ? "change" : "input", () =>
      this._take(field, input, kind, wrong),
    );
    return root;
  }

  _input(field, kind) {
    if (kind === "select") return select(field.choices, "");
    if (kind === "tri")
      return select(
        [
          ["", this.store.t("editor.not_judged")],
          ["true", this.store.t("editor.expected")],
          ["false", this.store.t("editor.not_expected")],
        ],
        "",
      );
    const input = element(kind === "area" ? "textarea" : "input");
    if (input instanceof HTMLTextAreaElement) input.rows = field.rows ?? 3;
    else if (kind === "check") input.type = "checkbox";
    else if (kind === "number") {
      input.type = "number";
      input.step = String(field.step ?? "any");
    }
    if (field.hint) input.placeholder = field.hint;
    input.autocomplete = "off";
    input.maxLength = field.max ?? 2000;
    return input;
  }

  _take(field, input, kind, wrong) {
    let value = input.value;
    if (kind === "check") value = input.checked;
    else if (kind === "tri") value = value === "" ? undefined : value === "true";
    else if (kind === "list") value = value.split(/[\s,;]+/).filter(Boolean);
    else if (kind === "time" || kind === "number") {
      value = kind === "time" ? timeOf(value) : value.trim() === "" ? undefined : Number(value);
      if (Number.isNaN(value)) {
        this._say(input, wrong, this.store.t("editor.no_time"));
        return;
      }
    }
    this.draft.change((scenario) => field.write(scenario, value), `field ${field.key}`);
  }

  _fill(field, input) {
    const value = field.read(this.draft.now);
    if (input.type === "checkbox") input.checked = !!value;
    else if (Array.isArray(value)) input.value = value.join(", ");
    else if (field.kind === "time") input.value = value === undefined ? "" : timeText(value);
    else input.value = value === undefined || value === null ? "" : String(value);
  }

  /** What the draft says now, in every field that no hand is in. */
  refresh() {
    for (const { field, input } of this.all)
      if (document.activeElement !== input || field.kind === "check") this._fill(field, input);
  }

  /** @param {{path: string, why: string}[]} problems @returns {Set<string>} the paths that stand beside a field here */
  wrong(problems) {
    const found = new Set();
    for (const { field, input, wrong } of this.all) {
      const path = field.path?.(this.draft.now);
      const here = path ? problems.filter((one) => one.path === path || one.path.startsWith(`${path}[`)) : [];
      for (const one of here) found.add(one.path);
      this._say(input, wrong, here.map((one) => one.why).join(" · "));
    }
    return found;
  }

  _say(input, wrong, text) {
    write(wrong, text);
    wrong.hidden = !text;
    if (text) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", wrong.id);
    } else {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }

  focus(path) {
    const found = this.all.find(({ field }) => {
      const own = field.path?.(this.draft.now);
      return own && (path === own || path.startsWith(`${own}[`));
    });
    found?.input.focus();
    return !!found;
  }
}

/** Build a part anew and leave the hand where it was, by the field's key. @param {HTMLElement} root @param {() => Node[]} build */
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
