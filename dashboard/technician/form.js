// A small form of the bench: fields, a button, and where it is said what is missing; and what is asked once more before it is done.
import { button, form } from "../shell/build.js";
import { element } from "../shell/format.js";

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
  /** @param {Store} store @param {string} begin @param {string} what @param {string} yes keys of words @param {() => void} done */
  constructor(store, begin, what, yes, done) {
    this.begin = button("do", store.t(begin), () => this.ask(true));
    this.yes = button("do primary", store.t(yes), done);
    const no = button("do", store.t("back"), () => this.ask(false));
    this.box = element("div", "sure", element("p", "note", store.t(what)), element("div", "buttons", this.yes, no));
    this.box.hidden = true;
  }

  /** @param {boolean} asking */
  ask(asking, focus = true) {
    this.box.hidden = !asking;
    this.begin.hidden = asking;
    if (focus) (asking ? this.yes : this.begin).focus();
  }
}
