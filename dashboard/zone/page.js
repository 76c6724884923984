// The page of a zone's desk: its orders, loud until they are answered, and its answers. It reuses the operator page's
// line and watchdog.
import { lockedPanel } from "../access/locked.js";
import { KeySheet } from "../components/shortcuts/key_sheet.js";
import { TABLES } from "../components/shortcuts/tables.js";
import { Sound } from "../components/alert/sound.js";
import { unheard } from "../components/alert/unheard.js";
import { arrange, button, kept, redraw } from "../shell/build.js";
import { begin, join, part } from "../shell/join.js";
import { clock, clockAndDay, element, joined, write } from "../shell/format.js";
import { Card } from "./card.js";

const begun = begin({ said: "foot" }, TABLES.zone);
const { base, store, desk } = begun;
const sound = new Sound();
/** @type {Map<string, Card>} */
const cards = new Map();
const none = element("p", "none");
const why = element("p");
const locked = lockedPanel(store, base, why);
const notices = element("section", { class: "notices", "aria-labelledby": "notices-title" });
const noticed = element("ul");
const seen = button("seen", store.t("zone.seen"), pressesSeen, {}, store.keys.cap("presses_seen"));
notices.append(element("h2", { id: "notices-title" }, store.t("zone.notices")), seen, noticed);
part("orders").append(locked, none, notices);
const waits = element("section", { class: "notices", "aria-labelledby": "waits-title" });
const waited = element("ul");
waits.append(element("h2", { id: "waits-title" }, store.t("zone.waits")), waited);
part("orders").append(waits);
let waiting = 0;
const next = button("next", "", onward);
/** @type {Card[]} */
let stands = [];
/** @type {Set<string>} what called already */
let called = new Set();
/** @type {Card | undefined} */
let at;
const unseenCount = element("span");
const unseen = button("unseen", "", () => seen.focus(), {}, unseenCount, store.keys.cap("presses_seen"));
part("unanswered").append(next);
part("foot").prepend(unseen);
let newest = 0;
store.keys.listen({
  copy_place: () => chosen()?.spelling.do("copy"),
  spell_place: () => chosen()?.spelling.do("spell"),
  next_order: onward,
  presses_seen: pressesSeen,
});
new KeySheet(store, desk, { put: (list) => part("orders").prepend(list), opener: part("foot") }, "here").listen();

part("alert").prepend(unheard(store, sound));
sound.on(heard);
store.on("live language", () => ring());
store.on("second", tick);
heard();

/** @typedef {{id: string, case: string, at: number, last: number, n: number, state: string, new: boolean}} Notice
 * @typedef {{case: string, needs: string[], until: string}} Wait
 * @param {{zone: string, waiting: number, orders: import("./card.js").Order[], notices?: Notice[], all_told?: boolean,
 * waits?: Wait[], credit?: string}} message */
function show({ zone, orders, ...message }) {
  waiting = message.waiting;
  write(part("zone"), zone ? store.t("zone.title", { zone: store.zone(zone) }) : store.t("zone.locked_title"));
  locked.hidden = zone !== "";
  write(why, store.t("zone.locked", { n: waiting }));
  none.hidden = !zone || orders.length > 0;
  write(none, store.t("zone.none"));
  const ids = orders.map((order) => order.order);
  const shown = kept(
    cards,
    ids,
    () => new Card(store, desk),
    (card) => card.root,
  );
  for (const [n, order] of orders.entries()) shown[n].show(order, message.credit);
  stands = shown;
  const roots = shown.map((card) => card.root);
  arrange(part("orders"), roots, none.nextElementSibling);
  pressed(message.notices ?? [], Boolean(message.all_told));
  due(message.waits ?? []);
  count();
  ring();
}

/** That cases of this zone were pressed: it is told until somebody here says that they saw it, which waits until `all`
 * are here. @param {Notice[]} told @param {boolean} all */
function pressed(told, all) {
  const fresh = told.filter((notice) => notice.new);
  newest = all ? Math.max(0, ...fresh.map((notice) => notice.last)) : 0;
  notices.hidden = !told.length;
  unseen.hidden = !fresh.length;
  seen.hidden = !newest;
  write(unseenCount, store.t("zone.unseen", { n: fresh.length }));
  noticed.replaceChildren(
    ...told.map((notice) => {
      const now = store.now();
      const facts = { case: notice.case, time: clockAndDay(notice.at, now, store.language) };
      const again =
        notice.n > 1 && store.t("zone.again", { n: notice.n, time: clockAndDay(notice.last, now, store.language) });
      return element(
        "li",
        "",
        notice.new ? element("em", "", store.t("zone.new")) : "",
        element("strong", "", store.t("zone.pressed", facts)),
        element("span", "", joined([again, store.t(`state.${notice.state}`)])),
      );
    }),
  );
}

/** What the cases of this zone wait for, a review due or missed for one. @param {Wait[]} told */
function due(told) {
  waits.hidden = !told.length;
  redraw(waited, [told, store.language], () =>
    told.map(({ case: number, needs, until }) =>
      element(
        "li",
        "",
        element("strong", "", store.t("zone.waits_for", { case: number, until })),
        element("span", "needs", joined(needs)),
      ),
    ),
  );
}

function pressesSeen() {
  if (newest) store.send({ do: "presses_seen", until: newest });
}

/** The orders here that wait for an answer, as they stand. */
function calling() {
  return stands.filter((card) => card.calls);
}

/** How many wait stands in the header, whatever is scrolled; what is new comes into sight, unless somebody writes. */
function count() {
  const all = calling();
  next.hidden = !all.length;
  write(next, store.t("zone.unanswered", { n: all.length }));
  const fresh = all.filter((card) => !called.has(card.calls));
  called = new Set(all.map((card) => card.calls));
  const newest = fresh.sort((a, b) => (b.order?.changed ?? 0) - (a.order?.changed ?? 0))[0];
  if (newest && !writing()) newest.root.scrollIntoView({ block: "nearest" });
}

function writing() {
  return document.activeElement instanceof HTMLInputElement;
}

/** To the next order that waits: the hand is at its answers with one more step. */
function onward() {
  const all = calling();
  if (!all.length) return;
  at = all[(all.indexOf(/** @type {Card} */ (at)) + 1) % all.length];
  at.root.focus({ preventScroll: true });
  at.root.scrollIntoView({ block: "start" });
}

/** The order that a key is about: where the hand is, else the last that was gone to, else the first that still
 * stands. */
function chosen() {
  const live = stands.filter((card) => card.order && !card.order.over && !card.order.reserved);
  return live.find((card) => card.root.contains(document.activeElement)) ?? live.find((card) => card === at) ?? live[0];
}

function ring() {
  const lost = document.body.classList.contains("lost");
  sound.play(lost ? "lost" : waiting ? "press" : "", 1);
  document.title = lost ? store.t("title_lost") : waiting ? `(${waiting}) ▲ Vigie` : "Vigie";
}

function heard() {
  write(part("armed"), sound.armed ? store.t("sound_armed") : "");
}

function tick() {
  sound.look();
  write(part("clock"), clock(store.now()));
  for (const card of cards.values()) card.tick();
}

store.on("message", (/** @type {any} */ message) => message.orders && show(message));
join(begun);
