// What keeps a hand from an alarm that is not what it was looking at: for a moment after somebody else changed it,
// every action on it is refused.

export const GUARD_MS = 700;
const NEWS_MS = 10_000; // so long an alarm's row says what somebody else did with it

/** @typedef {import("./wire.js").Change} Change @typedef {{changes?: number, latest?: Change[]}} Changed */

/** The newest change of a row, since it stood as `before`, that this desk did not make; null when all of it was its
 * own. What is not told counts as another's. @param {Changed} before @param {Changed} row @param {string} desk
 * @returns {Partial<Change> | null} */
export function anothers(before, row, desk) {
  const since = before.changes ?? 0;
  const now = row.changes ?? 0;
  if (now === since) return null;
  const news = (row.latest ?? []).filter((change) => change.n > since);
  const theirs = news.find((change) => !change.who || change.who !== desk);
  return theirs ?? (news.length === now - since ? null : {});
}

export class Guards {
  /** @param {(id: string) => void} changed is told when an alarm is guarded, and when it no longer is */
  constructor(changed) {
    this.changed = changed;
    /** @type {Map<string, {until: number, by: Partial<Change>}>} */
    this.held = new Map();
    /** @type {Map<string, Change>} what somebody else did with an alarm a moment ago */
    this.told = new Map();
  }

  /** Let an alarm's row say it for a while, whatever happens to the alarm meanwhile. @param {string} id
   * @param {Change} change */
  tell(id, change) {
    this.told.set(id, change);
    setTimeout(() => this.told.get(id) === change && this.told.delete(id), NEWS_MS);
  }

  /** @param {string} id @param {Partial<Change>} by what changed of it, as far as it is known */
  hold(id, by) {
    this.held.set(id, { until: performance.now() + GUARD_MS, by });
    this.changed(id);
    setTimeout(() => {
      if (!this.of(id)) this.held.delete(id);
      this.changed(id);
    }, GUARD_MS + 20);
  }

  /** What changed of an alarm that is guarded now; null when none is. @param {string} id */
  of(id) {
    const held = this.held.get(id);
    return held && held.until > performance.now() ? held.by : null;
  }
}
