// Saying that a fact of the case is doubtful: which, and why. Who keeps the case sees it; nothing is taken away here.
import { button, labelled, options, redraw } from "../../shell/build.js";
import { element, write } from "../../shell/format.js";

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Case} Case */

export class Flagging {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    this.fact = element("select");
    this.text = element("textarea", "", { rows: 2, maxlength: 2000 });
    this.said = element("p", "hint", { role: "status" });
    this.n = 0;
    this.incident = "";
    this.root = element(
      "details",
      "flagging",
      element("summary", "", store.t("doubt.title")),
      labelled(store.t("doubt.fact"), this.fact),
      labelled(store.t("doubt.text"), this.text),
      button("do", store.t("doubt.do"), () => this._send()),
      this.said,
    );
    store.answers("doubted", (/** @type {{n: number, code: string}} */ told) => {
      if (told.n !== this.n) return;
      if (!told.code) this.text.value = "";
      write(this.said, store.t(told.code ? `doubt.${told.code}` : "doubt.noted"));
    });
  }

  /** The form for a case's facts; what somebody types in it stays while they change. @param {string} incident @param {Case} file */
  show(incident, file) {
    const facts = [...(file.pinned ?? []), ...(file.facts ?? [])].map((fact) => fact.text);
    if (incident !== this.incident) {
      this.text.value = "";
      write(this.said, "");
      this.root.open = false;
    }
    this.incident = incident;
    const choices = () => facts.map((fact) => /** @type {const} */ ([fact, fact]));
    redraw(this.fact, facts, () => options(choices(), this.fact.value));
    return facts.length ? [this.root] : [];
  }

  _send() {
    this.n += 1;
    this.store.send({
      do: "doubt",
      n: this.n,
      incident: this.incident,
      fact: this.fact.value,
      text: this.text.value,
    });
  }
}
