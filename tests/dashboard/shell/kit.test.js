// The kit is its package and nothing else: whoever reads the lock file knows what runs on a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { made, vendored } from "../../kit.mjs";

test("the kit is what its package in the lock file makes, with its licence", () => {
  assert.ok(vendored() === made(), "make vendor");
  assert.match(vendored(), /MIT License/);
  assert.doesNotMatch(vendored(), /\beval\(|new Function|\/\/# sourceMappingURL/);
});
