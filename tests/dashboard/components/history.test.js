// The history's sentences: who entered what came by voice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sentence } from "../../../dashboard/components/case/history.js";

Object.assign(globalThis, { window: globalThis, sessionStorage: { getItem: () => null } });
const { Store } = await import("../../../dashboard/shell/store.js");

test("what came by radio names who entered it, what came by the zone's own wire names nobody", () => {
  const words = {
    "history.step_safe": "safe",
    history_source: "by {source}",
    history_source_by: "by {source}, entered by {who}",
    "source.radio": "radio",
    "source.zone": "the zone",
  };
  const store = new Store(words);
  const line = { at: 1000, code: "step_safe", source: "radio", who: "Jan" };
  assert.equal(sentence(store, line), "safe · by radio, entered by Jan");
  assert.equal(sentence(store, { ...line, source: "zone", who: "feed" }), "safe · by the zone");
});
