// The trainer page: makes its rooms, ties them to the store, and lets the store hear the server.
import { finder } from "../components/find/find.js";
import { KeySheet } from "../components/shortcuts/key_sheet.js";
import { TABLES } from "../components/shortcuts/tables.js";
import { begin, join, part, titled, wanted } from "../shell/join.js";
import { recall, retain } from "../shell/kept.js";
import { themes } from "../shell/theme.js";
import { button, current } from "../shell/build.js";
import { clock, element, phrase, write } from "../shell/format.js";
import { Console } from "./console.js";
import { Debriefs } from "./debriefs.js";
import { Draft } from "./draft.js";
import { Editor } from "./editor.js";
import { Recordings } from "./recordings.js";
import { Replay } from "./replay.js";
import { Room } from "./room.js";
import { Scenarios } from "./scenarios.js";

const SAID_MS = 6000;

const begun = begin({ said: "foot", note: "note", lasts: SAID_MS }, TABLES.trainer);
const { page, base, store, desk } = begun;
titled(store, () => phrase`${store.t("training")} · Vigie`);
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
  draft: new Draft(store),
};
const rooms = {
  recordings: new Recordings(look),
  replay: new Replay(look),
  scenarios: new Scenarios(look),
  editor: new Editor(look),
  console: new Console(look),
  debriefs: new Debriefs(look),
};
/** @typedef {keyof typeof rooms} Name */

/** The page's tabs, each with the rooms behind it. @type {[Name, ...Name[]][]} */
const TABS = [["recordings", "replay"], ["scenarios", "editor"], ["console"], ["debriefs"]];
/** @type {Name | ""} */
let shown = "";

const tabs = TABS.map((behind) => {
  const [name] = behind;
  return { behind, tab: button("tab", store.t(`training.room.${name}`), () => show(name)) };
});
part("rooms").append(...tabs.map(({ tab }) => tab));

/** Which parts of the page there are: "wide" (one list), "map" and "replay" (side, map, strip), "console" (and a right
 * column). @param {string} kind */
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

/** @returns {import("./room.js").View | null} the room that is shown */
function here() {
  return shown ? rooms[shown] : null;
}

/** @param {string} name of a room; the first one if there is none of it @param {any} [facts] what the room opens */
function show(name, facts) {
  if (store.locked) return;
  const before = shown;
  const wanted = Object.hasOwn(rooms, name) ? /** @type {Name} */ (name) : "recordings";
  if (shown !== wanted) here()?.leave();
  shown = wanted;
  retain("vigie.training", wanted);
  for (const { behind, tab } of tabs) current(tab, behind.includes(wanted), "page");
  for (const place of Object.values(places)) if (place !== places.map) place.replaceChildren();
  here()?.enter(facts);
  // What had the focus is gone with its room: the keyboard goes on from the name of the new one, which a held Enter
  // only opens again.
  const from = shown;
  if (before && from && document.activeElement === document.body)
    tabs.find(({ behind }) => behind.includes(from))?.tab.focus();
}

const theme = button("pill", "", () => {});
themes(theme, (other) => write(theme, store.t(other)));
const name = element("b", "name");
const find = () => show("recordings", { find: true });
part("who").append(finder(store, find), theme, name);
store.keys.listen({ find });
new KeySheet(store, desk, { put: (list) => page.prepend(list), opener: part("foot") }, "apart").listen();

const href = `${base}sign-in?next=/trainer${location.hash}`;
const go = element("a", { class: "do primary", href }, store.t("sign_in"));
part("locked").append(element("h1", "", store.t("locked")), element("p", "", store.t("training.locked")), go);

store.on("access", () => {
  const { locked } = store;
  part("locked").hidden = !locked;
  document.body.classList.toggle("locked", locked);
  write(name, locked ? "" : (store.access?.name ?? ""));
  for (const { tab } of tabs) tab.disabled = locked;
  if (locked) {
    here()?.leave();
    shown = "";
    for (const place of Object.values(places)) {
      place.hidden = true;
      if (place !== places.map) place.replaceChildren();
    }
  } else if (!shown) show(recall("vigie.training"));
});
// An incident of the desk's that is to be recorded.
wanted(store, (record) => shown !== "" && (show("recordings", { record }), true));
store.on("training", () => here()?.update());
store.on("second", () => {
  write(part("clock"), clock(store.now()));
  here()?.second();
});
join(begun);
