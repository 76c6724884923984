// The keys of the operator page: one meaning each, and each action's key leads to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIONS, actionOf } from "../../../dashboard/components/actions/table.js";
import { Keys } from "../../../dashboard/components/shortcuts/shortcuts.js";

/** @param {string} key @param {boolean} shiftKey @returns {any} as far as a page reads it */
const pressed = (key, shiftKey) => ({ key, shiftKey, code: "", composedPath: () => [] });

/** What a key does: the names of what was called. @param {string} key @param {boolean} shiftKey */
function does(key, shiftKey) {
  /** @type {string[]} */
  const called = [];
  /** @param {string} name @returns {any} */
  const part = (name) =>
    new Proxy(() => {}, {
      get: (_, inner) => part(`${name}.${String(inner)}`),
      apply: (_, __, given) => called.push([name, ...given.filter((one) => typeof one === "string")].join(" ")),
    });
  const page = { store: { selected: "x" }, parts: part("parts"), _sounds: part("sounds"), help: part("help") };
  Keys.prototype._what.call(page, pressed(key, shiftKey))?.run();
  return called;
}

test("no two actions have the same key", () => {
  const keys = ACTIONS.filter((one) => one.key).map((one) => `${one.shift ? "shift " : ""}${one.key}`);
  assert.ok(keys.length > 15);
  assert.deepEqual(
    keys.filter((key, n) => keys.indexOf(key) !== n),
    [],
  );
});

test("the key of an action does that action and nothing else", () => {
  for (const { name, key, shift } of ACTIONS)
    if (key) assert.deepEqual(does(key, !!shift), [`parts.actions.perform ${name}`]);
});

test("a key that is the page's own is no action's", () => {
  const own = [..."fmgiuwhv"].flatMap((key) => [false, true].map((shiftKey) => ({ key, shiftKey })));
  const used = own.filter(({ key, shiftKey }) => does(key, shiftKey).length);
  assert.ok(used.length > 8);
  for (const { key, shiftKey } of used) assert.equal(actionOf(pressed(key, shiftKey)), undefined, key);
});
