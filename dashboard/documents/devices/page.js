// The page of the devices: it is made anew every few seconds and its rows are put in the place of those that stand;
// sorted by a column; and the form that announces a test.
import { find } from "../../shell/build.js";
import { clock, fill, write } from "../../shell/format.js";
import { Announce } from "../../components/devices/announce.js";
import { clean, mark, recall, retain } from "../../shell/kept.js";

const EVERY_MS = 5000;
const CHOOSE_MS = 2000; // then the bench opens without it
const LATE_MS = 15_000; // without an answer it says that it is not live
const SORTED = "vigie.sorted";

const words = JSON.parse(find(document, "#words").textContent);
const { devices, tests, max } = JSON.parse(find(document, "#facts").textContent);
const place = document.querySelector("#announce");
let answered = Date.now();

const t = (/** @type {string} */ key, /** @type {object} */ facts = {}) => fill(words, key, { ...facts });

/** @param {typeof tests} standing */
function announce(standing) {
  if (!place) return;
  place.replaceChildren();
  new Announce(/** @type {HTMLElement} */ (place), {
    t,
    address: "devices",
    devices,
    tests: standing,
    max,
    changed: look,
  });
}

const [way, column = ""] = recall(SORTED).split(" ");
let sorted = { by: column, down: way === "down" };

/** Rows in the order of a column; as they came where none was chosen. @param {HTMLElement[]} rows */
function inOrder(rows) {
  const { by, down } = sorted;
  if (!by) return rows;
  const keys = new Map(rows.map((row) => [row, JSON.parse(row.dataset.sorts ?? "{}")[by] ?? ""]));
  const [first, second] = down ? [1, -1] : [-1, 1];
  return rows.sort((a, b) => (keys.get(a) === keys.get(b) ? 0 : keys.get(a) < keys.get(b) ? first : second));
}

/** @param {Document} from the rows of this page, or of one that was made anew */
function put(from) {
  const rows = find(document, "#rows");
  const focused = document.activeElement?.closest("tr")?.dataset.device;
  const fresh = /** @type {HTMLElement[]} */ ([...find(from, "#rows").children]);
  if (from !== document) names(fresh);
  const listed = fresh.every((row) => row.dataset.device) ? inOrder(fresh) : fresh;
  rows.replaceChildren(...listed.map((row) => document.adoptNode(row)));
  if (focused)
    find(rows, `[data-device="${CSS.escape(focused)}"]`)
      ?.querySelector("a")
      ?.focus();
  for (const head of document.querySelectorAll("thead th[aria-sort]")) {
    const own = head.querySelector("button")?.dataset.by === sorted.by;
    head.setAttribute("aria-sort", own ? (sorted.down ? "descending" : "ascending") : "none");
  }
}

/** Names were asked for once, and recorded: a row keeps the one it has. @param {HTMLElement[]} fresh */
function names(fresh) {
  if (!document.querySelector("#rows .victim")) return;
  /** @type {Map<string | undefined, string>} */
  const known = new Map();
  for (const row of document.querySelectorAll("#rows tr"))
    known.set(/** @type {HTMLElement} */ (row).dataset.case, row.querySelector(".victim")?.textContent ?? "");
  for (const row of fresh) {
    const cell = document.createElement("td");
    cell.className = "victim";
    write(cell, (row.dataset.case && known.get(row.dataset.case)) || "\u2013");
    row.children[1]?.after(cell);
  }
}

/** Ask for the page as it is now. What does not answer, or answers with another page (nobody is signed in), is said. */
async function look() {
  try {
    const asked = await fetch("devices", { signal: AbortSignal.timeout(LATE_MS) });
    const made = new DOMParser().parseFromString(asked.ok ? await asked.text() : "", "text/html");
    if (!made.querySelector("#rows")) return;
    answered = Date.now();
    put(made);
    for (const id of ["#made", "#counts"]) write(find(document, id), find(made, id).textContent ?? "");
    find(document, "#counts").replaceChildren(...find(made, "#counts").childNodes);
    const standing = JSON.parse(find(made, "#facts").textContent ?? "{}").tests;
    if (JSON.stringify(standing) !== JSON.stringify(told)) announce((told = standing));
  } catch {
    // It is asked again; how long there was no answer is said.
  }
}

clean();
let told = tests;
announce(tests);
put(document);
for (const head of document.querySelectorAll("thead button"))
  head.addEventListener("click", () => {
    const { by = "" } = /** @type {HTMLElement} */ (head).dataset;
    sorted = { by, down: sorted.by === by && !sorted.down };
    retain(SORTED, `${sorted.down ? "down" : "up"} ${by}`);
    put(document);
  });
find(document, "#rows").addEventListener("click", async (event) => {
  const link = event.target instanceof Element && event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // in another tab the bench begins anew
  // A device's name stands in no address, and in nothing that the browser keeps: the bench finds it as its reader's own
  // draft.
  event.preventDefault();
  await fetch("devices", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    signal: AbortSignal.timeout(CHOOSE_MS),
    body: JSON.stringify({ do: "choose", device: link.textContent, tab: mark("vigie.tab") }),
  }).catch(() => {});
  location.assign(link.href);
});
setInterval(() => document.visibilityState === "visible" && look(), EVERY_MS);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
setInterval(() => {
  const stale = find(document, "#stale");
  stale.hidden = Date.now() - answered < LATE_MS;
  write(stale, stale.hidden ? "" : t("devices.not_live", { time: clock(answered) }));
}, 1000);
