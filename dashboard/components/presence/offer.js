// The offer of the selected alarm, over its actions: to whom and with what words; here it is accepted, declined or
// withdrawn.
import { clock, element, write } from "../../shell/format.js";

export class OfferStrip {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.root = element("section", "offer");
    this.said = element("strong");
    this.note = element("p");
    this.gone = element("p", "bad");
    this.buttons = element("div", "buttons");
    this.root.append(this.said, this.note, this.gone, this.buttons);
  }

  /** @param {import("../../shell/wire.js").Row | null} row the selected alarm */
  update(row) {
    const { store } = this;
    this.root.hidden = !row?.offered_to;
    if (!row?.offered_to) return;
    const live = store.detailOf(row)?.live;
    const toMe = store.offered(row) === "me";
    const time = live?.offered_at ? clock(live.offered_at) : "";
    write(
      this.said,
      toMe
        ? store.t("offered_by", { who: row.offered_by || row.owner || "" })
        : store.t("offered_to", { who: row.offered_to, time }),
    );
    write(this.note, live?.offered_note ?? "");
    this.note.hidden = !this.note.textContent;
    const receiver = store.together.people.find((person) => person.name === row.offered_to);
    this.gone.hidden = toMe || !store.mine(row) || (!!receiver && receiver.screen !== "gone");
    write(this.gone, this.gone.hidden ? "" : store.t("offered_gone", { who: row.offered_to }));
    this.root.classList.toggle("to-me", toMe);
  }
}
