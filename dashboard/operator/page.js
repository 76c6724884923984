// The operator page: makes its parts, ties them to the store, and lets the store hear the server.
import { Actions } from "../components/actions/actions.js";
import { CasePanel } from "../components/case/case.js";
import { placeOf } from "../components/case/place.js";
import { Dress } from "../components/mode_banner/mode_banner.js";
import { Exercise } from "../components/mode_banner/exercise.js";
import { Find, finder } from "../components/find/find.js";
import { askMap } from "../components/map/ask.js";
import { Keys } from "../components/shortcuts/shortcuts.js";
import { DRESSED, TABLES } from "../components/shortcuts/tables.js";
import { Asking } from "../components/reason/asking.js";
import { Queue } from "../components/queue/queue.js";
import { People } from "../components/presence/people.js";
import { tellDrills } from "../components/drills/notice.js";
import { stand } from "../components/topbar/console.js";
import { loadAnew } from "../shell/anew.js";
import { element } from "../shell/format.js";
import { begin, join, part, ways } from "../shell/join.js";
import { showChosen } from "./shows.js";
import { holdView, keepView, restoreScroll } from "./view.js";

const { dress = "" } = part("vigie").dataset;
const begun = begin({ said: "outcome", note: "console", leave: keepView }, dress ? DRESSED : TABLES.operator);
const { page, base, store, desk } = begun;
const panel = part("case");
/** @param {string} what @param {Record<string, unknown>} [facts] */
const instead = (what, facts) => {
  still();
  askMap(what, facts);
};
const map = {
  fly: (/** @type {string} */ id) => store.rows.has(id) && instead("fly", { incident: id }),
  belgium: () => instead("belgium"),
  follow: () => instead("follow"),
  layers: () => askMap("layers"),
  leave: () => askMap("leave"),
  // A window of its own for another screen, as many as one likes; it shares nothing with this page but the sign-in.
  window: () => !dress && open(`${base}map`, "_blank", "popup,noopener"),
};
document.addEventListener("vigie:map-window", map.window);
holdView(store);
const place = placeOf(store, desk, panel);
const below = new CasePanel(panel, store, place.buttons).actions;
below.before(part("outcome")); // what became of a wish stands over the step
const actions = new Actions(below, store, desk);
const queue = new Queue(part("queue"), store, {
  take: (id) => actions.take(id),
  refuse: (id) => actions.refuse(id),
  fly: map.fly,
});
const raises = () => actions.form.open && ["raise", "from_paper"].includes(actions.form.name);
const still = showChosen(store, part("map"), (id) => askMap("choose", { incident: id }), raises);
tellDrills(part("alert"), store);
const find = new Find(store, panel, {
  ask: (asked) => store.send({ do: "find", ...asked }),
  go: (chosen) => store.send({ do: "go_to", ...chosen }),
  acts: (found) => [
    ...(store.rows.has(found.id) ? [{ name: "show", closes: true, run: () => pick(found.id) }] : []),
    // The timeline of what is past is the supervisor's page's: in a window of its own, so that this one stays where it
    // is.
    ...(store.leads("supervisor")
      ? [{ name: "timeline", run: () => void open(`${base}supervisor#incident=${found.id}`, "_blank", "noopener") }]
      : []),
    ...(store.may("export evidence") ? [{ name: "evidence", href: `${base}evidence/${found.id}.pdf` }] : []),
  ],
});
store.answers("hits", (hits) => find.take(hits));
store.answers("destinations", (places) => find.offer(places));
store.answers("went", (went) => find.went(went));
const keysAt = element("span");
const { sounds, access } = stand(begun, {
  panel,
  ways: dress ? [keysAt] : [finder(store, () => find.show()), keysAt],
  elsewhere: dress ? [] : [ways(store, "operator", base)],
  raise: () => actions.raise(),
});
if (dress) {
  new Dress(part("dress"), store);
  store.on("language", () => (part("map").dataset.mark = store.t(`dress.${dress}`)));
}
// A replay that is closed has a page that says so; a room that is closed answers nothing, and is CONNECTION LOST.
if (dress === "replay")
  store.answers("over", async () => {
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) loadAnew(store);
  });
if (dress === "exercise") new Exercise(part("dress"), store, { alert: part("alert"), panel, page }, base);
const why = new Asking(store, ({ what, on }) => what === "search" || on === store.selected);
panel.prepend(why.root);
const people = new People(store, actions, desk, { bar: part("console"), panel }, dress ? "" : base);
const parts = { queue, actions, desk, map, sounds, access, place, people, why, find: dress ? null : find };
new Keys(store, parts, { put: (list) => part("map").after(list), opener: keysAt });

/** @param {string} id */
function pick(id) {
  store.select(id);
  queue.show(id);
}
store.answers("picked", pick);
let stands = false;
store.on("desk", () => {
  if (stands || !store.welcomed) return;
  stands = true;
  restoreScroll();
});
// Its alarm may come later than the draft of a form about it.
let left = false;
store.on("drafts", () => (left = true));
store.on("rows drafts", () => {
  if (!left || !store.welcomed || store.owed) return;
  left = false;
  actions.again();
});

join(begun, () => ({ selected: store.selected ?? "" }));
