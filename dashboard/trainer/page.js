// The trainer page: makes its rooms, ties them to the store, and lets the store hear the server.
import { begin, join, part, remember } from "../shell/join.js";
import { clock, element, write } from "../shell/format.js";
import { Console } from "./console.js";
import { Debriefs } from "./debriefs.js";
import { Draft } from "./draft.js";
import { Editor } from "./editor.js";
import { Recordings } from "./recordings.js";
import { Replay } from "./replay.js";
import { Room } from "./room.js";
import { Scenarios } from "./scenarios.js";

const SAID_MS = 6000;
const LIGHT = { dark: "light", light: "dark" };

const begun = begin({ said: "foot", note: "note", lasts: SAID_MS });
const { page, base, store, desk } = begun;
document.title = `${store.t("training")} · Vigie`;
const say = (/** @type {string} */ text, refused = false) => desk.say(text, refused);

const room = new Room(store, say);
const places = { wide: part("wide"), side: part("side"), map: part("map"), strip: part("strip"), more: part("more") };
/** @type {import("./room.js").Look} */
const look = {
  store,
  room,
  say,
  base,
  places,
  open: (name, facts) => show(name, facts),
  layout,
  staying,
  draft: new Draft(),
};
const rooms = {
  recordings: new Recordings(look),
  replay: new Replay(look),
  scenarios: new Scenarios(look),
  editor: new Editor(look),
  console: new Console(look),
  debriefs: new Debriefs(look),
};
const TABS = {
  recordings: ["recordings", "replay"],
  scenarios: ["scenarios", "editor"],
  console: ["console"],
  debriefs: ["debriefs"],
};
let shown = "";

const tabs = new Map(
  Object.keys(TABS).map((name) => {
    const tab = element("button", "tab", store.t(`training.room.${name}`));
    tab.type = "button";
    tab.addEventListener("click", () => show(name));
    part("rooms").append(tab);
    return [name, tab];
  }),
);

/** Which parts of the page there are: "wide" (one list), "map" and "replay" (side, map, strip), "console" (and a right column). */
function layout(kind) {
  page.dataset.layout = kind;
  places.wide.hidden = kind !== "wide";
  places.side.hidden = places.map.hidden = places.strip.hidden = kind === "wide";
  places.more.hidden = kind !== "console";
}

/** Whether this room is still the one shown: an answer that comes late takes nobody out of what they do by then. */
function staying() {
  const was = shown;
  return () => shown === was;
}

/** @param {string} name @param {any} [facts] what the room opens */
function show(name, facts) {
  if (store.locked) return;
  const before = shown;
  if (shown !== name) rooms[shown]?.leave?.();
  shown = name;
  sessionStorage.setItem("vigie.training", name);
  for (const [tab, button] of tabs) {
    if (TABS[tab].includes(name)) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  for (const place of Object.values(places)) if (place !== places.map) place.replaceChildren();
  rooms[name].enter(facts);
  // What had the focus is gone with its room: the keyboard goes on from the name of the new one, which a held Enter only opens again.
  if (before && document.activeElement === document.body)
    tabs.get(Object.keys(TABS).find((tab) => TABS[tab].includes(shown))).focus();
}

const theme = element("button", "pill", store.t(LIGHT[page.dataset.theme]));
theme.type = "button";
theme.addEventListener("click", () => {
  remember("vigie_theme", LIGHT[page.dataset.theme]);
  location.reload(); // the map is drawn in it from the start
});
const name = element("b", "name");
part("who").append(theme, name);

const go = element("a", "do primary", store.t("sign_in"));
go.href = `${base}sign-in?next=/trainer`;
part("locked").append(element("h1", "", store.t("locked")), element("p", "", store.t("training.locked")), go);

store.on("access", () => {
  const { locked } = store;
  part("locked").hidden = !locked;
  document.body.classList.toggle("locked", locked);
  write(name, locked ? "" : (store.access?.name ?? ""));
  for (const tab of tabs.values()) tab.disabled = locked;
  if (locked) {
    rooms[shown]?.leave?.();
    shown = "";
    for (const place of Object.values(places)) {
      place.hidden = true;
      if (place !== places.map) place.replaceChildren();
    }
  } else if (!shown)
    show(rooms[sessionStorage.getItem("vigie.training")] ? sessionStorage.getItem("vigie.training") : "recordings");
});
store.on("training", () => rooms[shown]?.update());
store.on("second", () => {
  write(part("clock"), clock(store.now()));
  rooms[shown]?.second?.();
});
store.on("message", (message) => room.take(message));
join(begun);
