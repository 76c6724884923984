// The keys of the operator page: one meaning each, and each action's key leads to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIONS, actionOf } from "../../../dashboard/components/actions/table.js";
import { Keys, sheet } from "../../../dashboard/components/shortcuts/shortcuts.js";

Object.assign(globalThis, { Element: class {} });

/** @param {string} key @param {boolean} shiftKey @returns {any} as far as a page reads it */
const pressed = (key, shiftKey) => ({ key, shiftKey, code: "", composedPath: () => [] });

/** What a key does: the names of what was called. @param {string} key @param {boolean} shiftKey @param {boolean} [choosing] a zone */
function does(key, shiftKey, choosing = false) {
  /** @type {string[]} */
  const called = [];
  /** @param {string} name @returns {any} */
  const part = (name) =>
    new Proxy(() => {}, {
      get: (_, inner) => (inner === "choosing" ? choosing : part(`${name}.${String(inner)}`)),
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

test("while a zone is being chosen a letter begins its name, and only R is an action's key", () => {
  for (const { name, key, shift } of ACTIONS)
    if (key)
      assert.deepEqual(does(key, !!shift, true), [
        key === "r" ? `parts.actions.perform ${name}` : `parts.actions.routing.search ${key}`,
      ]);
});

test("a key that is the page's own is no action's", () => {
  const own = [..."fmgiuwhv"].flatMap((key) => [false, true].map((shiftKey) => ({ key, shiftKey })));
  const used = own.filter(({ key, shiftKey }) => does(key, shiftKey).length);
  assert.ok(used.length > 8);
  for (const { key, shiftKey } of used) assert.equal(actionOf(pressed(key, shiftKey)), undefined, key);
});

test("the sheet has every key that does something, and none that does not", () => {
  const names = new Map([
    ["ArrowUp", "↑ ↓"],
    ["ArrowDown", "↑ ↓"],
    ["Escape", "Esc"],
    ["1", "1 2 3"],
    ["2", "1 2 3"],
    ["3", "1 2 3"],
  ]);
  const printed = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).filter((key) => !/[A-Z]/.test(key));
  const bound = [...printed, "Enter", "Tab", "Delete", "Home", "End", ...names.keys()].flatMap((key) =>
    [false, true].flatMap((shiftKey) => {
      const letter = /^[a-z]$/.test(key);
      const page = { store: { selected: "x" }, parts: { find: {}, actions: { choosing: false, offersUnits: true } } };
      const wish = Keys.prototype._what.call(page, pressed(letter && shiftKey ? key.toUpperCase() : key, shiftKey));
      return wish ? [`${letter && shiftKey ? "⇧ " : ""}${names.get(key) ?? key.toUpperCase()}`] : [];
    }),
  );
  const said = sheet({ t: (key) => key }, true);
  assert.ok(said.every(([, words]) => words));
  const keys = said.map(([key]) => key).filter((key) => key !== "Ctrl+↵"); // a form's own
  assert.deepEqual([...new Set(keys)].sort(), [...keys].sort(), "a key stands there twice");
  assert.deepEqual([...new Set(bound)].sort(), [...keys].sort());
});
