// The supervisor page: makes its parts, ties them to the store, and lets the store hear the server.
import { stand } from "../components/topbar/console.js";
import { Find, finder } from "../components/find/find.js";
import { KeySheet } from "../components/shortcuts/key_sheet.js";
import { TABLES } from "../components/shortcuts/tables.js";
import { begin, join, part, wanted, ways } from "../shell/join.js";
import { element, write } from "../shell/format.js";
import { beside } from "./review/exports.js";
import { Floor } from "./floor.js";
import { Middle } from "./middle.js";

const begun = begin({ said: "foot" }, TABLES.supervisor);
const { base, store, desk } = begun;
const tools = element("div", "tools");
const find = new Find(store, part("panel"), {
  ask: (asked) => store.send({ do: "find", ...asked }),
  go: (chosen) => store.send({ do: "go_to", ...chosen }),
  acts: (found) => [
    { name: "timeline", run: () => middle.open(found.id) },
    ...(store.may("export evidence") ? [{ name: "evidence", href: `${base}evidence/${found.id}.pdf` }] : []),
  ],
});
store.answers("credit", (credit) => write(part("credit"), credit));
store.answers("hits", (hits) => find.take(hits));
store.answers("destinations", (places) => find.offer(places));
// This page has no map: the map windows of this browser go there, and one is opened where there is none.
store.answers("went", (went) => {
  find.went(went, "find.went_window");
  if (went.ok && !went.windows) open(`${base}map`, "_blank", "popup,noopener");
});
const { access } = stand(begun, {
  panel: part("panel"),
  ways: [tools, finder(store, () => find.show())],
  elsewhere: [ways(store, "supervisor", base)],
});
const middle = new Middle(
  store,
  desk,
  { filters: part("filters"), review: part("review"), opened: part("opened"), tools, note: part("note") },
  base,
);
const sheet = beside(store.t("sheet"), `${base}sheet`);
sheet.append(store.keys.cap("sheet"));
store.on("access", () => (sheet.hidden = store.locked));
part("foot").append(sheet);
const keys = new KeySheet(store, desk, { put: (list) => part("panel").prepend(list), opener: part("foot") }).listen();
store.keys.listen({
  find: () => {
    keys.show(false);
    middle.close();
    find.show();
  },
  sheet: () => sheet.hidden || sheet.click(),
  stay: () => access.stay(),
});
store.on("opened", (/** @type {boolean} */ open) => {
  if (open) find.aside();
  else find.again();
  part("middle").scrollIntoView({ block: "nearest" }); // on a zoomed page it may stand under the floor
});
// An incident that was found on the operator page is opened here.
wanted(store, (id) => middle.opens && (middle.open(id), true));
new Floor(part("floor"), store, desk, middle, `${base}operator`);

// Nothing is selected here: what stands chosen on the operator page of this tab stays so.
join(begun);
