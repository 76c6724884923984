// What stands over a page while its sound can't be heard: why, and the way to let it out.
import { element } from "../../shell/format.js";
import { h, render } from "../../shell/kit.js";

/** @param {import("../../shell/store.js").Store} store
 *  @param {import("./sound.js").Sound} sound @param {() => void} [also] what a press does beside */
export function unheard(store, sound, also = () => {}) {
  const root = element("div", "banner sound-blocked", { role: "alert" });
  const onClick = () => void (sound.start(), also());
  const say = () => {
    const { state, armed } = sound;
    root.dataset.sound = state;
    root.hidden = armed;
    const words = store.t(state === "muted" ? "sound_again" : "sound_arm");
    // A text that enters a live region is read aloud; one that was there is not.
    const why = h("strong", { key: state }, store.t(`sound_${state}_long`));
    render(!armed && [why, h("button", { class: "arm", type: "button", onClick }, words)], root);
  };
  sound.on(say);
  store.on("language", say);
  say();
  return root;
}
