// What a form's field makes of what is typed in it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAhead } from "../../../../dashboard/components/actions/fields.js";

test("a time that has not been today is said to be yesterday's before it is sent", () => {
  const now = Date.UTC(2026, 10, 27, 4, 28); // 05:28 in Belgium
  for (const typed of ["23:59", "05:29", "5:28:01", "23:59:59", "23h59", "7.15"]) assert.ok(isAhead(typed, now), typed);
  for (const typed of ["05:28", "5:27", "05:28:00", "0:00", "", "now", "25", "5:2"])
    assert.ok(!isAhead(typed, now), typed);
});
