// What an explanation may be filed under, and what stands chosen at first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { choices } from "../../../dashboard/components/timeline/explain.js";

/** @param {string} name @param {...[string, boolean]} limits */
const bar = (name, ...limits) => ({
  name,
  limits: limits.map(([profile, missed]) => ({ profile, limit_s: 10, missed })),
});

test("a missed target of the profile looked at comes first, one that was met is not offered", () => {
  const bars = [
    bar("received->acknowledged", ["CIC", true], ["NENA", false]),
    bar("acknowledged->routed", ["NFPA", false]),
    bar("routed->accepted"),
    bar("pressed->on_scene", ["AMR", true]),
  ];
  assert.deepEqual(choices(bars, "AMR"), ["pressed->on_scene", "", "received->acknowledged"]);
  assert.deepEqual(choices(bars, "CIC"), ["received->acknowledged", "", "pressed->on_scene"]);
  assert.deepEqual(choices(bars, "our own"), ["", "received->acknowledged", "pressed->on_scene"]);
  assert.deepEqual(choices([], "AMR"), [""]);
});
