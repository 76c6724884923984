// Say beforehand that the device is about to be pressed: its presses alarm in full all the same, marked with who said
// so.
import { button, select } from "../shell/build.js";
import { attributes, clock, element, write } from "../shell/format.js";
import { Form } from "./form.js";

const MINUTES = [5, 10, 15];
const DRAFT = "announce"; // where one stands is the same for the next device

export class Announce {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk
   * @param {string} device */
  constructor(store, desk, device) {
    this.store = store;
    this.desk = desk;
    this.device = device;
    this.standing = element("p", { class: "standing", role: "status", tabindex: -1 });
    this.withdraw = button("do", store.t("do.withdraw_test"), () =>
      desk.ask("withdraw_test", device, { do: "withdraw_test", device }),
    );
    attributes(this.withdraw, { "aria-label": store.t("announce.withdraw_label", { device }) });
    this.form = new Form(store, "announce.title", "do.announce_test", () => this._announce());
    this.form.legend.remove();
    this.where = this.form.field("announce.where", "text", "announce.where_hint");
    this.where.maxLength = 200;
    this.where.value = store.drafts.get(DRAFT) ?? "";
    this.minutes = select(
      MINUTES.map((n) => [String(n), store.t("announce.n_minutes", { n })]),
      "10",
    );
    this.form.submit.before(element("label", "", store.t("announce.minutes"), this.minutes));
    this.form.submit.classList.remove("primary");
    this.root = element(
      "section",
      "card announce",
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
    if (here && document.activeElement?.closest("[hidden]")) (announced ? this.standing : this.where).focus();
  }

  _announce() {
    const { device, minutes } = this;
    const where = this.where.value.trim();
    if (!where) {
      this.desk.say(this.store.t("announce.needed"), true);
      this.where.focus();
      return;
    }
    this.store.drafts.set(DRAFT, where);
    const wish = { do: "announce_test", device, where, minutes: Number(minutes.value) };
    this.desk.ask("announce_test", device, wish);
  }
}
