// The exercises that are over: who took part, until when each is kept, the way to its debrief.
import { day, element, write } from "../shell/format.js";
import { dayAndClock } from "../components/timeline/scrub.js";
import { cell, deleting, keyed, panel, slot, table } from "./parts.js";

export class Debriefs {
  /** @param {import("./room.js").Look} look */
  constructor({ store, room, base, places, layout }) {
    this.store = store;
    this.room = room;
    this.base = base;
    this.places = places;
    this.layout = layout;
    const word = (key) => store.t(`debriefs.${key}`);
    this.table = table(word("title"), ["exercise", "when", "trainees", "kept"].map(word).concat(""));
    this.none = element("p", "none", word("none"));
    this.root = element("div", "page");
    const progress = element("a", "do", word("progress"));
    progress.href = `${base}progress`;
    progress.target = "_blank";
    const head = element("div", "acts");
    head.append(progress);
    this.root.append(
      panel("list", word("title"), element("p", "about", word("about")), head, this.table.root, this.none),
    );
  }

  enter() {
    this.layout("wide");
    this.room.watch("", "");
    this.places.wide.append(this.root);
    this.update();
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
        const title = slot(row, "exercise");
        if (!title.firstChild) title.append(element("b"), element("span", "under"));
        write(title.firstChild, one.title);
        write(title.lastChild, one.cut_off ? store.t("debriefs.cut_off") : "");
        cell(row, "when", dayAndClock(Date.parse(one.began), store.language));
        cell(row, "trainees", one.trainees.map((trainee) => trainee.name).join(", ") || store.t("debriefs.nobody"));
        cell(row, "kept", day(one.expires.slice(0, 10), store.language));
        const drawn = one.debrief ?? "none";
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
        acts.append(deleting(store, one.title, () => this.room.ask("forget", { id: one.id })));
        row.append(acts);
      },
    );
  }
}
