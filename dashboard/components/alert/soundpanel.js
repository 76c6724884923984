// The sound at this desk: its loudness, and a test that asks whether every sound was heard. It stands over the case's facts, as the list
// of keys does, and covers no alarm.
import { clock, element, write } from "../../shell/format.js";
import { Hidden } from "./hidden.js";
import { VOLUMES } from "./sound.js";
import { SOUNDS } from "./tones.js";

export class SoundPanel {
  /** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store @param {import("./sound.js").Sound} sound */
  constructor(place, store, sound) {
    this.place = place;
    this.store = store;
    this.sound = sound;
    this.root = null;
    this.tested = null;
    this.asking = false;
    store.answers("sound_tested", (tested) => {
      this.tested = tested;
      this.update();
    });
    sound.on(() => this.update());
    store.on("rows health live", () => this.update());
  }

  get open() {
    return !!this.root;
  }

  /** @param {boolean} on */
  show(on) {
    if (on === this.open) return;
    if (!on) {
      this.root.remove();
      this.root = null;
      this.asking = false;
      return;
    }
    this.root = this._draw();
    this.place.prepend(this.root);
    this.update();
    this.hide.focus();
  }

  async test() {
    this.show(true);
    this.asking = false;
    const played = await this.sound.test();
    if (!this.open) return;
    this.asking = played;
    this.update();
    if (played) this.yes.focus();
  }

  update() {
    if (!this.root) return;
    const { store, sound } = this;
    for (const [percent, choice] of this.choices) choice.checked = percent === sound.volume;
    for (const [name, item] of this.items) item.classList.toggle("now", sound.testing === name);
    const why = sound.urgent ? "sound_test_alarm" : sound.armed ? "" : "sound_test_blocked";
    this.start.setAttribute("aria-disabled", String(!!why || !!sound.testing));
    this.asked.hidden = !this.asking;
    if (this.asking) write(this.said, store.t("sound_test_asks"));
    else if (why) write(this.said, store.t(why));
    else if (sound.testing) write(this.said, store.t("sound_test_plays", { name: store.t(`sound.${sound.testing}`) }));
    else if (this.tested)
      write(
        this.said,
        store.t(this.tested.heard ? "sound_test_heard" : "sound_test_not_heard", {
          time: clock(this.tested.at).slice(0, 5),
        }),
      );
    else write(this.said, store.t("sound_test_never"));
    this.notify.hidden = !("Notification" in window) || Notification.permission !== "default";
  }

  _draw() {
    const { store } = this;
    const root = element("section", "help sounds");
    root.setAttribute("aria-label", store.t("sound_panel"));
    this.hide = this._button("do", store.t("sound_hide"), () => this.show(false));
    const head = element("div", "title");
    head.append(element("h3", "", store.t("sound_panel")), this.hide);
    this.start = this._button("do test", store.t("sound_test"), () => this.test());
    this.start.append(element("kbd", "", "⇧V"));
    this.said = element("p", "said");
    this.said.setAttribute("role", "status");
    this.yes = this._button("do", store.t("sound_yes"), () => this._answer(true));
    const no = this._button("do", store.t("sound_no"), () => this._answer(false));
    this.asked = element("div", "asked");
    this.asked.append(this.yes, no);
    this.notify = this._button("do", store.t("notify_allow"), () => Hidden.ask());
    const row = element("div", "try");
    row.append(this.start, this.notify);
    root.append(head, this._volume(), this._list(), row, this.said, this.asked);
    return root;
  }

  _volume() {
    const { store, sound } = this;
    const field = element("fieldset", "volume");
    field.append(element("legend", "", store.t("sound_volume")));
    this.choices = new Map();
    for (const percent of VOLUMES) {
      const label = element("label");
      const choice = element("input");
      choice.type = "radio";
      choice.name = "volume";
      choice.value = String(percent);
      choice.addEventListener("change", () => sound.set(percent));
      label.append(choice, element("span", "", String(percent)));
      this.choices.set(percent, choice);
      field.append(label);
    }
    field.append(element("p", "", store.t("sound_volume_why")));
    return field;
  }

  _list() {
    const list = element("ol");
    this.items = new Map();
    for (const name of Object.keys(SOUNDS)) {
      const item = element("li", "", this.store.t(`sound.${name}`));
      this.items.set(name, item);
      list.append(item);
    }
    return list;
  }

  _answer(heard) {
    this.asking = false;
    this.store.send({ do: "sound_tested", heard });
    this.update();
    this.hide.focus();
  }

  _button(name, text, click) {
    const button = element("button", name, text);
    button.type = "button";
    button.addEventListener("click", click);
    return button;
  }
}
