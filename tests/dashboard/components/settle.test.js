// The height of the queue's rows: it does not go to and fro with one alarm.
import assert from "node:assert/strict";
import { test } from "node:test";
import { areLow } from "../../../dashboard/components/queue/settle.js";

test("rows are low from the sixth alarm on, and stay so while one comes and goes", () => {
  let low = false;
  const heights = [4, 5, 6, 5, 6, 4, 3, 4, 5, 6].map((rows) => (low = areLow(low, rows)));
  assert.deepEqual(heights, [false, false, true, true, true, true, false, false, false, true]);
});
