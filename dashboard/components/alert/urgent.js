// Which sound is due now: the most urgent one alone. What waits is counted; the rest is on the screen.
import { takes } from "../../shell/coverage.js";

/** @typedef {import("../../shell/store.js").Store} Store */
/** @typedef {{sound: "" | "press" | "escalation" | "technical" | "lost", loudness: number, keys: string[]}} Due */

/** The alarms that call this desk: in its main queue, or so long unanswered that they call everybody.
 * @param {Store} store */
export function calling(store) {
  return store.lists().calling;
}

/** What is to be heard. `keys` changes when something new calls: then the burst begins at once. @param {Store} store
 * @param {boolean} lost @returns {Due} */
export function due(store, lost) {
  if (lost) return { sound: "lost", loudness: 1, keys: [] };
  if (store.unowned !== null)
    return { sound: store.unowned ? "press" : "", loudness: 1, keys: store.unowned ? [`${store.unowned}`] : [] };
  const rows = calling(store);
  if (rows.length) {
    const me = store.console;
    const loudness = rows.reduce((most, row) => Math.max(most, row.loudness ?? 1, store.called(row, me) ? 3 : 1), 0);
    const press = rows.some(pressed);
    const escalated = rows.some((row) => !pressed(row) || (row.loudness ?? 1) >= 3);
    // A fresh press calls for the quickest hand; what everybody must hear is heard as that.
    const sound = escalated && (!press || loudness >= 3) ? "escalation" : "press";
    return { sound, loudness, keys: rows.map((row) => row.key) };
  }
  // An offer calls its receiver alone, no louder than a device does: the alarm is in a hand.
  const { offers } = store.together;
  return {
    sound: offers.length || technical(store) ? "technical" : "",
    loudness: 1,
    keys: offers.map((offer) => `${offer.id} ${offer.at}`),
  };
}

/** @param {import("../../shell/wire.js").Row} row */
function pressed(row) {
  return row.state === "raised" || row.realarm === "pressed";
}

/** A device that nobody took note of, a feed that brings nothing or lost something, a log that keeps nothing, a centre
 * that nobody listens for and whose alarms come here. @param {Store} store */
function technical(store) {
  const device = store.technical().some((row) => row.state === "alarmed" && !row.owner && !row.shelved);
  const { health } = store;
  if (device || !health) return device;
  const feeds = health.feeds.length > 0 && (health.feed_state !== "live" || health.feeds.some((feed) => feed.gaps));
  const blind = Object.keys(health.blind ?? {}).some((cic) => store.covers.has(cic) || takes(cic, store.console));
  return feeds || blind || health.recording !== "ok";
}
