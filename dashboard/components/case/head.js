// The head of the case panel: what stands chosen, where it is, how far it is, and what its row says in a word or not at
// all.
import { clock, duration, joined, phrase, ticking } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { Shape, shapeOf } from "../../shell/shapes.js";
import { announcedTest } from "../devices/words.js";
import { nextZone, refusal, seats } from "../escalation/words.js";
import { Address } from "./address.js";
import { classOf } from "./class.js";
import { notesOf } from "./notes.js";

/** @typedef {import("./case.js").Store} Store @typedef {import("./case.js").Row} Row
 *  @typedef {import("./case.js").DeviceRow} DeviceRow @typedef {import("./case.js").Detail} Detail
 *  @typedef {import("./case.js").Shown & {spells: HTMLElement}} Props */

/** @param {Props} props */
export function Head({ store, row, device, detail, spells }) {
  const now = store.now();
  const since = row && row.state !== "closed" ? ticking(now - row.received) : clock(row?.closed);
  const age = device ? duration(store.words, now - device.since) : since;
  const state = row ? stateOf(store, row) : device && conditionOf(store, device);
  const test = row && announcedTest(store, row);
  return [
    h(Title, { kind: row ? "press" : "technical", shown: row ?? device, age, spells }),
    row && detail && h(Address, { key: row.id, store, row, live: detail.live }),
    h("p", { class: "state" }, state),
    !!row?.declined && h("p", { class: bad("declined", row, "declined") }, declined(store, row, detail)),
    !!row?.next_zone && h("p", { class: bad("crossed", row, "zone") }, nextZone(store, row)),
    row && h("p", { class: "notes" }, notes(store, row, now)),
    test ? h("p", { class: "test" }, test) : null,
  ];
}

/** What stands in its place where it could not be drawn. @param {Props} props */
export function PlainHead({ store, row, device, spells }) {
  const shown = row ?? device;
  const age = ticking(store.now() - (row?.received ?? device?.since ?? 0));
  return [
    h(Title, { kind: row ? "press" : "technical", shown, age, spells }),
    h("p", { class: "state" }, store.t(`state.${shown?.state}`)),
  ];
}

/** @param {{kind: string, shown: Row | DeviceRow | null, age: string, spells: HTMLElement}} props */
function Title({ kind, shown, age, spells }) {
  return h(
    "div",
    { class: "title" },
    h("span", { class: "glyph" }, h(Shape, { name: shapeOf(shown?.state ?? "", kind), size: 26 })),
    h("h2", null, shown?.label),
    h("span", {
      class: "spelt",
      ref: (/** @type {Element | null} */ at) => at?.contains(spells) || at?.append(spells),
    }),
    h("span", { class: "age" }, age),
  );
}

/** @param {string} kind @param {Row} row @param {string} why what makes it bad that it alarms again */
function bad(kind, row, why) {
  return row.realarm === why ? `${kind} bad` : kind;
}

/** @param {Store} store @param {Row} row @param {number} now */
function notes(store, row, now) {
  return notesOf(store, row, now).map(([kind, words]) => h("span", { class: `part ${kind}` }, words));
}

/** How far an incident is, and whose it is. @param {Store} store @param {Row} row */
function stateOf(store, row) {
  const on = seats(store, row);
  return joined([
    store.t(`state.${row.state}`),
    (row.presses ?? 1) > 1 && store.t("presses", { n: row.presses }),
    classOf(store, row),
    row.outcome && store.t(`outcome.${row.outcome}`),
    store.mine(row) ? phrase`${store.t("mine")} (${on})` : row.state !== "raised" && (on || store.t("nobody")),
    store.t(row.origin === "hand" ? "by_hand" : `press.${row.press}`),
  ]);
}

/** What is wrong with a device, and who has noted it. @param {Store} store @param {DeviceRow} device */
function conditionOf(store, device) {
  const { owner, shelved, shelved_why: why, flaps } = device;
  return joined([
    store.t(`condition.${device.condition}`),
    ...(shelved
      ? [store.t("shelved", { who: owner, time: clock(shelved).slice(0, 5) }), store.t("shelved_why", { why })]
      : []),
    store.t(`state.${device.state}`),
    flaps && store.t("flapping", { n: flaps }),
    !shelved && owner && store.t("noted_by", { owner }),
  ]);
}

/** That a zone refused, and why, until another is asked. @param {Store} store @param {Row} row
 * @param {Detail | null} detail */
function declined(store, row, detail) {
  return joined([refusal(store, row), clock(detail?.live.declined_at).slice(0, 5)]);
}
