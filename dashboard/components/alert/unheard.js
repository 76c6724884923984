// What stands over a page while its sound can't be heard: why, and the way to let it out.
import { button } from "../../shell/build.js";
import { element, write } from "../../shell/format.js";

/** @param {import("../../shell/store.js").Store} store
 *  @param {import("./sound.js").Sound} sound @param {() => void} [also] what a press does beside */
export function unheard(store, sound, also = () => {}) {
  const said = element("strong");
  const press = button("arm", "", () => {
    sound.start();
    also();
  });
  const root = element("div", "banner sound-blocked", { role: "alert", hidden: true }, said, press);
  const say = () => {
    const { state } = sound;
    if (root.dataset.sound === state) return;
    root.dataset.sound = state;
    root.hidden = sound.armed;
    if (root.hidden) return;
    write(said, store.t(`sound_${state}_long`));
    write(press, store.t(state === "muted" ? "sound_again" : "sound_arm"));
    // A text that enters a live region is read aloud; one that was there is not.
    root.replaceChildren(said, press);
  };
  sound.on(say);
  say();
  return root;
}
