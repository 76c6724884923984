// How every page begins: its parts, what it knows, its line to the desk; and how it joins its server: it says who it is
// and is sent all there is.
import { DeskLine } from "./desk.js";
import { redraw } from "./build.js";
import { attributes, element, write } from "./format.js";
import { clean, mark, recall, retain } from "./kept.js";
import { languageChooser } from "./languages.js";
import { viewGlyphsOnce } from "./lean.js";
import { Line } from "./line.js";
import { Store } from "./store.js";
import { Watchdog } from "./watchdog.js";

const PAPERS = new Set(["devices", "drills"]); // these are opened from where they are about
const KEYS = "vigie.keys";
const TOUCH_MS = 30_000; // input keeps a sign-in alive; the server is told at most so often

/** The part of the page with this id. @param {string} id */
export function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no ${id}`);
  return found;
}

/** The title of the window, in the language of now. @param {Store} store @param {() => string} made */
export function titled(store, made) {
  const say = () => (document.title = made());
  store.on("language", say);
  say();
}

/** The ways to the pages where one works that whoever is signed in may open beside this one. @param {Store} store
 *  @param {string} here this page @param {string} base */
export function ways(store, here, base) {
  const links = element("span", "ways");
  store.on("access", () => {
    if (store.locked) return;
    const pages = (store.access?.ways ?? []).filter((page) => page !== here && !PAPERS.has(page));
    redraw(links, pages, () =>
      pages.map((page) => element("a", { class: "pill way", href: base + page }, store.t(`to_${page}`))),
    );
  });
  return links;
}

/** Tell the server of whatever is pressed or clicked by who is signed in. @param {Store} store */
function touching(store) {
  let touched = 0;
  const touch = () => {
    const { access } = store;
    if (access && access.state !== "signed") return;
    if (performance.now() - touched < Math.min(TOUCH_MS, access?.idle_warn?.[1] ?? TOUCH_MS)) return;
    touched = performance.now();
    store.send({ do: "touch" });
  };
  for (const type of ["pointerdown", "keydown", "wheel"]) document.addEventListener(type, touch, { passive: true });
}

/** Let a page's keys stand as the person before it has them: with their account, or in this browser where none keeps
 * them. @param {Store} store @param {import("./shortcuts.js").Row[]} rows */
function keep(store, rows) {
  const { keys } = store;
  keys.rows = rows;
  const look = () => {
    const theirs = store.access?.preferences;
    // On a locked page the keys of who was here stand until somebody else is.
    if (theirs) keys.take(theirs);
    else if (!store.locked) keys.take(ofBrowser());
    keys.show();
    store.emit("keys");
  };
  keys.keep = (changed) => {
    if (store.access?.preferences) {
      keys.sent = true;
      return store.send({ do: "prefer", ...changed });
    }
    retain(KEYS, JSON.stringify(changed));
    look();
  };
  look();
  store.on("access", look);
  addEventListener("storage", ({ key }) => key === KEYS && look());
}

/** What was chosen in this browser; what is damaged counts as nothing.
 * @returns {import("./shortcuts.js").Preferences} */
function ofBrowser() {
  try {
    const { single_keys, keys } = JSON.parse(recall(KEYS) || "{}");
    const own = Object.entries(keys ?? {}).filter(([, key]) => typeof key === "string" && !/\s/.test(key));
    return { single_keys: ["alt", "off"].includes(single_keys) ? single_keys : "on", keys: Object.fromEntries(own) };
  } catch {
    return {};
  }
}

/** What every page has.
 * @param {{said: string, lasts?: number, note?: string, leave?: () => void}} places `said`: the part where is said what
 * became of a wish, for so many ms; `note`: that where is said that the server was lost; `leave` keeps what a new page
 * needs @param {import("./shortcuts.js").Row[]} rows the page's keys */
export function begin({ said, lasts, note = said, leave = () => {} }, rows) {
  viewGlyphsOnce();
  clean();
  const page = part("vigie");
  const { theme, base = "/" } = page.dataset;
  document.documentElement.dataset.theme = theme ?? "";
  const store = new Store(JSON.parse(part("words").textContent ?? ""));
  keep(store, rows);
  for (const said of page.querySelectorAll("[data-word]")) write(said, store.t(said.getAttribute("data-word") ?? ""));
  for (const called of page.querySelectorAll("[data-label]"))
    attributes(called, { "aria-label": store.t(called.getAttribute("data-label") ?? "") });
  document.getElementById("language")?.append(languageChooser(store, retain));
  const words = element("span", "", { id: "said", role: "status" });
  part(said).append(words);
  const desk = new DeskLine(store, words, lasts);
  const watchdog = new Watchdog(store, new Line(), { banner: part("alert"), note: part(note) }, base, leave);
  document.documentElement.lang = store.language;
  touching(store);
  setInterval(() => store.emit("second"), 1000);
  return { page, base, store, desk, watchdog };
}

/** Let the page hear its server from now on, when all its parts stand.
 * @param {{page: HTMLElement, store: Store, watchdog: Watchdog}} begun
 * @param {() => Record<string, unknown>} [more] what the page adds to its hello
 * @param {() => void} [also] what it says after it */
export function join({ page, store, watchdog }, more = () => ({}), also = () => {}) {
  const hello = () => {
    store.send({ do: "reads", language: store.language, tab: store.drafts.tab });
    const cics = recall("vigie_cics").split(",").filter(Boolean);
    store.send({ do: "hello", desk: recall("vigie_desk"), cics, browser: mark("vigie.browser"), ...more() });
    also();
  };
  const line = (window.vigieLine ??= { received: [] });
  line.take = (text) => {
    store.take(text);
    watchdog.look();
  };
  line.opened = hello;
  store.on("here", () => page.querySelector(".loading")?.remove());
  for (const text of line.received.splice(0)) line.take(text);
  if (line.send) hello();
}

/** The incident that the address names after its #, once the page lives and `open` could open it.
 * @param {import("./store.js").Store} store @param {(id: string) => boolean} open */
export function wanted(store, open) {
  let id = new URLSearchParams(location.hash.slice(1)).get("incident") ?? "";
  store.on("live access", () => {
    if (!id || !store.live || !store.access || store.locked || !open(id)) return;
    id = "";
    history.replaceState(null, "", location.pathname + location.search);
  });
}
