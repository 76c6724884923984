// Taking a button into use, and out of it. The key goes one way: it is typed, sent and forgotten.
import { element, write } from "../shell/format.js";
import { Form } from "./form.js";

export class Use {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk @param {{address: string, device: string}} selected */
  constructor(store, desk, selected) {
    this.store = store;
    this.desk = desk;
    this.selected = selected;
    this.root = element("section", "card use");
    this.root.append(element("h3", "", store.t(selected.device ? "bench.in_use" : "bench.enrol")));
    this.facts = element("p", "note");
    this.root.append(this.facts);
    this.form = new Form(store, selected.device ? "bench.enrol_again" : "bench.enrol_title", "bench.enrol", () =>
      this._enrol(),
    );
    this.name = this.form.field("bench.name", "text", "bench.name_hint");
    this.name.maxLength = 64;
    this.name.value = selected.device;
    this.key = this.form.field("bench.key", "password", "bench.key_hint");
    this.key.maxLength = 80;
    this.plain = this.form.field("bench.plain_sure", "checkbox");
    this.instead = this.form.field("bench.instead", "checkbox");
    this.instead.parentElement.hidden = true;
    this.wrong = element("p", "wrong");
    this.wrong.setAttribute("role", "alert");
    this.form.root.insertBefore(this.wrong, this.form.submit);
    this.key.addEventListener("input", () => this._plain());
    this._plain();
    if (selected.device) this._inUse();
    else this.root.append(this.form.root);
  }

  /** @param {any} selected */
  show(selected) {
    const { store } = this;
    const since = selected.enrolled_at
      ? new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "Europe/Brussels" }).format(
          selected.enrolled_at,
        )
      : "";
    write(
      this.facts,
      selected.device
        ? store.t("bench.enrolled_by", { who: selected.enrolled_by || store.t("somebody"), day: since })
        : store.t("bench.enrol_what"),
    );
  }

  _inUse() {
    const more = element("details");
    more.append(element("summary", "", this.store.t("bench.change")), this.form.root);
    const remove = element("button", "do", this.store.t("bench.remove"));
    remove.type = "button";
    const sure = element("div", "sure");
    sure.hidden = true;
    const yes = element("button", "do primary", this.store.t("bench.remove_yes"));
    const no = element("button", "do", this.store.t("back"));
    yes.type = no.type = "button";
    const buttons = element("div", "buttons");
    buttons.append(yes, no);
    sure.append(element("p", "note", this.store.t("bench.remove_what")), buttons);
    const ask = (asking) => {
      sure.hidden = !asking;
      remove.hidden = asking;
      (asking ? yes : remove).focus();
    };
    remove.addEventListener("click", () => ask(true));
    no.addEventListener("click", () => ask(false));
    yes.addEventListener("click", () =>
      this.desk.ask("bench_remove", this.selected.device, { do: "bench_remove", device: this.selected.device }),
    );
    this.root.append(more, remove, sure);
  }

  _plain() {
    this.plain.parentElement.hidden = this.key.value.trim() !== "";
  }

  async _enrol() {
    const { store, desk } = this;
    const device = this.name.value.trim();
    const key = this.key.value.trim();
    const say = (text, field) => {
      write(this.wrong, text);
      field.focus();
    };
    if (!device) return say(store.t("required", { field: store.t("bench.name") }), this.name);
    if (!key && !this.plain.checked) return say(store.t("bench.key_or_plain"), this.key);
    write(this.wrong, "");
    const wish = { do: "bench_enrol", address: this.selected.address, device, key, instead: this.instead.checked };
    const answer = await desk.ask("bench_enrol", device, wish);
    desk.last = { wish: "", at: 0 }; // it holds the key
    if (answer?.ok) this.key.value = "";
    else if (answer) {
      write(this.wrong, desk.why(answer));
      this.instead.parentElement.hidden = answer.code !== "bench_enrol";
      (answer.code === "bench_name" ? this.name : this.key).focus();
    }
  }
}
