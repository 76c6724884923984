// What a row says of its device: a test that was announced, what it was used for until now, whether it flaps. Words
// only.
import { clock, dayOf } from "../../shell/format.js";

/** @typedef {import("../../shell/store.js").Store} Store */

const DAY_MS = 86_400_000;

/** That a test was announced when the button was pressed; "" when not. `short`: beside the whole of it.
 * @param {Store} store @param {{test?: import("../../shell/wire.js").Test} | null} row @param {boolean} [short] */
export function announcedTest(store, row, short = false) {
  if (!row?.test) return "";
  const { who, until, where } = row.test;
  return store.t(where && !short ? "test.announced" : "test.announced_short", {
    who,
    time: clock(until).slice(0, 5),
    where,
  });
}

/** "11 tests, 0 real, last test 6 days ago"; "" while nobody has counted. @param {Store} store
 * @param {{past?: import("../../shell/wire.js").Past}} row */
export function pastOf(store, row) {
  if (!row?.past) return "";
  const { tests, real, last_test: last } = row.past;
  const days = last == null ? null : daysBetween(last, store.now());
  const when =
    days == null
      ? store.t("past.never")
      : days < 1
        ? store.t("past.today")
        : days === 1
          ? store.t("past.yesterday")
          : store.t("past.days", { n: days });
  if (days == null) return store.t("past.none", { last: when, real });
  return store.t("past", {
    tests: store.t("past.tests", { n: tests }),
    real,
    last: when,
  });
}

/** How many midnights in Belgium lie between two moments. @param {number} from @param {number} to */
export function daysBetween(from, to) {
  return Math.round((Date.parse(dayOf(to)) - Date.parse(dayOf(from))) / DAY_MS);
}
