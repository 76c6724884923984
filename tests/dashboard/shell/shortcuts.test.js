// Shortcuts by what a keyboard writes, as a person has them: on, with Alt, off, or changed. No two ever have the same
// key.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LAYOUTS, pressed, typed } from "../keyboards.js";

Object.assign(globalThis, { Element: class {} });
const { keyOf } = await import("../../../dashboard/shell/keyboard.js");
const { Shortcuts, clash, keysOf } = await import("../../../dashboard/shell/shortcuts.js");
const { TABLES } = await import("../../../dashboard/components/shortcuts/tables.js");

/** @param {import("../../../dashboard/shell/shortcuts.js").Preferences} [preferences] */
function keys(preferences = {}) {
  const made = new Shortcuts();
  made.rows = TABLES.operator;
  made.take(preferences);
  return made;
}

for (const layout of Object.keys(LAYOUTS))
  test(`every key of the operator page is reached on ${layout}, and only by what writes it`, () => {
    const found = new Map();
    for (const [code, writes] of Object.entries(LAYOUTS[layout]))
      for (const [shift, key] of writes.entries()) {
        const wish = keys().wish(pressed({ key, code, shiftKey: shift === 1 }));
        if (wish) found.set(wish, [...(found.get(wish) ?? []), `${shift ? "shift " : ""}${code}`]);
      }
    const named = TABLES.operator.flatMap(({ name }) => name ?? []);
    assert.deepEqual([...found.keys()].sort(), [...named].sort());
    for (const [name, places] of found) {
      // The digits of AZERTY are written with Shift, and meant without it, too.
      const places_of = {
        digit: layout === "be" ? 18 : 9,
        belgium: layout === "be" ? 2 : 1,
      };
      assert.equal(places.length, places_of[/** @type {"digit"} */ (name)] ?? 1, `${name}: ${places}`);
    }
  });

test("a letter is the layout's own, wherever it stands", () => {
  assert.equal(keys().wish(pressed({ key: "a", code: "KeyQ" })), "acknowledge");
  assert.equal(keys().wish(pressed({ key: "q", code: "KeyA" })), "copy_brief");
  assert.equal(keys().wish(pressed({ key: "z", code: "KeyY" })), "confirm_escalation");
  assert.equal(keys().wish(pressed({ key: "A", code: "KeyQ" })), "acknowledge"); // with Caps Lock
});

test("nothing that is being composed, written with AltGr or held by an input method is a key", () => {
  const a = { key: "a", code: "KeyA" };
  for (const facts of [
    { key: "Dead", code: "BracketLeft" },
    { key: "Process", code: "KeyA" },
    { key: "Unidentified", code: "KeyA" },
    { ...a, isComposing: true },
    { ...a, keyCode: 229 },
    { ...a, graph: true },
    { ...a, ctrlKey: true, altKey: true },
    { ...a, ctrlKey: true },
    { ...a, metaKey: true },
    { ...a, altKey: true },
    { key: " ", code: "Space" },
    { key: "", code: "" },
  ])
    assert.equal(keys().wish(pressed(facts)), "", JSON.stringify(facts));
  assert.equal(keyOf(pressed({ key: "Enter", code: "Enter" })), "");
});

test("the letter that ends what a dead key began is none, whoever asks, and the next one is a key again", () => {
  const made = keys();
  const [dead, shift, a] = [pressed({ key: "Dead" }), pressed({ key: "Shift" }), typed("be", "a")];
  assert.equal(made.wish(dead), "");
  assert.equal(made.wish(shift), "");
  assert.equal(made.wish(a), "");
  assert.equal(made.wish(a), ""); // a second part of the page asks about the same event
  assert.equal(made.wish(typed("be", "a")), "acknowledge");
});

test("with Alt a letter needs it, and is written so; off, none is a key and none is written", () => {
  const [plain, alt] = [typed("de", "a"), typed("de", "a", { altKey: true })];
  assert.equal(keys({ single_keys: "alt" }).wish(plain), "");
  assert.equal(keys({ single_keys: "alt" }).wish(alt), "acknowledge");
  assert.equal(keys({ single_keys: "alt" }).label("close"), "Alt+⇧X");
  assert.equal(keys({ single_keys: "alt" }).label("digit"), "Alt+1–9");
  const off = keys({ single_keys: "off" });
  for (const layout of Object.keys(LAYOUTS))
    for (const name of ["a", "?", "/", "1"]) {
      assert.equal(off.wish(typed(layout, name)), "");
      assert.equal(off.wish(typed(layout, name, { altKey: true })), "");
    }
  for (const { name } of TABLES.operator) if (name) assert.equal(off.label(name), "");
});

test("a changed key does what it did, the old one nothing, and none is written where there is none", () => {
  const made = keys({ keys: { acknowledge: "ç", help: "" } });
  assert.equal(made.wish(pressed({ key: "a", code: "KeyQ" })), "");
  assert.equal(made.wish(pressed({ key: "ç", code: "Quote" })), "acknowledge");
  assert.equal(made.label("acknowledge"), "Ç");
  assert.equal(made.wish(typed("nl", "?")), "");
  assert.equal(made.label("help"), "");
});

test("two keys never collide, whatever was kept", () => {
  const names = TABLES.operator.flatMap(({ name }) => name ?? []);
  const wanted = ["a", "b", "shift+a", "1", "0", "?", "", "ù", "shift+x", "constructor", "__proto__"];
  let seed = 1;
  const any = (/** @type {string[]} */ list) => list[(seed = (seed * 48271) % 2147483647) % list.length];
  for (let n = 0; n < 2000; n += 1) {
    const own = Object.fromEntries(Array.from({ length: 8 }, () => [any([...names, "toString"]), any(wanted)]));
    const found = [...keysOf(TABLES.operator, own).values()].flatMap((key) => (key ? key.split(" ") : []));
    assert.equal(new Set(found).size, found.length, JSON.stringify(own));
  }
  const swapped = keysOf(TABLES.operator, { acknowledge: "r", route: "a" });
  assert.deepEqual([swapped.get("acknowledge"), swapped.get("route")], ["r", "a"]);
});

test("a key that something else has is a clash, on every page that has the name", () => {
  const pages = Object.values(TABLES);
  const of = (/** @type {string} */ name, /** @type {string} */ key, own = {}) => clash(pages, own, name, key)?.name;
  assert.equal(of("acknowledge", "r"), "route");
  assert.equal(of("acknowledge", "2"), "digit");
  assert.equal(of("acknowledge", "a"), undefined);
  assert.equal(of("acknowledge", ""), undefined);
  assert.equal(of("acknowledge", "r", { route: "ù" }), undefined);
  assert.equal(of("acknowledge", "ù", { route: "ù" }), "route");
  // N is free on the operator page once a note has another key; on the zone's it is the next order's.
  assert.equal(of("copy_place", "n", { note: "ù" }), "next_order");
});

test("no page has two things on one key", () => {
  for (const [page, rows] of Object.entries(TABLES)) {
    const all = rows.filter(({ name }) => name).flatMap(({ key }) => key.split(" "));
    assert.deepEqual(
      all.filter((key, n) => all.indexOf(key) !== n),
      [],
      page,
    );
  }
});
