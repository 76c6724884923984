// The watch over the selected alarm, above its actions: what comes next and when, and the answers people may give it.
import { joined } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { alarms, counting, done, unconfirmed, upcoming } from "./words.js";

/** @typedef {import("../../shell/wire.js").Row} Row @typedef {import("../../shell/store.js").Store} Store */

/** Why it alarms again, where the panel's order does not say it (`fares`). @param {Store} store @param {Row} row */
export function called(store, row) {
  const orders = unconfirmed(store, row);
  const said = orders.some(([, , mark]) => mark === row.realarm) ? "" : alarms(store, row, orders);
  const left = orders.filter(([, , mark]) => mark === "undelivered_cancel"); // of a zone that has the order no more
  return [...(said ? [["bad", said]] : []), ...left];
}

/** Whether a button of the strip is shown. @param {Store} store @param {string} name @param {Row | null} row */
export function watchShows(store, name, row) {
  const { told } = store;
  if (!row || !told) return false;
  if (name === "confirm_escalation") return told.why[name] === "";
  if (name === "join") return told.why.help === "" && !row.gone;
  if (told.why[name] !== "") return false;
  return row.next === "release" || row.next === "copy" || !!(row.copied || row.gone || row.realarm);
}

/** @param {{store: Store, row: Row | null, buttons: unknown[]}} props */
export function Watch({ store, row, buttons }) {
  const next = row ? upcoming(store, row) : null;
  const did = row && row.state !== "closed" ? [...called(store, row), ...done(store, row)] : [];
  if (!row || (!next && !did.length && !watchShows(store, "join", row))) return null;
  const bad = did.some(([kind]) => kind === "bad");
  return h(
    "section",
    { class: `watch${counting(store, row) ? " counting" : ""}`, "aria-label": store.t("watch") },
    h(
      "div",
      { class: "told" },
      next && h("strong", { class: next[0] }, next[1]),
      did.length > 0 && h("p", { class: bad ? "bad" : "" }, joined(did.map(([, words]) => words))),
    ),
    buttons.length > 0 && h("div", { class: "buttons" }, /** @type {any} */ (buttons)),
  );
}
