// Taking a button into use, and out of it. The key goes one way: it is typed, sent and forgotten.
import { day, dayOf, element, write } from "../shell/format.js";
import { Form, Sure } from "./form.js";

export class Use {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk
   *  @param {import("./detail.js").Selected} selected */
  constructor(store, desk, selected) {
    const { device } = selected;
    this.store = store;
    this.desk = desk;
    this.selected = selected;
    this.facts = element("p", "note");
    this.form = new Form(store, device ? "bench.enrol_again" : "bench.enrol_title", "bench.enrol", () => this._enrol());
    this.name = this.form.field("bench.name", "text", "bench.name_hint");
    this.name.maxLength = 64;
    this.name.value = device;
    this.key = this.form.field("bench.key", "password", "bench.key_hint");
    this.key.maxLength = 80;
    this.plain = this.form.field("bench.plain_sure", "checkbox");
    this.instead = this.form.field("bench.instead", "checkbox");
    this.wrong = element("p", { class: "wrong", role: "alert" });
    this.form.submit.before(this.wrong);
    offer(this.instead, false);
    this.key.addEventListener("input", () => offer(this.plain, !this.key.value.trim()));
    const remove = new Sure(store, "bench.remove", "bench.remove_what", "bench.remove_yes", () =>
      desk.ask("bench_remove", device, { do: "bench_remove", device }),
    );
    const more = element("details", "", element("summary", "", store.t("bench.change")), this.form.root);
    this.root = element(
      "section",
      "card use",
      element("h3", "", store.t(device ? "bench.in_use" : "bench.enrol")),
      this.facts,
      ...(device ? [more, remove.begin, remove.box] : [this.form.root]),
    );
  }

  /** @param {import("./detail.js").Selected} selected */
  show(selected) {
    const { store } = this;
    const at = selected.enrolled_at;
    write(
      this.facts,
      selected.device
        ? store.t("bench.enrolled_by", {
            who: selected.enrolled_by || store.t("somebody"),
            day: at ? day(dayOf(at), store.language) : "",
          })
        : store.t("bench.enrol_what"),
    );
  }

  async _enrol() {
    const { store, desk } = this;
    const device = this.name.value.trim();
    const key = this.key.value.trim();
    if (!device) return this._wrong(store.t("required", { field: store.t("bench.name") }), this.name);
    if (!key && !this.plain.checked) return this._wrong(store.t("bench.key_or_plain"), this.key);
    write(this.wrong, "");
    const wish = { do: "bench_enrol", address: this.selected.address, device, key, instead: this.instead.checked };
    const answer = await desk.ask("bench_enrol", device, wish);
    desk.last = { wish: "", at: 0 }; // it holds the key
    if (answer?.ok) this.key.value = "";
    else if (answer) {
      offer(this.instead, answer.code === "bench_enrol");
      this._wrong(desk.why(answer), answer.code === "bench_name" ? this.name : this.key);
    }
  }

  /** @param {string} text @param {HTMLElement} field */
  _wrong(text, field) {
    write(this.wrong, text);
    field.focus();
  }
}

/** Show a tick with its label, or hide it. @param {HTMLInputElement} tick @param {boolean} on */
function offer(tick, on) {
  const label = tick.closest("label");
  if (label) label.hidden = !on;
}
