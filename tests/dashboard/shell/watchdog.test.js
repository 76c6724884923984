// What is said of an outage once it is over.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Watchdog } from "../../../dashboard/shell/watchdog.js";

mock.method(globalThis, "setTimeout", () => 0);
Object.assign(globalThis, { document: new EventTarget() });
mock.method(Date, "now", () => 1_700_000_000_000); // no millisecond passes between losing and telling

/** What the note says of an outage of 49 s, by the clock that the page shows after it. @param {string} shown */
function told(shown) {
  const note = { textContent: "" };
  const store = {
    now: () => Date.parse(shown),
    t: (/** @type {string} */ _, /** @type {any} */ { from, to }) => `${from} ${to}`,
  };
  Watchdog.prototype._tell.call(
    /** @type {any} */ ({ store, note, noted: 0, back: new AbortController() }),
    Date.now() - 49_000,
  );
  return note.textContent;
}

test("it begins before it ends, whatever clock the page shows since: an exercise that began meanwhile has its own", () => {
  assert.equal(told("2026-11-24T17:26:53+01:00"), "17:26:04 17:26:53");
  assert.equal(told("2024-01-01T17:00:00+01:00"), "16:59:11 17:00:00");
});
