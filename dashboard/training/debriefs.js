// The exercises that are over: who took part, until when each is kept, the way to its debrief.
import { day, element, write } from "../page/format.js";
import { dayAndClock } from "../timeline/scrub.js";
import { button, cell, keyed, panel, table } from "./parts.js";

export class Debriefs {
  /** @param {any} look */
  constructor({ store, room, base, places, layout }) {
    Object.assign(this, { store, room, base, places, layout });
    const word = (key) => store.t(`debriefs.${key}`);
    this.table = table(word("title"), ["exercise", "when", "trainees", "kept"].map(word).concat(""));
    this.none = element("p", "none", word("none"));
    this.root = element("div", "page");
    const progress = element("a", "do", word("progress"));
    progress.href = `${base}progress`;
    progress.target = "_blank";
    const head = element("div", "acts");
    head.append(progress);
    this.root.append(panel("list", word("title"), element("p", "about", word("about")), head, this.table.root, this.none));
    this.sure = "";
  }

  enter() {
    this.layout("wide");
    this.room.watch("", "");
    this.places.wide.append(this.root);
    this.sure = "";
    this.update();
  }

  update() {
    const { store } = this;
    const { ended } = this.room.parts;
    this.none.hidden = ended.length > 0;
    this.table.root.hidden = !ended.length;
    keyed(this.table.body, ended, (one) => one.id, () => element("tr"), (row, one) => {
      cell(row, "exercise", one.title);
      cell(row, "when", dayAndClock(Date.parse(one.began), store.language));
      cell(row, "trainees", one.trainees.map((trainee) => trainee.name).join(", ") || store.t("debriefs.nobody"));
      cell(row, "kept", day(one.expires.slice(0, 10), store.language));
      const sure = this.sure === one.id;
      const drawn = `${one.debrief ?? ""} ${sure}`;
      if (row.dataset.drawn === drawn) return;
      row.dataset.drawn = drawn;
      row.querySelector('[data-cell="act"]')?.remove();
      const acts = element("td", "acts");
      acts.dataset.cell = "act";
      if (one.debrief) {
        const link = element("a", "do primary", store.t("debriefs.open"));
        link.href = this.base + one.debrief.replace(/^\//, "");
        link.target = "_blank";
        link.setAttribute("aria-label", store.t("debriefs.open_label", { title: one.title }));
        acts.append(link);
      }
      const drop = button(sure ? "do danger" : "do", store.t(sure ? "debriefs.forget_sure" : "debriefs.forget"), () => this._forget(one.id));
      drop.setAttribute("aria-label", `${drop.textContent}: ${one.title}`);
      acts.append(drop);
      row.append(acts);
      if (sure) drop.focus();
    });
  }

  /** Asked twice: what is deleted is gone. */
  async _forget(id) {
    if (this.sure !== id) {
      this.sure = id;
      return this.update();
    }
    this.sure = "";
    await this.room.ask("forget", { id });
    this.update();
  }
}
