// Say beforehand that the device is about to be pressed: its presses alarm in full all the same, marked with who said so.
import { clock, element, write } from "../shell/format.js";
import { Form } from "./form.js";

const MINUTES = [5, 10, 15];
const DRAFT = "vigie.announce"; // where one stands is the same for the next device

export class Announce {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk @param {string} device */
  constructor(store, desk, device) {
    this.store = store;
    this.desk = desk;
    this.device = device;
    this.root = element("section", "card announce");
    this.standing = element("p", "standing");
    this.standing.setAttribute("role", "status");
    this.withdraw = element("button", "do", store.t("do.withdraw_test"));
    this.withdraw.type = "button";
    this.withdraw.setAttribute("aria-label", store.t("announce.withdraw_label", { device }));
    this.withdraw.addEventListener("click", () => desk.ask("withdraw_test", device, { do: "withdraw_test", device }));
    this.form = new Form(store, "announce.title", "do.announce_test", () => this._announce());
    this.form.legend.remove();
    this.where = this.form.field("announce.where", "text", "announce.where_hint");
    this.where.maxLength = 200;
    this.where.value = sessionStorage.getItem(DRAFT) ?? "";
    const label = element("label", "", store.t("announce.minutes"));
    this.minutes = element("select");
    this.minutes.append(
      ...MINUTES.map((n) => {
        const option = element("option", "", store.t("announce.n_minutes", { n }));
        option.value = String(n);
        return option;
      }),
    );
    this.minutes.value = "10";
    label.append(this.minutes);
    this.form.root.insertBefore(label, this.form.submit);
    this.form.submit.classList.remove("primary");
    this.root.append(
      element("h3", "", store.t("announce.title")),
      this.standing,
      element("p", "note", store.t("announce.hint")),
      this.form.root,
      this.withdraw,
    );
  }

  /** @param {{who: string, until: number, where: string} | null} announced */
  show(announced) {
    const here = this.root.contains(document.activeElement);
    write(
      this.standing,
      announced ? this.store.t("bench.announced", { ...announced, time: clock(announced.until).slice(0, 5) }) : "",
    );
    this.standing.hidden = this.withdraw.hidden = !announced;
    this.form.root.hidden = !!announced;
    if (here && document.activeElement.closest("[hidden]")) (announced ? this.withdraw : this.where).focus();
  }

  _announce() {
    const where = this.where.value.trim();
    if (!where) {
      this.desk.say(this.store.t("announce.needed"), true);
      this.where.focus();
      return;
    }
    sessionStorage.setItem(DRAFT, where);
    this.desk.ask("announce_test", this.device, {
      do: "announce_test",
      device: this.device,
      where,
      minutes: Number(this.minutes.value),
    });
  }
}
