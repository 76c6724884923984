// The supervisor page: makes its parts, ties them to the store, and lets the store hear the server.
import { stand } from "../components/topbar/console.js";
import { begin, join, part, way } from "../shell/join.js";
import { element } from "../shell/format.js";
import { Floor } from "./floor.js";
import { Middle } from "./middle.js";

const begun = begin({ said: "foot" });
const { base, store, desk } = begun;
const tools = element("div", "tools");
const { access } = stand(begun, {
  panel: part("panel"),
  ways: [tools, way(store, "operator", base)],
  theme: (chosen) => (document.documentElement.dataset.theme = chosen),
});
const middle = new Middle(
  store,
  desk,
  { filters: part("filters"), review: part("review"), opened: part("opened"), tools, note: part("note") },
  base,
);
new Floor(part("floor"), store, desk, middle, `${base}operator`);
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
join(begun);
