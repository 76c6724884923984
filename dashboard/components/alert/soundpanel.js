// The sound at this desk: its loudness, and a test that asks whether every sound was heard. It stands over the case's
// facts, as the list of keys does, and covers no alarm.
import { button, choice, find } from "../../shell/build.js";
import { clock, element, write } from "../../shell/format.js";
import { Hidden } from "./hidden.js";
import { VOLUMES } from "./sound.js";
import { SOUNDS } from "./tones.js";

export class SoundPanel {
  /** @param {HTMLElement} place @param {import("../../shell/store.js").Store} store
   * @param {import("./sound.js").Sound} sound */
  constructor(place, store, sound) {
    this.place = place;
    this.store = store;
    this.sound = sound;
    /** @type {{heard: boolean, at: number} | null} */
    this.tested = null;
    this.asking = false;
    this.hide = button("do", store.t("sound_hide"), () => this.show(false));
    this.start = button("do test", store.t("sound_test"), () => this.test(), store.keys.cap("sound_test"));
    this.said = element("p", "said", { role: "status" });
    this.yes = button("do", store.t("sound_yes"), () => this._answer(true));
    const no = button("do", store.t("sound_no"), () => this._answer(false));
    this.asked = element("div", "asked", this.yes, no);
    this.notify = button("do", store.t("notify_allow"), () => Hidden.ask());
    this.choices = VOLUMES.map((percent) =>
      choice("", String(percent), { type: "radio", name: "volume", value: percent }, (input) => {
        sound.set(Number(input.value));
      }),
    );
    this.items = Object.keys(SOUNDS).map((name) => element("li", "", { "data-sound": name }, store.t(`sound.${name}`)));
    const legend = element("legend", "", store.t("sound_volume"));
    this.root = element(
      "section",
      "help sounds",
      { "aria-label": store.t("sound_panel") },
      element("div", "title", element("h3", "", store.t("sound_panel")), this.hide),
      element("fieldset", "volume", legend, ...this.choices, element("p", "", store.t("sound_volume_why"))),
      element("ol", "", ...this.items),
      element("div", "try", this.start, this.notify),
      this.said,
      this.asked,
    );
    store.answers("sound_tested", (tested) => {
      this.tested = tested;
      this.update();
    });
    sound.on(() => this.update());
    store.on("rows health live", () => this.update());
  }

  get open() {
    return this.root.isConnected;
  }

  /** @param {boolean} on */
  show(on) {
    if (on === this.open) return;
    this.asking = false;
    if (!on) return this.root.remove();
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
    if (!this.open) return;
    const { store, sound } = this;
    for (const one of this.choices) find(one, "input").checked = one.textContent === String(sound.volume);
    for (const item of this.items) item.classList.toggle("now", sound.testing === item.dataset.sound);
    const why = sound.urgent ? "sound_test_alarm" : sound.armed ? "" : `sound_test_${sound.state}`;
    this.start.setAttribute("aria-disabled", String(!!why || !!sound.testing));
    this.asked.hidden = !this.asking;
    write(this.said, this.asking ? store.t("sound_test_asks") : why ? store.t(why) : this._tested());
    this.notify.hidden = !("Notification" in window) || Notification.permission !== "default";
  }

  /** What the test of the moment plays, or how the last one ended. */
  _tested() {
    const { store, sound, tested } = this;
    if (sound.testing) return store.t("sound_test_plays", { name: store.t(`sound.${sound.testing}`) });
    if (!tested) return store.t("sound_test_never");
    return store.t(tested.heard ? "sound_test_heard" : "sound_test_not_heard", { time: clock(tested.at).slice(0, 5) });
  }

  /** @param {boolean} heard */
  _answer(heard) {
    this.asking = false;
    this.store.send({ do: "sound_tested", heard });
    this.update();
    this.hide.focus();
  }
}
