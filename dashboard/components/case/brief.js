// The selected alarm as a brief for the centre's CAD and for the radio: plain text, one line a fact, always in the same
// order.
import { clock, clockAndDay, coordinates, joined, metres } from "../../shell/format.js";
import { standDowns } from "../escalation/stand_down.js";
import { fares, refusal, unconfirmed } from "../escalation/words.js";
import { agedOf, doubtOf, placeDoubtsOf, zoneOf } from "./doubt.js";

const PLAIN = /[\s\u00a0]+/g; // what a CAD's field may break at, or not know

const ONLY_IF_ANY = new Set(["said", "cad"]); // a press says nothing, and not every centre has a CAD

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row
 *  @typedef {import("../../shell/wire.js").Detail} Detail */

/** The brief of an alarm; a fact that is not known is said to be unknown, never left out. @param {Store} store
 * @param {Row} row @param {Detail} detail */
export function brief(store, row, { live, case: file }) {
  const t = store.t.bind(store);
  const press = row.origin === "hand" ? t("by_hand") : t(`press.${row.press}`);
  const pinned = (/** @type {string[]} */ ...headings) =>
    (file.pinned ?? []).filter((fact) => headings.includes(fact.heading)).map((fact) => fact.text);
  const told = (/** @type {string} */ heading) =>
    (file.facts ?? []).filter((fact) => fact.heading === heading).map((fact) => fact.text);
  const weapons = pinned("weapon");
  /** @type {[kind: string, text: string | undefined][]} */
  const facts = [
    [
      "alarm",
      joined([
        store.training && t("brief.exercise"),
        row.label,
        press,
        clockAndDay(row.received, store.now(), store.language),
        (row.presses ?? 1) > 1 && t("presses", { n: row.presses }),
      ]),
    ],
    ["said", live.reason || (row.origin === "hand" ? t("brief.unknown") : "")],
    ["cad", row.cad],
    [
      "place",
      joined([
        row.zone_name && zoneOf(store, row),
        row.abroad
          ? ""
          : live.near ||
            (live.lat == null && live.near_full) ||
            (row.municipality !== row.zone_name && row.municipality),
        (live.lat != null || !live.near_full) && placeDoubtsOf(store, row),
      ]),
    ],
    ["position", position(store, row, live)],
    ["who", who(store, file)],
    ["present", told("present").join("; ") || t("brief.nobody_known")],
    ["from", joined([file.suspect, ...pinned("plate"), ...told("suspect")]) || t("brief.unknown")],
    ["weapon", weapons.join("; ") || t("brief.none_known")],
    ["approach", [t("brief.no_call"), ...pinned("listen_only", "silent_approach", "other")].join("; ")],
    ["asked", asked(store, row, live)],
  ];
  return facts
    .filter(([kind, text]) => text || !ONLY_IF_ANY.has(kind))
    .map(([kind, text]) => `${t(`brief.${kind}`)}: ${(text || t("brief.unknown")).replace(PLAIN, " ").trim()}`)
    .join("\n");
}

/** @param {Store} store @param {Row} row @param {import("../../shell/wire.js").Live} live */
function position(store, row, live) {
  if (live.lat == null || live.lon == null) return store.t("no_position");
  const { radius_m: radius } = live;
  const sure = radius ? store.t("radius", { m: metres(store.words, radius) }) : store.t("radius_unknown");
  const point = `${coordinates(live.lat, live.lon)} ${sure}`;
  const aged = agedOf(store, { ...row, fix_at: live.fix_at });
  const at = live.fix_at && !aged ? store.t("brief.at", { what: point, time: clock(live.fix_at) }) : point;
  return joined([at, aged, doubtOf(store, row)]);
}

/** @param {Store} store @param {import("../../shell/wire.js").Case} file */
function who(store, file) {
  const state = file.state === "open" ? "" : store.t(`case_state.${file.state}`, { date: file.valid_until });
  return joined([
    file.victim,
    !!file.languages?.length && store.t("speaks", { languages: file.languages.join(", ").toUpperCase() }),
    file.number && store.t("case_number", { number: file.number }),
    state,
  ]);
}

/** Who is asked, how that fares, and whom an earlier order may still send. @param {Store} store @param {Row} row
 *  @param {import("../../shell/wire.js").Live} live */
function asked(store, row, live) {
  const left = [
    ...standDowns(store, row, clock).map(([, said]) => said),
    ...unconfirmed(store, row).flatMap(([, said, mark]) => (mark === "undelivered_cancel" ? [said] : [])),
  ];
  if (row.order_zone) {
    const unit = store.t("brief.unit_of", { zone: store.zone(row.order_zone) });
    const sent = live.order_at
      ? store.t("brief.at", { what: unit, time: clockAndDay(live.order_at, store.now(), store.language) })
      : unit;
    return joined([sent, fares(store, row)[1], ...left]);
  }
  const first = live.proposal.options?.find((one) => one.zone === live.proposal.preselected);
  const unit = first ? store.t("brief.unit_of", { zone: store.zone(first.name) }) : store.t("brief.unit");
  return joined([unit, store.t("not_routed"), refusal(store, row), ...left]);
}
