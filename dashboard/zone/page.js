// The page of a zone's desk: its orders, loud until they are answered, and its answers. It reuses the operator page's
// line and watchdog.
import { lockedPanel } from "../access/locked.js";
import { Cap } from "../components/actions/cap.js";
import { KeySheet } from "../components/shortcuts/key_sheet.js";
import { TABLES } from "../components/shortcuts/tables.js";
import { Sound } from "../components/alert/sound.js";
import { unheard } from "../components/alert/unheard.js";
import { begin, join, part } from "../shell/join.js";
import { clock, clockAndDay, element, joined, write } from "../shell/format.js";
import { h, render } from "../shell/kit.js";
import { alone, doButton } from "../shell/views.js";
import { Card, PlainCard, callsOf } from "./card.js";

/** @typedef {{id: string, case: string, at: number, last: number, n: number, state: string, new: boolean}} Notice
 * @typedef {{case: string, needs: string[], until: string}} Wait
 * @typedef {{zone: string, waiting: number, orders: import("./card.js").Order[], notices?: Notice[],
 * all_told?: boolean, waits?: Wait[], credit?: string}} Message */

const begun = begin({ said: "foot" }, TABLES.zone);
const { base, store, desk } = begun;
const sound = new Sound();
/** @type {Map<string, Card>} */
const cards = new Map();
/** @type {Message} */
let told = { zone: "", waiting: 0, orders: [] };
/** @type {Set<string>} what called already */
let called = new Set();
let at = ""; // the order that was gone to last
const why = element("p");
const locked = lockedPanel(store, base, why);
const list = element("div", "list");
const unseen = element("span");
part("orders").append(locked, list);
part("foot").prepend(unseen);
store.keys.listen({
  copy_place: () => chosen()?.spelling?.do("copy"),
  spell_place: () => chosen()?.spelling?.do("spell"),
  next_order: onward,
  presses_seen: pressesSeen,
});
new KeySheet(store, desk, { put: (list) => part("orders").prepend(list), opener: part("foot") }, "here").listen();

part("alert").prepend(unheard(store, sound));
sound.on(heard);
store.on("live language", ring);
store.on("language keys", draw);
store.on("second", () => {
  sound.look();
  draw();
});
heard();

function draw() {
  const { zone, orders, waiting, notices = [], waits = [], credit } = told;
  write(part("clock"), clock(store.now()));
  write(part("zone"), zone ? store.t("zone.title", { zone: store.zone(zone) }) : store.t("zone.locked_title"));
  locked.hidden = zone !== "";
  write(why, store.t("zone.locked", { n: waiting }));
  const drawn = { now: Math.floor(store.now() / 1000), language: store.language };
  const view = /** @type {any} */ (Card);
  const shown = orders.map((order) =>
    alone(view, { store, desk, order, cards, credit, ...drawn }, { of: order, plain: PlainCard, key: order.order }),
  );
  const none = zone && !orders.length && h("p", { class: "none" }, store.t("zone.none"));
  render([none, shown, notices.length > 0 && h(Notices, {}), waits.length > 0 && h(Waits, { waits })], list);
  const [fresh, calls] = [notices.filter((notice) => notice.new).length, calling().length];
  render(fresh > 0 && doButton(toSeen, { class: "unseen" }, store.t("zone.unseen", { n: fresh }), cap()), unseen);
  render(
    calls > 0 && doButton(onward, { class: "next" }, store.t("zone.unanswered", { n: calls })),
    part("unanswered"),
  );
}

const cap = () => h(Cap, { store, name: "presses_seen" });

/** That cases of this zone were pressed: it is told until somebody here says that they saw it, which waits until all
 * are here. */
function Notices() {
  const lines = (told.notices ?? []).map((notice) => {
    const [at, last] = [notice.at, notice.last].map((ms) => clockAndDay(ms, store.now(), store.language));
    const again = notice.n > 1 && store.t("zone.again", { n: notice.n, time: last });
    return h(
      "li",
      { key: notice.id },
      notice.new && h("em", {}, store.t("zone.new")),
      h("strong", {}, store.t("zone.pressed", { case: notice.case, time: at })),
      h("span", {}, joined([again, store.t(`state.${notice.state}`)])),
    );
  });
  return h(
    "section",
    { class: "notices", "aria-labelledby": "notices-title" },
    h("h2", { id: "notices-title" }, store.t("zone.notices")),
    newest() > 0 && doButton(pressesSeen, { class: "seen" }, store.t("zone.seen"), cap()),
    h("ul", {}, lines),
  );
}

/** What the cases of this zone wait for, a review due or missed for one. @param {{waits: Wait[]}} props */
function Waits({ waits }) {
  const lines = waits.map(({ case: number, needs, until }) =>
    h(
      "li",
      { key: number },
      h("strong", {}, store.t("zone.waits_for", { case: number, until })),
      h("span", { class: "needs" }, joined(needs)),
    ),
  );
  const title = h("h2", { id: "waits-title" }, store.t("zone.waits"));
  return h("section", { class: "notices", "aria-labelledby": "waits-title" }, title, h("ul", {}, lines));
}

/** Until when what is told may be said to have been seen; 0 while nothing new is told, or not all. */
function newest() {
  const fresh = (told.notices ?? []).filter((notice) => notice.new);
  return told.all_told ? Math.max(0, ...fresh.map((notice) => notice.last)) : 0;
}

function pressesSeen() {
  if (newest()) store.send({ do: "presses_seen", until: newest() });
}

function toSeen() {
  /** @type {HTMLElement | null} */ (list.querySelector(".seen"))?.focus();
}

/** The orders here that wait for an answer, as they stand. */
function calling() {
  return told.orders.filter(callsOf);
}

/** What is new comes into sight, unless somebody writes. */
function call() {
  const fresh = calling().filter((order) => !called.has(callsOf(order)));
  called = new Set(calling().map(callsOf));
  const newest = fresh.sort((a, b) => b.changed - a.changed)[0];
  const writing = document.activeElement instanceof HTMLInputElement;
  if (newest && !writing) cards.get(newest.order)?.parts.root.scrollIntoView({ block: "nearest" });
}

/** To the next order that waits: the hand is at its answers with one more step. */
function onward() {
  const all = calling().map(({ order }) => order);
  if (!all.length) return;
  at = all[(all.indexOf(at) + 1) % all.length];
  const root = cards.get(at)?.parts.root;
  root?.focus({ preventScroll: true });
  root?.scrollIntoView({ block: "start" });
}

/** The order that a key is about: where the hand is, else the last that was gone to, else the first that still
 * stands. */
function chosen() {
  const live = told.orders.filter((order) => !order.over && !order.reserved).map(({ order }) => order);
  const hand = live.find((order) => cards.get(order)?.parts.root?.contains(document.activeElement));
  return cards.get(hand ?? live.find((order) => order === at) ?? live[0]);
}

function ring() {
  const lost = document.body.classList.contains("lost");
  const { waiting } = told;
  sound.play(lost ? "lost" : waiting ? "press" : "", 1);
  document.title = lost ? store.t("title_lost") : waiting ? `(${waiting}) ▲ Vigie` : "Vigie";
}

function heard() {
  write(part("armed"), sound.armed ? store.t("sound_armed") : "");
}

store.on("message", (/** @type {any} */ message) => {
  if (!message.orders) return;
  told = message;
  draw();
  call();
  ring();
});
join(begun);
