// Announce a test: which device, for how long, where one stands with it. It can stand on any page of a technician or a supervisor.
import { button } from "../../shell/build.js";
import { newId } from "../../shell/desk.js";
import { element, write } from "../../shell/format.js";

const MINUTES = [5, 10, 15];
const MAX_WHERE = 200;
const DRAFT = "vigie.announce";
let made = 0;

export class Announce {
  /** @param {HTMLElement} root where it stands
   * @param {{t: (key: string, facts?: object) => string, address: string, devices: string[], device?: string, max: number,
   *   tests: {device: string, who: string, until: string, where: string}[], changed: () => void}} about
   *   `address`: that of `/devices` from this page; `devices`: those known by name; `device`: the one it is about, if only one;
   *   `tests`: what is announced now; `changed`: called when the desk took an announcement or its withdrawal */
  constructor(root, about) {
    this.about = about;
    const { t } = about;
    this.form = element("form", "announce", { novalidate: true });
    this.device = this._device();
    this.minutes = element(
      "select",
      "",
      ...MINUTES.filter((n) => n <= about.max).map((n) => {
        const option = element("option", "", t("announce.n_minutes", { n }));
        option.value = String(n);
        return option;
      }),
    );
    this.minutes.value = "10";
    this.where = element("input", "", {
      maxlength: MAX_WHERE,
      autocomplete: "off",
      placeholder: t("announce.where_hint"),
    });
    this.send = element("button", "do primary", { type: "submit" }, t("do.announce_test"));
    this.said = element("p", "said", { role: "status" });
    const fields = element(
      "div",
      "fields",
      this._labelled("announce.device", this.device),
      this._labelled("announce.minutes", this.minutes),
      this._labelled("announce.where", this.where),
      this.send,
    );
    this.form.append(fields, this.said);
    this.list = element("ul", "announced", ...about.tests.map((test) => this._standing(test)));
    root.append(element("h2", "", t("announce.title")), element("p", "hint", t("announce.hint")), this.form, this.list);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this._announce();
    });
    if (!this.device.value) this.device.value = about.device ?? "";
    const draft = sessionStorage.getItem(DRAFT); // where one stands is the same for the next device
    if (draft) this.where.value = draft;
  }

  _device() {
    const input = element("input", "", { autocomplete: "off", maxlength: 200 });
    const list = element(
      "datalist",
      "",
      { id: `announce-${++made}` },
      ...this.about.devices.map((name) => {
        const option = element("option");
        option.value = name;
        return option;
      }),
    );
    input.setAttribute("list", list.id);
    this.form.append(list);
    return input;
  }

  _labelled(words, control) {
    const root = element("div", "field");
    const label = element("label", "", this.about.t(words));
    control.id = `announce-${++made}`;
    label.htmlFor = control.id;
    root.append(label, control);
    return root;
  }

  _standing({ device, who, until, where }) {
    const { t } = this.about;
    const item = element("li", "", { "data-device": device });
    const text = element("span", "", element("b", "", device), ` ${t("test.announced", { who, time: until, where })}`);
    const back = button(
      "do",
      t("do.withdraw_test"),
      (event) => event.detail < 2 && this._ask({ do: "withdraw_test", device }, back),
      { "aria-label": t("announce.withdraw_label", { device }) },
    );
    item.append(text, back);
    return item;
  }

  _announce() {
    const { t, devices } = this.about;
    const device = this.device.value.trim();
    const where = this.where.value.trim();
    const empty = !device ? this.device : !where ? this.where : null;
    if (empty) {
      this._say(t("announce.needed"), true);
      empty.focus();
      return;
    }
    // A name nobody knows may be a new button, or a slip: its presses would not be marked. It is asked once more.
    if (!devices.includes(device) && this.unknown !== device) {
      this.unknown = device;
      this._say(t("announce.unknown", { device }), true);
      return;
    }
    sessionStorage.setItem(DRAFT, where);
    this._ask({ do: "announce_test", device, minutes: Number(this.minutes.value), where }, this.send);
  }

  async _ask(wish, button) {
    const { t, address, changed } = this.about;
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    const key = JSON.stringify(wish); // the same wish, because no answer came, is the same command
    if (this.last?.key !== key) this.last = { key, id: newId() };
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...wish, id: this.last.id }),
    })
      .then((response) => response.json())
      .catch(() => ({ ok: false, code: "no_answer" }));
    button.ariaDisabled = "false";
    if (!answer.ok) {
      this._say(t(`refused.${answer.code}`), true);
      return;
    }
    this.last = null;
    this._say(t("announce.done"));
    changed();
  }

  _say(text, bad = false) {
    this.said.classList.toggle("bad", bad);
    write(this.said, text);
  }
}
