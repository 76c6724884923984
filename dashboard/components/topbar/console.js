// The console: what stands over the operator's page and the supervisor's alike. Sound, the bar, the sign-in, what is
// broken, the centres.
import { Access } from "../../access/access.js";
import { Dark } from "../../access/dark.js";
import { languageChooser } from "../../shell/languages.js";
import { part } from "../../shell/join.js";
import { retain } from "../../shell/kept.js";
import { find } from "../../shell/build.js";
import { Alert } from "../alert/alert.js";
import { DegradedLine } from "../alert/degraded_line.js";
import { Sound } from "../alert/sound.js";
import { SoundPanel } from "../alert/soundpanel.js";
import { Centres } from "../coverage/chooser.js";
import { tellTaken } from "../presence/taken.js";
import { TopBar } from "./topbar.js";

/** @param {ReturnType<typeof import("../../shell/join.js").begin>} begun
 * @param {{panel: HTMLElement, ways: HTMLElement[], elsewhere?: HTMLElement[], raise?: () => void}} does `panel`: over
 * it a sheet stands; `ways`: what leads from here; `elsewhere`: to other pages; `raise` an alarm by hand */
export function stand({ page, base, store, desk }, { panel, ways, elsewhere = [], raise = () => {} }) {
  const [bar, top] = [part("console"), part("alert")];
  // A replay's or an exercise's page shares its host's cookies with the live one: nothing of it may follow anybody
  // there.
  const dressed = !!page.dataset.dress;
  const keep = dressed ? () => {} : retain;
  const sound = new Sound();
  const does = {
    raise,
    sound: () => sounds.show(),
    gap: (/** @type {string} */ feed) => desk.ask("acknowledge_gap", feed, { do: "acknowledge_gap", feed }),
  };
  const own = [...elsewhere, languageChooser(store, retain)];
  const { person } = new TopBar({ feed: part("feed"), bar, top, panel }, store, sound, does, own);
  const sounds = new SoundPanel(panel, find(bar, ".sound-state"), store, sound);
  tellTaken(top, store);
  if (!dressed) new DegradedLine(top, store);
  find(bar, ".space").after(...ways);
  const access = new Access(store, desk, { panel, person, top, base, bound: dressed });
  new Centres(store, { bar, person, banner: top, panel }, sound, (cics) => keep("vigie_cics", cics));
  new Alert(top, store, sound);
  new Dark(store, page, base);
  store.on("desk", () => {
    if (store.access?.state === "open") keep("vigie_desk", store.desk);
  });
  return { sound, sounds, access };
}
