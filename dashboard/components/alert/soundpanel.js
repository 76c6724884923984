// The sound at this desk: its loudness, and a test that asks whether every sound was heard.
import { find } from "../../shell/build.js";
import { clock, element } from "../../shell/format.js";
import { h, render } from "../../shell/kit.js";
import { Sheet } from "../../shell/sheet.js";
import { Cap, keyed } from "../actions/cap.js";
import { Hidden } from "./hidden.js";
import { VOLUMES } from "./sound.js";
import { SOUNDS } from "./tones.js";

export class SoundPanel extends Sheet {
  /** @param {HTMLElement} panel @param {HTMLElement} opener @param {import("../../shell/store.js").Store} store
   * @param {import("./sound.js").Sound} sound */
  constructor(panel, opener, store, sound) {
    super(panel, opener, element("section", "help sounds", { "aria-label": store.t("sound_panel") }), () =>
      this._draw(),
    );
    this.store = store;
    this.sound = sound;
    /** @type {{heard: boolean, at: number} | null} */
    this.tested = null;
    this.asking = false;
    store.answers("sound_tested", (tested) => {
      this.tested = tested;
      this.update();
    });
    sound.on(() => this.update());
    store.on("rows health live keys", () => this.update());
  }

  /** @param {boolean} on */
  show(on = !this.open) {
    this.asking = false;
    super.show(on);
  }

  async test() {
    this.show(true);
    this.asking = (await this.sound.test()) && this.open;
    this.update();
    if (this.asking) find(this.root, ".asked button").focus();
  }

  _draw() {
    const { store, sound, asking } = this;
    const why = sound.urgent ? "sound_test_alarm" : sound.armed ? "" : `sound_test_${sound.state}`;
    const button = (/** @type {string} */ key, /** @type {() => void} */ onClick, more = {}) =>
      h(
        "button",
        { class: "do", type: "button", onClick, ...keyed(store, key), ...more },
        store.t(key),
        h(Cap, { store, name: key }),
      );
    const volumes = VOLUMES.map((value) => {
      const facts = { type: "radio", name: "volume", value, checked: value === sound.volume };
      const input = h("input", { ...facts, onChange: () => sound.set(value) });
      return h("label", {}, input, h("span", { class: "name" }, value));
    });
    const volume = [h("legend", {}, store.t("sound_volume")), volumes, h("p", {}, store.t("sound_volume_why"))];
    const sounds = Object.keys(SOUNDS).map((name) =>
      h("li", { class: sound.testing === name ? "now" : "", "data-sound": name }, store.t(`sound.${name}`)),
    );
    const test = button("sound_test", () => this.test(), { "aria-disabled": !!why || !!sound.testing });
    const may = "Notification" in window && Notification.permission === "default";
    const heard = [button("sound_yes", () => this._answer(true)), button("sound_no", () => this._answer(false))];
    const parts = [
      this.title(store.t("sound_panel"), store.t("sound_hide")),
      h("fieldset", { class: "volume" }, volume),
      h("ol", {}, sounds),
      h("div", { class: "try" }, test, may && button("notify_allow", Hidden.ask)),
      h("p", { class: "said", role: "status" }, this._said(why)),
      asking && h("div", { class: "asked" }, heard),
    ];
    render(parts, this.root);
  }

  /** What the test of the moment asks or plays, or how the last one ended. @param {string} why there can be none */
  _said(why) {
    const { store, sound, tested, asking } = this;
    if (asking || why) return store.t(asking ? "sound_test_asks" : why);
    if (sound.testing) return store.t("sound_test_plays", { name: store.t(`sound.${sound.testing}`) });
    if (!tested) return store.t("sound_test_never");
    return store.t(tested.heard ? "sound_test_heard" : "sound_test_not_heard", { time: clock(tested.at).slice(0, 5) });
  }

  /** @param {boolean} heard */
  _answer(heard) {
    this.asking = false;
    this.store.send({ do: "sound_tested", heard });
    this.update();
  }
}
