// Announce a test: which device, for how long, where one stands with it. It can stand on any page of a technician or a
// supervisor.
import { beside, button, form, select } from "../../shell/build.js";
import { newId } from "../../shell/desk.js";
import { element, phrase, write } from "../../shell/format.js";

const MINUTES = [5, 10, 15];
const MAX_WHERE = 200;
let made = 0;
let stands = ""; // where one stands is the same for the next device

export class Announce {
  /** @param {HTMLElement} root where it stands
   * @param {{t: (key: string, facts?: object) => string, address: string, devices: string[], device?: string, max:
   * number, tests: {device: string, who: string, until: string, where: string}[], changed: () => void}} about
   * `address`: that of `/devices` from this page; `devices`: those known by name; `device`: the one it is about, if
   * only one; `tests`: what is announced now; `changed`: called when the desk took an announcement or its withdrawal */
  constructor(root, about) {
    this.about = about;
    const { t } = about;
    this.form = form("announce", () => this._announce());
    this.device = this._device();
    this.minutes = select(
      MINUTES.filter((n) => n <= about.max).map((n) => [`${n}`, t("announce.n_minutes", { n })]),
      "10",
    );
    this.where = element("input", { maxlength: MAX_WHERE, autocomplete: "off", placeholder: t("announce.where_hint") });
    this.send = element("button", "do primary", t("do.announce_test"));
    this.said = element("p", "said", { role: "status" });
    this.unknown = ""; // a name nobody knows that was said once
    /** @type {{key: string, id: string} | null} */
    this.last = null;
    const fields = element(
      "div",
      "fields",
      beside(t("announce.device"), this.device),
      beside(t("announce.minutes"), this.minutes),
      beside(t("announce.where"), this.where),
      this.send,
    );
    this.form.append(fields, this.said);
    this.list = element("ul", "announced", ...about.tests.map((test) => this._standing(test)));
    root.append(element("h2", "", t("announce.title")), element("p", "hint", t("announce.hint")), this.form, this.list);
    if (!this.device.value) this.device.value = about.device ?? "";
    this.where.value = stands;
  }

  _device() {
    const list = element("datalist", { id: `announce-${++made}` });
    list.append(...this.about.devices.map((name) => element("option", { value: name })));
    this.form.append(list);
    return element("input", { autocomplete: "off", maxlength: 200, list: list.id });
  }

  /** @param {{device: string, who: string, until: string, where: string}} test */
  _standing({ device, who, until, where }) {
    const { t } = this.about;
    const text = element(
      "span",
      "",
      element("b", "", device),
      phrase` ${t("test.announced", { who, time: until, where })}`,
    );
    const withdraw = (/** @type {MouseEvent} */ event) =>
      event.detail < 2 && this._ask({ do: "withdraw_test", device }, back);
    const label = t("announce.withdraw_label", { device });
    const back = button("do", t("do.withdraw_test"), withdraw, { "aria-label": label });
    return element("li", { "data-device": device }, text, back);
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
    stands = where;
    this._ask({ do: "announce_test", device, minutes: Number(this.minutes.value), where }, this.send);
  }

  /** @param {object} wish @param {HTMLButtonElement} button */
  async _ask(wish, button) {
    const { t, address, changed } = this.about;
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    const key = JSON.stringify(wish); // the same wish, because no answer came, is the same command
    const last = this.last?.key === key ? this.last : { key, id: newId() };
    this.last = last;
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...wish, id: last.id }),
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

  /** @param {string} text */
  _say(text, bad = false) {
    this.said.classList.toggle("bad", bad);
    write(this.said, text);
  }
}
