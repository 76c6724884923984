// The keys of the operator page: each leads to what its name says, and the list of keys says each that does something.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LAYOUTS, pressed, typed } from "../keyboards.js";

Object.assign(globalThis, {
  Element: class {},
  window: { addEventListener: () => {} },
  document: { addEventListener: () => {} },
});
const { ACTIONS } = await import("../../../dashboard/components/actions/table.js");
const { listed } = await import("../../../dashboard/components/shortcuts/key_sheet.js");
const { signsOf } = await import("../../../dashboard/components/shortcuts/layout.js");
const { Keys } = await import("../../../dashboard/components/shortcuts/shortcuts.js");
const { DRESSED, TABLES } = await import("../../../dashboard/components/shortcuts/tables.js");
const { Shortcuts } = await import("../../../dashboard/shell/shortcuts.js");

/** @param {import("../../../dashboard/shell/shortcuts.js").Row[]} rows @param {object} [preferences] */
function shortcuts(rows, preferences = {}) {
  const made = new Shortcuts();
  made.rows = rows;
  made.take(preferences);
  return made;
}

/** What a key does: the names of what was called. @param {any} event @param {boolean} [choosing] a zone
 * @param {object} [preferences] */
function does(event, choosing = false, preferences = {}) {
  /** @type {string[]} */
  const called = [];
  const known = new Map(Object.entries({ choosing, takesDigits: true, takesBack: true, open: false }));
  /** @param {string} name @returns {any} */
  const part = (name) =>
    new Proxy(() => {}, {
      get: (_, inner) => (known.has(String(inner)) ? known.get(String(inner)) : part(`${name}.${String(inner)}`)),
      apply: (_, __, given) => called.push([name, ...given.map(String)].join(" ")),
    });
  const page = Object.create(Keys.prototype);
  Object.assign(page, { store: { selected: "x", keys: shortcuts(TABLES.operator, preferences) }, parts: part("") });
  page.sheet = part(".sheet");
  page.does = Keys.prototype.others.call(page);
  page._what(event)?.run();
  return called;
}

/** @param {string} key as it is kept */
function event(key) {
  const letter = key.replace("shift+", "");
  return typed("be", key.startsWith("shift+") ? letter.toUpperCase() : letter);
}

test("the key of an action does that action and nothing else", () => {
  for (const { name, key, shift } of ACTIONS)
    if (key) assert.deepEqual(does(event(`${shift ? "shift+" : ""}${key}`)), [`.actions.perform ${name}`]);
});

test("every key of the page does something of its own, and every key of an action stands in the list", () => {
  const named = TABLES.operator.filter(({ name }) => name);
  const done = named.map(({ key }) => String(does(event(key.split(" ")[0]))));
  assert.ok(done.every(Boolean));
  assert.equal(new Set(done).size, named.length);
  for (const { name, key } of ACTIONS)
    assert.equal(
      named.some((row) => row.name === name),
      !!key,
      name,
    );
});

test("the digits choose what stands there on AZERTY with Shift and without", () => {
  for (const key of "123456789") assert.deepEqual(does(typed("be", key)), [`.actions.digit ${key}`]);
  assert.deepEqual(does(typed("be", "é")), [".actions.digit 2"]);
});

test("while a zone is being chosen a letter begins its name, and only the key of routing is an action's", () => {
  for (const { name, key, shift } of ACTIONS)
    if (key) {
      const pressed = event(`${shift ? "shift+" : ""}${key}`);
      const wanted = name === "route" ? `.actions.perform ${name}` : `.actions.routing.search ${pressed.key}`;
      assert.deepEqual(does(pressed, true), [wanted]);
    }
  assert.deepEqual(does(event("b"), true, { single_keys: "off" }), []);
  assert.deepEqual(does(event("b"), true, { single_keys: "alt" }), []);
});

test("Backspace takes the chosen zone back, however letters stand, and only where one stands chosen", () => {
  for (const single_keys of ["on", "alt", "off"])
    assert.deepEqual(does(pressed({ key: "Backspace" }), false, { single_keys }), [".actions.routing.back"]);
});

test("Escape and the arrows work however letters stand", () => {
  for (const single_keys of ["on", "alt", "off"]) {
    assert.ok(does(pressed({ key: "Escape" }), false, { single_keys }).length);
    assert.ok(does(pressed({ key: "ArrowDown" }), false, { single_keys }).length);
  }
});

test("a key that is held does what it does once; an arrow walks on", () => {
  let runs = 0;
  const page = Object.create(Keys.prototype);
  const hold = (/** @type {boolean} */ repeats) => {
    page._what = () => ({ repeats, run: () => (runs += 1) });
    page._against = () => "";
    for (const repeat of [false, true, true]) page._pressed({ repeat, preventDefault: () => {} });
  };
  hold(false);
  assert.equal(runs, 1);
  hold(true);
  assert.equal(runs, 4);
});

test("the list says each key that works, in every state, and no other", () => {
  const t = (/** @type {string} */ key) => key;
  for (const rows of [...Object.values(TABLES), DRESSED]) {
    const all = listed({ t, keys: shortcuts(rows) });
    assert.equal(all.length, rows.length);
    assert.ok(all.every(([label, words]) => label && words));
    const off = listed({ t, keys: shortcuts(rows, { single_keys: "off" }) });
    assert.deepEqual(
      off.map(([label]) => label),
      rows.filter(({ name }) => !name).map(({ key }) => key),
    );
  }
  const own = listed({ t, keys: shortcuts(TABLES.operator, { keys: { raise: "", fly: "ù" } }) });
  assert.ok(!own.some(([, words]) => words === "raise"));
  assert.deepEqual(own.find(([, words]) => words === "key_fly")?.slice(0, 1), ["Ù"]);
});

test("how a sign is typed is said as the keyboard's own keys are labelled", () => {
  const hints = Object.fromEntries(
    Object.entries(LAYOUTS).map(([name, keys]) => [name, signsOf({ get: (code) => keys[code]?.[0] })]),
  );
  assert.deepEqual(hints.be, { "?": "⇧,", "/": "⇧:", "1 2 3 4 5 6 7 8 9": "& é \" ' ( § è ! ç" });
  assert.deepEqual(hints.de, { "?": "⇧ß", "/": "⇧7" });
  assert.deepEqual(hints.nl, { "?": "⇧/" });
  assert.deepEqual(signsOf(new Map()), {});
});
