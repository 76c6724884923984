// The operator page: makes its parts, ties them to the store, and lets the store hear the server.
import { Access } from "../access/access.js";
import { Dark } from "../access/dark.js";
import { Actions } from "../components/actions/actions.js";
import { DeskLine } from "../shell/desk.js";
import { Alert } from "../components/alert/alert.js";
import { Line } from "../components/alert/line.js";
import { Sound } from "../components/alert/sound.js";
import { SoundPanel } from "../components/alert/soundpanel.js";
import { Watchdog } from "../components/alert/watchdog.js";
import { CasePanel, Timeline } from "../components/case/case.js";
import { Centres } from "../components/coverage/chooser.js";
import { DegradedLine } from "../components/alert/degraded_line.js";
import { Dress } from "../components/mode_banner/mode_banner.js";
import { Exercise } from "../components/mode_banner/exercise.js";
import { Keys } from "../components/shortcuts/shortcuts.js";
import { Queue } from "../components/queue/queue.js";
import { People } from "../components/presence/people.js";
import { Taken } from "../components/presence/taken.js";
import { DrillNotice } from "../components/drills/notice.js";
import { TopBar } from "../components/topbar/topbar.js";
import { join, remember, way } from "../shell/join.js";
import { element } from "../shell/format.js";
import { holdView, keepView, restoreScroll } from "./view.js";
import { Store } from "../shell/store.js";

const page = document.getElementById("vigie");
document.documentElement.lang = page.dataset.language;
document.documentElement.dataset.theme = page.dataset.theme;
const store = new Store(JSON.parse(document.getElementById("words").textContent), page.dataset.language);
const part = (id) => document.getElementById(id);
// A replay's or an exercise's page shares its host's cookies with the live one: nothing of it may follow anybody there.
const { dress = "" } = page.dataset;
const keep = dress ? () => {} : remember;

const said = element("span");
said.id = "said";
said.setAttribute("role", "status");
part("timeline").append(said);

const desk = new DeskLine(store, said);
const map = {
  fly: (id) => store.rows.has(id) && store.send({ do: "map", what: "fly", incident: id }),
  belgium: () => store.send({ do: "map", what: "belgium" }),
  follow: () => store.send({ do: "map", what: "follow" }),
  layers: () => store.send({ do: "map", what: "layers" }),
};
holdView();
const sound = new Sound();
const casePanel = new CasePanel(part("case"), store);
const actions = new Actions(casePanel.actions, store, desk);
const queue = new Queue(part("queue"), store, {
  take: (id) => actions.take(id),
  refuse: (id) => actions.refuse(id),
  fly: map.fly,
});
new Timeline(part("timeline"), store);
const sounds = new SoundPanel(part("case"), store, sound);
new TopBar(part("feed"), part("console"), store, sound, {
  raise: () => actions.raise(),
  sound: () => sounds.show(!sounds.open),
  gap: (feed) => desk.ask("acknowledge_gap", feed, { do: "acknowledge_gap", feed }),
  theme: (theme) => {
    remember("vigie_theme", theme);
    location.reload(); // the map is drawn in it from the start
  },
});
if (!dress) {
  part("console")
    .querySelector(".space")
    .after(way(store, "supervisor", page.dataset.base));
  new DegradedLine(part("alert"), store);
}
const access = new Access(store, desk, {
  panel: part("case"),
  bar: part("console"),
  top: part("alert"),
  base: page.dataset.base,
  bound: !!dress,
});
new Dress(part("dress"), store);
if (dress === "exercise")
  new Exercise(part("dress"), store, { alert: part("alert"), panel: part("case"), page }, page.dataset.base);
new Taken(part("alert"), store);
new DrillNotice(part("alert"), store);
const watchdog = new Watchdog(
  store,
  new Line(),
  { banner: part("alert"), note: part("timeline") },
  page.dataset.base,
  keepView,
);
new Centres(store, { bar: part("console"), banner: part("alert"), panel: part("case") }, sound, (cics) =>
  keep("vigie_cics", cics),
);
new Alert(part("alert"), store, sound);
new Dark(store, page, page.dataset.base);
const people = new People(
  store,
  actions,
  desk,
  { bar: part("console"), panel: part("case") },
  dress ? "" : page.dataset.base,
);
new Keys(store, { queue, actions, desk, map, sounds, access, people }, part("case"));

store.answers("picked", (id) => {
  store.select(id);
  queue.show(id);
});
store.on("desk", () => {
  if (store.access?.state === "open") keep("vigie_desk", store.desk);
});
let stands = false;
store.on("desk", () => {
  if (stands || !store.welcomed) return;
  stands = true;
  restoreScroll();
  actions.again();
});
setInterval(() => store.emit("second"), 1000);

join(store, watchdog, () => ({ selected: store.selected ?? "" }));
