// Where the map looks and what it shows, how far the queue is scrolled: kept over a reload of the page and a new line
// to the server.

import { recall, retain } from "../shell/kept.js";

const KEY = "view"; // where a map looks tells where somebody is: no browser keeps it
const TOP = "vigie.top";
const [HOLDS, HOLD_MS] = [20, 50];
/** @type {import("../shell/store.js").Store} */
let its;
/** @type {Foreign} the map's model, as it was drawn last */
let map = null;
let begun = false; // until its rows stand a page knows less of where it was than what is kept

const place = () => document.getElementById("map"); // none once nobody is before the page
const scroller = () => document.querySelector("#queue .scroller");
const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#queue .scroller [data-incident]")]);
/** How far a row is below the upper edge of the queue, px. @param {HTMLElement} row */
const below = (row) => row.getBoundingClientRect().top - (scroller()?.getBoundingClientRect().top ?? 0);

/** Take up each map that is drawn as the one before was left, and tell it the time.
 * @param {import("../shell/store.js").Store} store */
export function holdView(store) {
  its = store;
  store.on("drafts", () => map && restore());
  store.on("second", () => keepView());
  store.on("second", () => document.dispatchEvent(new CustomEvent("vigie:second", { detail: store.now() })));
  document.addEventListener("vigie:map", ({ detail }) => {
    map = detail;
    restore();
  });
  addEventListener("beforeunload", keepView, { capture: true }); // before the drafts send what they have not sent yet
  addEventListener("pagehide", keepView, { capture: true });
}

export function keepView() {
  const scrolled = scroller();
  const first = scrolled?.scrollTop && rows().find((row) => below(row) + row.offsetHeight > 0);
  const top = first ? `${first.dataset.incident} ${Math.round(below(first))} ${Math.round(scrolled.scrollTop)}` : "";
  if (scrolled && begun) retain(TOP, top);
  const width = place()?.clientWidth;
  if (!map || !width) return;
  const { x_range: x, y_range: y } = map.plot;
  const at = [(x.start + x.end) / 2, (y.start + y.end) / 2, (x.end - x.start) / width];
  const { follow, layers } = map.state;
  retain("vigie.follow", follow ? "yes" : "no");
  if (its.drafts.known) its.drafts.set(KEY, { at, follow, layers });
}

/** Whether the map follows what stands chosen, as it was left. */
export function follows() {
  return recall("vigie.follow") !== "no";
}

function restore() {
  const { at, follow, layers = {} } = its.drafts.get(KEY) ?? {};
  const there = place();
  if (!at || !there) return;
  // Where and how large, not from where to where: a banner may have come or gone, and the map with it grown or shrunk.
  const [x, y, size] = at;
  const { clientWidth: width, clientHeight: height } = there;
  map.plot.x_range.setv({ start: x - (size * width) / 2, end: x + (size * width) / 2 });
  map.plot.y_range.setv({ start: y - (size * height) / 2, end: y + (size * height) / 2 });
  for (const [name, value] of Object.entries(layers)) map.wish("layer", { name, value });
  if (follow !== map.state.follow) map.wish("follow", { on: follow });
}

/** Once, when the rows of a new page stand: those above may say more, or less, than before. */
export function restoreScroll() {
  begun = true;
  const [id, at, top] = recall(TOP).split(" ");
  const list = scroller();
  if (!top || !list) return;
  list.scrollTo({ top: Number(top) });
  // Of many rows those in sight alone are drawn, and how high each is shows then: the place is held for a second from
  // when all of them are here, unless a hand moves it.
  let [left, hand] = [HOLDS, false];
  for (const by of ["wheel", "pointerdown", "keydown"])
    addEventListener(by, () => (hand = true), { once: true, capture: true });
  const hold = () => {
    if (hand) return;
    const row = rows().find((one) => one.dataset.incident === id);
    if (row) list.scrollBy({ top: below(row) - Number(at) });
    left = its.owed ? HOLDS : left - 1;
    if (left >= 0) setTimeout(hold, HOLD_MS);
  };
  hold();
}
