// A small form of the bench: fields, a button, and where it is said what is missing.
import { element } from "../shell/format.js";

export class Form {
  /** @param {import("../shell/store.js").Store} store @param {string} title @param {string} button keys of words @param {() => void} send */
  constructor(store, title, button, send) {
    this.store = store;
    this.root = element("form", "bench-form");
    this.root.autocomplete = "off";
    this.legend = element("h4", "", store.t(title));
    this.submit = element("button", "do primary", store.t(button));
    this.submit.type = "submit";
    this.root.append(this.legend, this.submit);
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
  }

  /** @param {string} key of its label @param {string} [type] @param {string} [hint] key of a line under it */
  field(key, type = "text", hint = "") {
    const label = element("label", type === "checkbox" ? "check" : "", this.store.t(key));
    const field = element("input");
    field.type = type;
    field.autocomplete = type === "password" ? "new-password" : "off";
    field.spellcheck = false;
    if (type === "checkbox") label.prepend(field);
    else label.append(field);
    const box = element("div");
    box.append(label);
    if (hint) {
      const line = element("small", "", this.store.t(hint));
      line.id = `bench-hint-${key.replace(/\W/g, "-")}`;
      field.setAttribute("aria-describedby", line.id);
      box.append(line);
    }
    this.root.insertBefore(box, this.submit);
    return field;
  }
}
