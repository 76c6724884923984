// The exercises that are over: who took part, until when each is kept, the way to its debrief.
import { keyed, redraw } from "../shell/build.js";
import { day, element, joined } from "../shell/format.js";
import { dayAndClock } from "../components/timeline/scrub.js";
import { NAMES } from "../shell/languages.js";
import { cell, deleting, named, panel, slot, table } from "./parts.js";
import { View } from "./room.js";

export class Debriefs extends View {
  /** @param {import("./room.js").Look} look */
  constructor(look) {
    super(look);
    const word = (/** @type {string} */ key) => this.store.t(`debriefs.${key}`);
    this.table = table(word("title"), ["exercise", "when", "trainees", "kept"].map(word).concat(""));
    this.none = element("p", "none", word("none"));
    const progress = element("a", { class: "do", href: `${this.base}progress`, target: "_blank" }, word("progress"));
    const head = [element("p", "about", word("about")), element("div", "acts", progress)];
    const heading = element("h1", "visually-hidden", this.store.t("training"));
    this.root = element("div", "page", heading, panel("list", word("title"), ...head, this.table.root, this.none));
  }

  enter() {
    this.wide(this.root);
  }

  update() {
    const { store } = this;
    const { ended } = this.room.parts;
    this.none.hidden = ended.length > 0;
    this.table.root.hidden = !ended.length;
    keyed(
      this.table.body,
      ended,
      (one) => one.id,
      () => element("tr"),
      (row, one) => {
        named(row, "exercise", one.title, joined([NAMES[one.language], one.cut_off && store.t("debriefs.cut_off")]));
        cell(row, "when", dayAndClock(Date.parse(one.began), store.language));
        cell(row, "trainees", one.trainees.map(({ name }) => name).join(", ") || store.t("debriefs.nobody"));
        cell(row, "kept", day(one.expires.slice(0, 10), store.language));
        const acts = slot(row, "act");
        acts.className = "acts";
        redraw(acts, one.debrief, () => this._acts(one));
      },
    );
  }

  /** @param {import("./room.js").Ended} one */
  _acts({ id, title, debrief }) {
    const { store } = this;
    const facts = { class: "do primary", target: "_blank", "aria-label": store.t("debriefs.open_label", { title }) };
    const href = this.base + (debrief ?? "").replace(/^\//, "");
    const link = element("a", { ...facts, href }, store.t("debriefs.open"));
    const drop = deleting(store, title, () => this.room.ask("forget", { id }));
    return debrief ? [link, drop] : [drop];
  }
}
