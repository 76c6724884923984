// The forms: in the place of the buttons, never over anything. What is typed is left as a draft until it was sent, also
// over a reload.
import { button, form, onEscape } from "../../shell/build.js";
import { announcedTest } from "../devices/words.js";
import { element, joined, write } from "../../shell/format.js";
import { newId } from "../../shell/desk.js";
import { FORMS } from "./forms.js";
import { field } from "./fields.js";

const SECOND_STEP_MS = 1000;
const OPEN = "form"; // the open form's name and alarm

/** @typedef {import("../../shell/wire.js").Row} Row @typedef {import("../../shell/wire.js").DeviceRow} DeviceRow */

/** The words agreed on with the protected person, to be listened for.
 * @param {import("../../shell/store.js").Store} store @param {{id: string} | null} row */
export function agreedWords(store, row) {
  const { safe_word: safe, duress_word: duress, words_kept: kept } = store.detailOf(row)?.case ?? {};
  if (kept) return store.t("words_kept");
  return joined([safe && store.t("safe_word", { word: safe }), duress && store.t("duress_word", { word: duress })]);
}

export class Form {
  /** @param {import("../../shell/store.js").Store} store @param {import("../../shell/desk.js").DeskLine} desk
   * @param {() => void} changed */
  constructor(store, desk, changed) {
    this.store = store;
    this.desk = desk;
    this.changed = changed;
    this.root = form("form", () => this._send(), { hidden: true });
    this.name = this.label = "";
    /** @type {Row | DeviceRow | null} */
    this.row = null;
    /** @type {import("./forms.js").About} */
    this.about = {};
    this.anyway = -1; // at which change of the alarm the desk asked for a second word: of another it was not asked
    /** @type {{wish: string, id: string} | null} */
    this.sent = null;
    /** @type {import("./fields.js").Field[]} */
    this.fields = [];
    /** @type {import("./fields.js").Field | null} */
    this.lacks = null; // the field for which the form was not sent, until it is filled in
    this.said = element("p", "second-step", { role: "alert" });
    this.confirm = element("button", "do primary");
    this.duress = element("p", "duress-said", store.t("duress_said"));
    this.there = ""; // the open alarm of whom one is to be raised: Enter goes there
    this.judged = ""; // what was typed when the desk named it
    this.beside = ""; // which was said, and another is wanted all the same
    const another = (/** @type {MouseEvent} */ event) => event.detail < 2 && this._another();
    this.another = button("do", store.t("confirm.raise_beside"), another, { hidden: true });
    const back = button("do", store.t("back"), () => this.leave());
    this.buttons = element("div", "buttons confirm", this.confirm, back, this.another);
    onEscape(this.root, () => this.leave());
    this.root.addEventListener("keydown", (event) => {
      // On a choice that is not chosen yet Enter chooses: it sends nothing.
      const at = event.target;
      const chooses = event.key === "Enter" && !event.ctrlKey;
      if (chooses && at instanceof HTMLInputElement && at.type === "radio" && !at.checked) {
        event.preventDefault();
        at.click();
      }
      // Who types a text does not answer the question that came under their hands: the next space means Back.
      const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
      if (typed && document.activeElement === this.confirm) back.focus();
    });
    // The form in sight is sent wherever the focus is, on the map that a place was clicked on too; where something else
    // is typed it is not.
    document.addEventListener("keydown", (event) => {
      const at = event.composedPath()[0];
      const elsewhere = at instanceof Element && !this.root.contains(at) && at.closest("input, select, textarea");
      const sends = event.key === "Enter" && event.ctrlKey && !event.defaultPrevented && !elsewhere && !store.locked;
      if (!sends || !this.root.getClientRects().length) return;
      event.preventDefault();
      if (!event.repeat) this.root.requestSubmit();
    });
    this.by = store.drafts.who;
    store.on("access", () => this._stands());
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

  /** @param {string} name @param {Row | DeviceRow | null} row the alarm; null when it is about none
   *  @param {import("./forms.js").About} [about] what else it is about */
  show(name, row, about = {}) {
    this.close();
    this.from = document.activeElement;
    this.name = name;
    this.row = row;
    this.about = about;
    this.store.drafts.set(OPEN, [name, row?.id ?? "", about]);
    this.anyway = -1;
    this.beside = "";
    this._asks("");
    const { store } = this;
    const { title, words, hint = "", fields, about: kind, other } = FORMS[name];
    this.label = row?.label ?? about.label ?? (kind ? store.t(kind) : "");
    const head = element("h3", "", store.t(title, { ...about, label: this.label }));
    // Said, and nothing chosen for it: who presses may not be who announced.
    const test = words && row && "received" in row ? announcedTest(store, row, true) : "";
    const told = test || (hint && this._hint(hint, row));
    this.fields = fields.map((one) => field(store, one, row, () => this._keep()));
    this.confirm.ariaDisabled = null;
    this.root.replaceChildren(
      element("div", "title", head, other && this._other(other)),
      element("p", test ? "hint test" : "hint", { hidden: !told }, told),
      this.duress,
      element("div", "fields", ...this.fields.map((one) => one.root)),
      this.said,
      this.buttons,
    );
    this.root.hidden = false;
    this.root.classList.toggle("about-none", !row);
    this._restore();
    this._adapt();
    this.changed(); // nothing hidden can take the focus
    (this.root.querySelector("input:not([hidden]), select, textarea") ?? this.confirm).focus();
  }

  /** @param {string} hint @param {Row | DeviceRow | null} row */
  _hint(hint, row) {
    const { store } = this;
    if (hint !== "stand_down_hint" && hint !== "safe_hint") return store.t(hint);
    if (!row || !("received" in row) || !row.order_zone) return "";
    const unit = row.unit && store.t("unit", { unit: row.unit });
    return store.t(hint, { left: store.zone(row.order_zone), what: joined([row.label, row.municipality, unit]) });
  }

  /** The way to another form about no alarm. @param {{form: string, words: string}} other its key has its name */
  _other({ form, words }) {
    const show = () => {
      this.show(form, null);
      this.changed();
    };
    return button("do other-form", "", show, element("span", "", this.store.t(words)), this.store.keys.cap(form));
  }

  /** The same wish, sent again because no answer came, is the same command; a changed one is another.
   * @param {string} wish */
  _id(wish) {
    const sent = this.sent?.wish === wish ? this.sent : { wish, id: newId() };
    this.sent = sent;
    return sent.id;
  }

  /** The form that was open before the page was loaded anew, with what was typed. */
  again() {
    const [name, id, about] = this.store.drafts.get(OPEN) ?? [];
    if (this.open || !name) return;
    const row = id ? this.store.rows.get(id) : null;
    if (FORMS[name] && row !== undefined && (row?.id ?? null) === (row && this.store.selected))
      this.show(name, row, about);
  }

  /** What one person typed is nothing to the next, or to whoever stands before a locked page. */
  _stands() {
    const { who } = this.store.drafts;
    if (who === this.by) return;
    if (this.by !== undefined) this.close();
    this.by = who;
    this.sent = null;
  }

  /** A person turns from it: what was typed of one alarm waits with that; of a call that is none, it is no word of the
   * next. */
  leave() {
    if (this.open && !this.row) this.store.drafts.set(this._key(), undefined);
    this.close();
  }

  close() {
    if (!this.open) return;
    // Of who went meanwhile the draft stays with the server as it was.
    if (this.by === this.store.drafts.who) this.store.drafts.set(OPEN, undefined);
    this.name = "";
    this.row = null;
    for (const one of this.fields) one.end?.();
    this.fields = [];
    this.lacks = null;
    this.root.hidden = true;
    this.root.replaceChildren();
    this.changed();
    // Back to where the hand was, unless it went elsewhere by itself.
    if (document.activeElement === document.body && this.from instanceof HTMLElement && this.from.isConnected)
      this.from.focus();
  }

  /** How often its alarm has changed; 0 of none. */
  get _changes() {
    return this.store.rows.get(this.row?.id ?? "")?.changes ?? 0;
  }

  _key() {
    return `form ${this.name} ${this.row?.id ?? ""}`;
  }

  _keep() {
    if (!this.open) return;
    const typed = this._typed();
    if (this.lacks?.value()) {
      this.lacks = null;
      write(this.said, "");
    }
    if (this.there && JSON.stringify(typed) !== this.judged) this._asks(""); // about somebody else, perhaps
    this.store.drafts.set(this._key(), typed.some(Boolean) ? typed : undefined);
    this._adapt();
  }

  _typed() {
    return this.fields.map((one) => one.kept?.() ?? one.value());
  }

  _restore() {
    const kept = this.store.drafts.get(this._key());
    if (Array.isArray(kept)) this.fields.forEach((one, n) => kept[n] && one.set(kept[n]));
  }

  /** How it was verified is asked only of a test or an accident; so is the warning of what may be said under duress.
   * The recorder's reference of the call is asked of a real alarm. */
  _adapt() {
    const as = this.fields.find((one) => one.kind === "as_class")?.value();
    const verified = this.fields.find((one) => one.kind === "verified");
    const harmless = as === "test" || as === "accidental";
    if (verified) verified.root.hidden = !harmless;
    const recording = this.fields.find((one) => one.kind === "recording_reference");
    if (recording) recording.root.hidden = as !== "real";
    this.duress.hidden = !harmless || !FORMS[this.name].words;
  }

  async _send() {
    // The second click of a double click is no second step.
    if (this.confirm.ariaDisabled === "true") return;
    const { store, desk, there } = this;
    if (there) return (this.close(), store.select(there));
    const { needed = [], command: made = (facts, row) => ({ do: this.name, incident: row.id, ...facts }) } =
      FORMS[this.name];
    /** @type {import("./forms.js").Facts} */
    const facts = {};
    /** @type {Record<string, string>} */
    const typed = {};
    for (const one of this.fields) {
      if (one.root.hidden) continue;
      const value = one.value();
      if (!value && (needed.includes(one.kind) || one.unfinished?.())) {
        this.lacks = one;
        write(this.said, store.t(one.unfinished?.() ? "required_choice" : "required", { field: one.label }));
        (one.first ?? one.root.querySelector("input, select, textarea"))?.focus();
        return;
      }
      if (one.typed) Object.assign(typed, one.typed());
      if (one.kind === "happened_at" || one.kind === "to") typed[one.kind] = value;
      else if (value) Object.assign(facts, one.facts ? one.facts() : { [one.kind]: value });
    }
    const name = this.name;
    const key = this._key();
    const { about } = this;
    const command = {
      ...made(facts, this.row, about),
      ...(this.anyway === this._changes && { anyway: true }),
      ...(this.beside && { beside: this.beside }),
    };
    const answer = await desk.ask(name, this.label, command, typed, this._id(JSON.stringify([command, typed])));
    if (!answer) return;
    if (answer.ok) {
      this.sent = null;
      store.drafts.set(key, undefined);
      about.after?.(facts);
      if (this.name === name) this.close();
      if ((name === "raise" || name === "from_paper") && answer.incident) store.select(answer.incident);
    } else if (this.name === name) this.refused(answer);
  }

  /** Say why the desk refused; where a second word will do, ask for it.
   * @param {import("../../shell/wire.js").Answer} answer */
  refused(answer) {
    const { store, desk, confirm } = this;
    this.anyway = answer.anyway ? this._changes : -1;
    this.lacks = null;
    this.judged = JSON.stringify(this._typed());
    const why = desk.why(answer);
    this._asks(answer.incident ?? "");
    if (this.there) {
      write(this.said, why);
      return this._holds();
    }
    if (!answer.anyway) return write(this.said, why);
    const asks = FORMS[this.name].needed?.includes("reason");
    write(this.said, store.t(asks ? "second_step" : "second_step_plain", { why }));
    write(confirm, store.t(asks ? "confirm.anyway" : "confirm.all_the_same"));
    this._holds();
    const reason = this.fields.find((one) => one.kind === "reason");
    (asks ? reason?.root.querySelector("textarea") : confirm)?.focus();
  }

  /** The second click of a double click is no second step. */
  _holds() {
    const { confirm } = this;
    confirm.ariaDisabled = "true";
    setTimeout(() => (confirm.ariaDisabled = "false"), SECOND_STEP_MS);
    if (this.there) confirm.focus();
  }

  /** Whether Enter goes to an open alarm of the same woman, or sends what is typed.
   * @param {string} there its id, "" for none */
  _asks(there) {
    const { store } = this;
    this.there = there;
    this.another.hidden = !there;
    const { confirm = "confirm" } = FORMS[this.name];
    write(
      this.confirm,
      there ? store.t("confirm.go_there", { label: store.rows.get(there)?.label }) : store.t(confirm),
    );
    if (!there) write(this.said, "");
  }

  /** Another is raised beside the open one. */
  _another() {
    if (this.confirm.ariaDisabled === "true") return;
    this.beside = this.there;
    this._asks("");
    this._send();
  }
}
