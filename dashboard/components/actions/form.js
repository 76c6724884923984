// The forms: in the place of the buttons, never over anything. What is typed is left as a draft until it was sent, also
// over a reload.
import { announcedTest } from "../devices/words.js";
import { joined } from "../../shell/format.js";
import { newId } from "../../shell/desk.js";
import { h } from "../../shell/kit.js";
import { alone } from "../../shell/views.js";
import { paperTimes } from "../backfill/backfill.js";
import { Cap, keyed } from "./cap.js";
import { FIELDS, Words, field, restore, unfinished, valueOf } from "./fields.js";
import { FORMS } from "./forms.js";
import { Where } from "./where.js";

const SECOND_STEP_MS = 1000;
const OPEN = "form"; // the open form's name and alarm

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Answer} Answer
 *  @typedef {import("./fields.js").About} Row @typedef {import("./fields.js").Field} Field */

export class Form {
  /** @param {Store} store @param {import("../../shell/desk.js").DeskLine} desk @param {() => void} changed */
  constructor(store, desk, changed) {
    this.store = store;
    this.desk = desk;
    this.changed = changed;
    /** @type {HTMLFormElement | null} while one is open */
    this.root = null;
    this.name = "";
    /** @type {Row} */
    this.row = null;
    /** @type {import("./forms.js").About} */
    this.about = {};
    /** @type {Element | null} */
    this.from = null; // where the hand was
    /** @type {Field[]} */
    this.fields = [];
    /** @type {Field | null} */
    this.lacks = null; // the field for which the form was not sent, until it is filled in
    /** @type {{wish: string, id: string} | null} */
    this.sent = null;
    this.anyway = -1; // at which change of the alarm the desk asked for a second word: of another it was not asked
    this.there = ""; // the open alarm of whom one is to be raised: Enter goes there
    this.judged = ""; // what was typed when the desk named it
    this.beside = ""; // which was said, and another is wanted all the same
    this.holds = false; // the second click of a double click is no second step
    this.said = () => "";
    this.by = store.drafts.who;
    store.on("access", () => this._stands());
    document.addEventListener("keydown", (event) => this._sends(event));
  }

  get open() {
    return this.name !== "";
  }

  get kind() {
    return FORMS[this.name];
  }

  /** What the form is about, in a word. */
  get label() {
    return this.row?.label ?? this.about.label ?? (this.kind.about ? this.store.t(this.kind.about) : "");
  }

  /** A form belongs to one alarm: with another selected it goes, and what was typed waits. @param {string | null} id */
  follow(id) {
    if (this.row && this.row.id !== id) this._end();
  }

  /** @param {string} name @param {Row} row the alarm; null when it is about none
   *  @param {import("./forms.js").About} [about] what else it is about */
  show(name, row, about = {}) {
    this.close();
    const { store } = this;
    const fields = FORMS[name].fields.map((one) => field(store, one, row, () => this._keep()));
    const kept = store.drafts.get(`form ${name} ${row?.id ?? ""}`);
    if (Array.isArray(kept)) fields.forEach((one, n) => kept[n] && restore(store, one, kept[n]));
    const from = document.activeElement;
    const fresh = { anyway: -1, there: "", beside: "", holds: false, said: () => "" };
    Object.assign(this, { name, row, about, fields, from, ...fresh });
    store.drafts.set(OPEN, [name, row?.id ?? "", about]);
    this.changed(); // nothing hidden can take the focus
    this._focus("input, select, textarea, .confirm .primary");
  }

  /** The form that was open before the page was loaded anew, with what was typed. */
  again() {
    const { store } = this;
    const [name, id, about] = store.drafts.get(OPEN) ?? [];
    const row = id ? store.rows.get(id) : null;
    if (this.open || !FORMS[name] || row === undefined || (row && row.id !== store.selected)) return;
    this.show(name, row, about ?? {});
  }

  /** Another stands before the page: what was typed here was not for them, nor before a locked page. */
  _stands() {
    const { who } = this.store.drafts;
    if (who === this.by) return;
    if (this.by !== undefined) this.close();
    this.by = who;
    this.sent = null;
  }

  /** A person turns from it: what was typed of an alarm waits with that; of a call, it is no word of the next. */
  leave() {
    if (this.open && !this.row) this._draft(undefined);
    this.close();
  }

  close() {
    if (!this.open) return;
    this._end();
    this.changed();
    // Back to where the hand was, unless it went elsewhere by itself.
    const { from } = this;
    if (document.activeElement === document.body && from instanceof HTMLElement && from.isConnected) from.focus();
  }

  _end() {
    // Of who went meanwhile the draft stays with the server as it was.
    if (this.by === this.store.drafts.who) this.store.drafts.set(OPEN, undefined);
    for (const { search } of this.fields) if (search instanceof Where) search.end();
    Object.assign(this, { name: "", row: null, lacks: null, fields: [] });
  }

  /** How often its alarm has changed; 0 of none. */
  get _changes() {
    return this.store.rows.get(this.row?.id ?? "")?.changes ?? 0;
  }

