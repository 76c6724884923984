// The supervisor page: makes its parts, ties them to the store, and lets the store hear the server.
import { Access } from "../access/access.js";
import { Dark } from "../access/dark.js";
import { DeskLine } from "../shell/desk.js";
import { Alert } from "../components/alert/alert.js";
import { Line } from "../components/alert/line.js";
import { Sound } from "../components/alert/sound.js";
import { SoundPanel } from "../components/alert/soundpanel.js";
import { Watchdog } from "../components/alert/watchdog.js";
import { Centres } from "../components/coverage/chooser.js";
import { DegradedLine } from "../components/alert/degraded_line.js";
import { Taken } from "../components/presence/taken.js";
import { join, remember, way } from "../shell/join.js";
import { element } from "../shell/format.js";
import { Store } from "../shell/store.js";
import { TopBar } from "../components/topbar/topbar.js";
import { Floor } from "./floor.js";
import { Middle } from "./middle.js";

const page = document.getElementById("vigie");
document.documentElement.lang = page.dataset.language;
document.documentElement.dataset.theme = page.dataset.theme;
const store = new Store(JSON.parse(document.getElementById("words").textContent), page.dataset.language);
const part = (id) => document.getElementById(id);
const { base } = page.dataset;

const said = element("span");
said.id = "said";
said.setAttribute("role", "status");
part("foot").append(said);

const desk = new DeskLine(store, said);
const sound = new Sound();
const sounds = new SoundPanel(part("panel"), store, sound);
new TopBar(part("feed"), part("console"), store, sound, {
  raise: () => {},
  sound: () => sounds.show(!sounds.open),
  gap: (feed) => desk.ask("acknowledge_gap", feed, { do: "acknowledge_gap", feed }),
  theme: (theme) => {
    remember("vigie_theme", theme);
    document.documentElement.dataset.theme = theme;
  },
});
const tools = element("div", "tools");
part("console")
  .querySelector(".space")
  .after(tools, way(store, "operator", base));
const access = new Access(store, desk, { panel: part("panel"), bar: part("console"), top: part("alert"), base });
new DegradedLine(part("alert"), store);
new Taken(part("alert"), store);
const watchdog = new Watchdog(store, new Line(), { banner: part("alert"), note: part("foot") }, base, () => {});
new Centres(store, { bar: part("console"), banner: part("alert"), panel: part("panel") }, sound, (cics) =>
  remember("vigie_cics", cics),
);
new Alert(part("alert"), store, sound);
new Dark(store, page, base);
const middle = new Middle(
  store,
  desk,
  { filters: part("filters"), review: part("review"), opened: part("opened"), tools, note: part("note") },
  base,
);
new Floor(part("floor"), store, desk, middle, `${base}operator`);
store.on("desk", () => {
  if (store.access?.state === "open") remember("vigie_desk", store.desk);
});
setInterval(() => store.emit("second"), 1000);
document.addEventListener("keydown", (event) => {
  if (
    event.key.toLowerCase() !== "i" ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    /** @type {Element} */ (event.target).closest("input, textarea, select")
  )
    return;
  event.preventDefault(); // or the letter goes into the field that is about to be reached
  access.stay();
});

// Nothing is selected here: what stands chosen on the operator page of this tab stays so.
join(store, watchdog, () => ({}));
