// The offer of the selected alarm: to whom and with what words; here it is accepted, declined or withdrawn.
import { clock } from "../../shell/format.js";
import { h } from "../../shell/kit.js";

/** @param {{store: import("../../shell/store.js").Store, row: import("../../shell/wire.js").Row | null,
 *  buttons: unknown[]}} props `row`: the selected alarm */
export function Offer({ store, row, buttons }) {
  if (!row?.offered_to) return null;
  const live = store.detailOf(row)?.live;
  const toMe = store.offered(row) === "me";
  const time = live?.offered_at ? clock(live.offered_at) : "";
  const by = { who: row.offered_by || row.owner || "" };
  const receiver = store.together.people.find((person) => person.name === row.offered_to);
  const gone = !toMe && store.mine(row) && (!receiver || receiver.screen === "gone");
  return h(
    "section",
    { class: `offer${toMe ? " to-me" : ""}` },
    h("strong", {}, toMe ? store.t("offered_by", by) : store.t("offered_to", { who: row.offered_to, time })),
    live?.offered_note && h("p", {}, live.offered_note),
    gone && h("p", { class: "bad" }, store.t("offered_gone", { who: row.offered_to })),
    h("div", { class: "buttons" }, /** @type {any} */ (buttons)),
  );
}