  /** @param {unknown} typed */
  _draft(typed) {
    this.store.drafts.set(`form ${this.name} ${this.row?.id ?? ""}`, typed);
  }

  /** @param {Field} field @param {string} value */
  set(field, value) {
    field.value = value;
    this._keep();
  }

  _keep() {
    if (!this.open) return;
    const typed = this._typed();
    const filled = this.lacks && valueOf(this.lacks);
    const other = this.there && JSON.stringify(typed) !== this.judged; // about somebody else, perhaps
    if (filled || other) this.said = () => "";
    if (filled) this.lacks = null;
    if (other) this.there = "";
    this._draft(typed.some(Boolean) ? typed : undefined);
    this.changed();
  }

  _typed() {
    return this.fields.map((one) => (one.kind === "paper_times" ? one.value : valueOf(one)));
  }

  /** How it is classed in this form. */
  get _class() {
    return this.fields.find(({ kind }) => kind === "as_class")?.value;
  }

  /** Whether it was no real alarm. */
  get harmless() {
    return this._class === "test" || this._class === "accidental";
  }

  /** The fields that are asked: how it was verified only of a test or an accident, the recorder's reference of the call
   *  of a real alarm. */
  get asked() {
    const hidden = [!this.harmless && "verified", this._class !== "real" && "recording_reference"];
    return this.fields.filter(({ kind }) => !hidden.includes(kind));
  }

  async send() {
    const { store, desk, there, name, row, about, kind: form } = this;
    if (this.holds) return;
    if (there) return (this.close(), store.select(there));
    /** @type {import("./forms.js").Facts} */
    const facts = {};
    /** @type {Record<string, string>} */
    const typed = {};
    for (const one of this.asked) {
      const { kind, search } = one;
      const { time, facts: own } = FIELDS[kind];
      const value = valueOf(one);
      if (!value && (form.needed.includes(kind) || unfinished(one))) return this._wants(one);
      if (kind === "paper_times")
        for (const [name, text] of Object.entries(paperTimes(one.value))) typed[name] = text.trim();
      else if (time) typed[kind] = value;
      else if (value && search instanceof Where) Object.assign(facts, search.facts());
      else if (value) Object.assign(facts, own ? own(value) : { [kind]: value });
    }
    const command = {
      ...(form.command?.(facts, row, about) ?? { do: name, incident: row?.id, ...facts }),
      ...(this.anyway >= 0 && this.anyway === this._changes && { anyway: true }),
      ...(this.beside && { beside: this.beside }),
    };
    // The same wish, sent again because no answer came, is the same command; a changed one is another.
    const wish = JSON.stringify([command, typed]);
    if (this.sent?.wish !== wish) this.sent = { wish, id: newId() };
    const answer = await desk.ask(name, this.label, command, typed, this.sent.id);
    if (!answer) return;
    const stands = this.name === name;
    if (!answer.ok) return stands && this.refused(answer);
    this.sent = null;
    store.drafts.set(`form ${name} ${row?.id ?? ""}`, undefined);
    about.after?.(facts);
    if (stands) this.close();
    if ((name === "raise" || name === "from_paper") && answer.incident) store.select(answer.incident);
  }

  /** It is not sent without this. @param {Field} one */
  _wants(one) {
    const { store } = this;
    const why = unfinished(one) ? "required_choice" : "required";
    this.lacks = one;
    this.said = () => store.t(why, { field: store.t(FIELDS[one.kind].label) });
    this.changed();
    const id = this.id(one);
    this._focus(`#${id}, [name="${id}"], #${id}-raised_at`);
  }

  /** Say why the desk refused; where a second word will do, ask for it. @param {Answer} answer */
  refused(answer) {
    const { store, desk } = this;
    const { anyway = false, incident = "" } = answer;
    const asks = anyway && this.reasoned;
    const why = () => desk.why(answer);
    const again = () => store.t(asks ? "second_step" : "second_step_plain", { why: why() });
    this.anyway = anyway ? this._changes : -1;
    this.there = incident;
    this.lacks = null;
    this.judged = JSON.stringify(this._typed());
    this.said = anyway && !incident ? again : why;
    this.holds = anyway || !!incident;
    if (this.holds) setTimeout(() => ((this.holds = false), this.changed()), SECOND_STEP_MS);
    this.changed();
    if (this.holds) this._focus(asks && !incident ? "textarea[id$=-reason]" : ".confirm .primary");
  }

  /** Whether it says why. */
  get reasoned() {
    return this.kind.needed.includes("reason");
  }

  /** Another is raised beside the open one. */
  raiseBeside() {
    if (this.holds) return;
    this.beside = this.there;
    this.there = "";
    this.said = () => "";
    this.send();
  }

  /** @param {Field} field */
  id({ kind }) {
    return `${this.name}-${kind}`;
  }

  /** @param {string} selector */
  _focus(selector) {
    /** @type {HTMLElement | null | undefined} */ (this.root?.querySelector(selector))?.focus();
  }

