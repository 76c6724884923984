// Where an alarm stands on this console: its own queue, a slim row told beforehand, or among the other centres'. Pure.

/** @typedef {{covers: Set<string>, unheard: Record<string, string[]>, supervisor: boolean, desk: string}} Console
 *  @typedef {"main" | "announced" | "other"} Place */

/** Whether this console takes the alarms of a centre nobody listens for. No neighbour listens: everybody does.
 * @param {string} centre @param {Console} me */
export function takes(centre, { covers, unheard, supervisor }) {
  if (!Object.hasOwn(unheard, centre)) return false;
  const neighbours = unheard[centre];
  return supervisor || !neighbours.length || neighbours.some((cic) => covers.has(cic));
}

/** @param {{state: string, centre?: string, announced?: string[], everyones?: boolean, supervisor?: boolean, owner?:
 * string, offered_to?: string}} row @param {Console} me @returns {Place} */
export function place(row, me) {
  const { centre = "", announced = [] } = row;
  if (!centre || row.everyones || row.state === "closed" || me.covers.has(centre)) return "main";
  if (me.desk && (row.owner === me.desk || row.offered_to === me.desk)) return "main";
  if (row.supervisor && me.supervisor) return "main"; // the watch has called the supervisors
  if (takes(centre, me)) return "main";
  return announced.some((cic) => me.covers.has(cic)) ? "announced" : "other";
}
