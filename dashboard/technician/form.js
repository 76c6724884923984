// A small form of the bench: fields, a button, and where it is said what is missing; and what is asked once more before
// it is done.
import { button, form } from "../shell/build.js";
import { element, write } from "../shell/format.js";

/** @typedef {import("../shell/store.js").Store} Store */

export class Form {
  /** @param {Store} store @param {string} title @param {string} send keys of words @param {() => void} done */
  constructor(store, title, send, done) {
    this.store = store;
    this.legend = element("h4", "", store.t(title));
    this.submit = element("button", "do primary", store.t(send));
    this.root = form("bench-form", done, this.legend, this.submit);
    this.root.autocomplete = "off";
  }

  /** @param {string} key of its label @param {string} [type] @param {string} [hint] key of a line under it */
  field(key, type = "text", hint = "") {
    const check = type === "checkbox";
    const field = element("input", { type, autocomplete: type === "password" ? "new-password" : "off" });
    field.spellcheck = false;
    const label = element("label", check ? "check" : "", this.store.t(key));
    label.insertBefore(field, check ? label.firstChild : null);
    const box = element("div", "", label);
    if (hint) {
      const id = `bench-hint-${key.replace(/\W/g, "-")}`;
      field.setAttribute("aria-describedby", id);
      box.append(element("small", { id }, this.store.t(hint)));
    }
    this.root.insertBefore(box, this.submit);
    return field;
  }
}

export class Sure {
  /** @param {Store} store @param {string} begin @param {string} what @param {string} yes keys of words
   * @param {() => void} done */
  constructor(store, begin, what, yes, done) {
    this.begin = button("do", store.t(begin), () => this.ask(true));
    this.yes = button("do primary", store.t(yes), done);
    this.no = button("do", store.t("back"), () => this.ask(false));
    this.box = element(
      "div",
      "sure",
      element("p", "note", store.t(what)),
      element("div", "buttons", this.yes, this.no),
    );
    this.box.hidden = true;
  }

  /** @param {boolean} asking */
  ask(asking, focus = true) {
    this.box.hidden = !asking;
    this.begin.hidden = asking;
    // Enter that was pressed twice, or held, does nothing that can't be undone.
    if (focus) (asking ? this.no : this.begin).focus();
  }
}

/** A question that the desk's answer raises: what it is about is said, and the hand stands on "Back". */
export class Once {
  /** @param {Store} store */
  constructor(store) {
    this.said = element("p", { class: "note", role: "alert" });
    this.yes = button("do primary", "", () => this.close()?.());
    this.no = button("do", store.t("back"), () => {
      this.close();
      this.from?.focus();
    });
    this.box = element("div", "sure", this.said, element("div", "buttons", this.yes, this.no));
    this.box.hidden = true;
    /** @type {(() => void) | null} */
    this.done = null;
    /** @type {HTMLElement | null} where the hand was */
    this.from = null;
  }

  /** @param {string} question @param {string} yes @param {HTMLElement} from @param {() => void} done */
  ask(question, yes, from, done) {
    write(this.said, question);
    write(this.yes, yes);
    this.done = done;
    this.from = from;
    this.box.hidden = false;
    this.no.focus();
  }

  close() {
    const { done } = this;
    this.box.hidden = true;
    this.done = null;
    return done;
  }
}
