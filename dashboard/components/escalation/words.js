// What the watch has done with an alarm, and what it will do next and when, in words. It ticks by the server's clock.
import { clock, colon, duration, joined, ticking, together } from "../../shell/format.js";
import { standDowns } from "./stand_down.js";

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/store.js").Row} Row */

/** The next step as [kind, sentence]: `bad` in the owner's own countdown; null when nothing is due.
 * @param {Store} store @param {Row} row */
export function upcoming(store, row) {
  if (!row.next || row.state === "closed") return null;
  const now = store.now();
  const time = ticking(Math.max(0, (row.next_at ?? 0) - now + 999)); // 0:00 only when it strikes
  if (counting(store, row)) return ["bad", store.t("watch.mine", { time })];
  if (row.next === "confirm" && row.confirmed) return ["warn", store.t("watch.confirm_again", { time })];
  return [row.next === "outside_none" || row.next === "offer" ? "bad" : "warn", store.t(`watch.${row.next}`, { time })];
}

/** Whether the owner at this desk is about to lose the alarm. @param {Store} store @param {Row} row */
export function counting(store, row) {
  return row.next === "release" && store.mine(row) && store.now() >= (row.warn_at ?? 0);
}

/** Why it alarms again, in words of its own; "" where a passage, a zone or how its order fares says it: nothing else
 * may drop it. @param {Store} store @param {Row} row @param {[string, string, string][]} orders */
export function alarms(store, row, orders) {
  const undelivered = orders.some(([, , mark]) => mark.startsWith("undelivered"));
  const above = { place: passages(store, row)[0], zone: row.next_zone, undelivered, declined: row.declined };
  if (!row.realarm || above[/** @type {keyof typeof above} */ (row.realarm)]) return "";
  return joined([store.t(`realarm.${row.realarm}`), row.realarm_anew && store.t("realarm_anew")]);
}

/** Why it alarms again, or did until its owner answered, as [kind, sentence]. @param {Store} store @param {Row} row */
export function again(store, row) {
  const parts = row.beside?.length ? [["bad", store.t("also_open", { labels: together(", ", row.beside) })]] : [];
  const passed = passages(store, row)[0];
  if (passed) parts.push([row.realarm === "place" ? "bad" : "", passed]);
  if (row.next_zone) parts.push([row.realarm === "zone" ? "bad" : "warn", nextZone(store, row)]);
  const orders = unconfirmed(store, row);
  const itself = alarms(store, row, orders);
  if (itself) parts.push(["bad", itself]);
  for (const [kind, said, mark] of orders) if (!itself || mark !== row.realarm) parts.push([kind, said]);
  // Until another zone is asked nobody is on the way, also when its owner has taken note of that.
  if (row.declined) parts.push([row.realarm === "declined" ? "bad" : "warn", refusal(store, row)]);
  return parts;
}

/** That a zone refused, with its own words, and that another is to be chosen; "" where none did. @param {Store} store
 * @param {Row} row */
export function refusal(store, row) {
  if (!row.declined) return "";
  const now = row.realarm === "declined";
  const said = store.t(now ? "declined_now" : "declined_by", { zone: store.zone(row.declined) });
  const why = row.declined_why ? colon(store.words, said, row.declined_why) : said;
  return joined([why, now && store.t("choose_elsewhere")]);
}

/** What is not confirmed of its orders, open or closed, as [kind, sentence, its mark in a word]. Whatever says how an
 * order fares asks this, papers by `queue/spoken.py`: no page has one of these alone. @param {Store} store
 * @param {Row} row @returns {[string, string, string][]} */
export function unconfirmed(store, row) {
  const undelivered = (row.undelivered ?? []).map(({ what, zone_name: name, final }) => [
    "bad",
    store.t(`undelivered.${what}_${final ? "failed" : "late"}`, { zone: store.zone(name) }),
    what === "order" ? "undelivered" : `undelivered_${what}`,
  ]);
  if (row.realarm === "undelivered" && !undelivered.length)
    undelivered.push(["bad", store.t("realarm.undelivered"), "undelivered"]);
  // An answer ends the alarm, not what it was about: until the zone's step comes nobody is known to be on the way.
  const missed = (row.missed ?? []).map(([limit, since]) => [
    "bad",
    store.t(`missed.${limit}`, { time: clock(since).slice(0, 5) }),
    limit,
  ]);
  const back = standDowns(store, row).map(([kind, said]) => [kind, said, "stand_down"]);
  const unit = row.unit ? store.t("unit", { unit: row.unit }) : store.zone(row.order_zone ?? "");
  const on = row.goes_on ? [["warn", store.t("goes_on_row", { unit }), "goes_on"]] : [];
  return /** @type {[string, string, string][]} */ ([...back, ...on, ...undelivered, ...missed]);
}

/** How the order that stands fares, as [kind, words]: how far it is, and what of it is not confirmed.
 * @param {Store} store @param {Row} row */
export function fares(store, row) {
  const wrong = unconfirmed(store, row).filter(([, , mark]) => mark !== "stand_down" && mark !== "undelivered_cancel");
  // A machine that took it is no answer: what is newer and worse stands in its place.
  const step = row.step
    ? store.t(`state.${row.step}`)
    : !wrong.length && row.delivery && store.t(`delivery.${row.delivery}`);
  const kind = wrong.length ? "bad" : row.step ? "" : "warn";
  return [kind, joined([step, ...wrong.map(([, said]) => said)])];
}

/** Which places of hers she left or reached, the newest first: for who is shown her case. @param {Store} store
 * @param {Row} row */
export function passages(store, row) {
  return (store.detailOf(row)?.live.passages ?? []).map(({ place, way, at }) =>
    joined([
      store.t(`passage.${way}`, { place, time: clock(at).slice(0, 5) }),
      store.t("ago", { age: duration(store.words, Math.max(0, store.now() - at)) }),
    ]),
  );
}

/** That she is in another zone than the one that has the order, and the key with which who has it sends it there.
 * @param {Store} store @param {Row} row */
export function nextZone(store, row) {
  const here = store.mine(row) || row.helpers?.includes(store.desk);
  return store.t(here ? "next_zone_route" : "next_zone", { zone: store.zone(row.next_zone) });
}

/** Who is on an alarm: its owner, the second seat, and which of them listens. @param {Store} store @param {Row} row */
export function seats(store, row) {
  const named = [row.owner ?? "", ...(row.helpers ?? [])].filter(Boolean);
  return together(
    " + ",
    named.map((who) => (who === row.listener ? store.t("seat_listens", { who }) : who)),
  );
}

/** What it did and nobody has answered yet, as [kind, sentence]. @param {Store} store @param {Row} row */
export function done(store, row) {
  const parts = [];
  if (row.gone) parts.push(["bad", store.t(`gone.${row.gone}`)]);
  // A refusal is an answer: what nobody did since is to route it again.
  const why = row.realarm === "declined" ? "ladder.declined" : "ladder";
  // Who confirmed it is whom it was for: it asks for no confirmation any more.
  if (row.confirmed) parts.push(["", store.t("confirmed_by", { who: row.confirmed })]);
  else if (row.ladder) parts.push(["bad", store.t(`${why}.${row.ladder}`)]);
  if (row.ladder === "outside") {
    const told = store.t(row.outside ? `outside.${row.outside}` : "outside.telling");
    parts.push([row.confirmed ? "" : row.outside === "told" ? "warn" : "bad", told]);
  }
  if (row.copied && !row.gone) parts.push(["warn", store.t("copied")]);
  else if (row.supervisor && !row.ladder) parts.push(["bad", store.t("supervisor_called")]);
  return parts;
}
