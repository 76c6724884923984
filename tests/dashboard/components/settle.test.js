// The height of the queue's rows: two lines while all fit, and it does not go to and fro with one alarm.
import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf } from "../../../dashboard/components/queue/settle.js";

test("rows stand in two lines while all of them fit, and in one until there is room for one more", () => {
  let lines = 2;
  const room = 10 * 3.5 + 2 * 1.75;
  const found = [9, 10, 11, 10, 9, 10, 11].map((rows) => (lines = linesOf(lines, rows, 2, room)));
  assert.deepEqual(found, [2, 2, 1, 1, 2, 2, 1]);
});