  /** @param {KeyboardEvent} event in the form */
  pressed(event) {
    const { key, ctrlKey, altKey, metaKey, target: at } = event;
    if (key === "Escape") return this.leave();
    // On a choice that is not chosen yet Enter chooses: it sends nothing.
    if (key === "Enter" && !ctrlKey && at instanceof HTMLInputElement && at.type === "radio" && !at.checked) {
      event.preventDefault();
      at.click();
    }
    // Who types a text does not answer the question that came under their hands: the next space means Back.
    const typed = key.length === 1 && key !== " " && !ctrlKey && !altKey && !metaKey;
    if (typed && document.activeElement?.matches(".confirm .primary")) this._focus(".confirm .back");
  }

  /** The form in sight is sent wherever the focus is, on the map that a place was clicked on too; where something else
   *  is typed it is not. @param {KeyboardEvent} event anywhere */
  _sends(event) {
    const { root, store } = this;
    const at = event.composedPath()[0];
    const elsewhere = at instanceof Element && !root?.contains(at) && at.closest("input, select, textarea");
    const sends = event.key === "Enter" && event.ctrlKey && !event.defaultPrevented && !elsewhere && !store.locked;
    if (!sends || !root?.getClientRects().length) return;
    event.preventDefault();
    if (!event.repeat) root.requestSubmit();
  }

  /** What its large button says. */
  get confirms() {
    const { store, there, anyway } = this;
    if (there) return store.t("confirm.go_there", { label: store.rows.get(there)?.label });
    if (anyway >= 0) return store.t(this.reasoned ? "confirm.anyway" : "confirm.all_the_same");
    return store.t(this.kind.confirm ?? "confirm");
  }
}

/** @typedef {{form: Form, store: Store}} Props */

/** The open form. Each part that says something of an alarm stands alone: what to type and to send is there whatever
 *  they do. @param {Props} props */
export function FormView({ form, store }) {
  const { kind, row } = form;
  const facts = {
    class: `form${row ? "" : " about-none"}`,
    autocomplete: "off",
    ref: (/** @type {any} */ root) => void (form.root = root),
    onSubmit: (/** @type {Event} */ event) => (event.preventDefault(), void form.send()),
    onKeyDown: (/** @type {KeyboardEvent} */ event) => form.pressed(event),
  };
  const title = store.t(kind.title, { ...form.about, label: form.label });
  const drawn = {}; // each part is drawn anew with the form
  const fields = form.asked.map((field) =>
    alone(FieldView, { form, store, field, drawn }, { of: row, plain: PlainField, key: field.kind }),
  );
  const beside = (/** @type {MouseEvent} */ { detail }) => detail < 2 && form.raiseBeside();
  return h(
    "form",
    facts,
    h("div", { class: "title" }, h("h3", {}, title), kind.other && h(Other, { form, store, ...kind.other })),
    alone(Hint, { form, store, drawn }, { of: row }),
    form.harmless && kind.words && h("p", { class: "duress-said" }, store.t("duress_said")),
    h("div", { class: "fields" }, fields),
    h("p", { class: "second-step", role: "alert" }, form.said()),
    h(
      "div",
      { class: "buttons confirm" },
      h("button", { class: "do primary", "aria-disabled": form.holds }, form.confirms),
      h("button", { class: "do back", type: "button", onClick: () => form.leave() }, store.t("back")),
      form.there && h("button", { class: "do", type: "button", onClick: beside }, store.t("confirm.raise_beside")),
    ),
  );
}

/** The way to another form about no alarm: its key has its name.
 *  @param {{form: Form, store: Store, other: string, words: string}} props */
function Other({ form, store, other: name, words }) {
  const facts = { class: "do other-form", type: "button", ...keyed(store, name), onClick: () => form.show(name, null) };
  return h("button", facts, h("span", {}, store.t(words)), h(Cap, { store, name }));
}

/** @param {Props} props */
function Hint({ form: { kind, row }, store }) {
  const { words, hint = "" } = kind;
  const press = row && "received" in row ? row : null;
  // Said, and nothing chosen for it: who presses may not be who announced.
  const test = words && press ? announcedTest(store, press, true) : "";
  if (test) return h("p", { class: "hint test" }, test);
  const unit = press?.unit && store.t("unit", { unit: press.unit });
  const facts = { left: store.zone(press?.order_zone), what: joined([press?.label, press?.municipality, unit]) };
  const told = hint && (hint === "paper_hint" || facts.left) ? store.t(hint, facts) : "";
  return told ? h("p", { class: "hint" }, told) : null;
}

/** @param {Props & {field: Field}} props */
function FieldView({ form, store, field }) {
  const { view = Words, label } = FIELDS[field.kind];
  const set = (/** @type {string} */ value) => form.set(field, value);
  return h(view, { store, field, search: field.search, id: form.id(field), label: store.t(label), set });
}

/** What stands in place of a field that could not be drawn. @param {Props & {field: Field}} props */
function PlainField({ form, store, field }) {
  const set = (/** @type {string} */ value) => form.set(field, value);
  return h(Words, { store, field, id: form.id(field), label: store.t(FIELDS[field.kind].label), set });
}
