// Sentences on a page are made anew in another language: whole, in parts, counted, and nothing else is touched.
import assert from "node:assert/strict";
import { test } from "node:test";
import { colon, fill, joined, phrase, together } from "../../../dashboard/shell/format.js";
import { again, remember, shows, speakAnew } from "../../../dashboard/shell/phrases.js";

const EN = {
  state: "routed",
  alarms: "{n} alarm\x1f{n} alarm\x1f{n} alarms",
  to: "{what} to {who}",
  colon: "{name}: {text}",
};
const FR = {
  state: "transmise",
  alarms: "{n} alarme\x1f{n} alarme\x1f{n} alarmes",
  to: "{what} à {who}",
  colon: "{name}\u00a0: {text}",
};

/** What a text is when the words are French. @param {(words: Record<string, string>) => string} make */
function inFrench(make) {
  const words = /** @type {Record<string, string>} */ ({ ...EN });
  const text = make(words);
  const how = again(text);
  Object.assign(words, FR);
  return [text, how()];
}

test("a sentence is made anew, and so are the sentences in its gaps", () => {
  assert.deepEqual(
    inFrench((words) => fill(words, "to", { what: fill(words, "state"), who: "A. Voorbeeld" })),
    ["routed to A. Voorbeeld", "transmise à A. Voorbeeld"],
  );
});

test("a number keeps its form in the other language", () => {
  assert.deepEqual(
    inFrench((words) => fill(words, "alarms", { n: 2 })),
    ["2 alarms", "2 alarmes"],
  );
});

test("what is put together is made anew part by part, and what is no sentence stays as it is", () => {
  assert.deepEqual(
    inFrench((words) => joined([fill(words, "state"), false, "PZ Gent"])),
    ["routed · PZ Gent", "transmise · PZ Gent"],
  );
  assert.deepEqual(
    inFrench((words) => together(", ", ["AMR-00412", fill(words, "state")])),
    ["AMR-00412, routed", "AMR-00412, transmise"],
  );
  assert.deepEqual(
    inFrench((words) => phrase`${fill(words, "state")} (${7})`),
    ["routed (7)", "transmise (7)"],
  );
});

test("a colon stands as the language puts it", () => {
  assert.deepEqual(
    inFrench((words) => colon(words, fill(words, "state"), "5277-1")),
    ["routed: 5277-1", "transmise\u00a0: 5277-1"],
  );
});

test("two sentences that read alike are each made by what was made last", () => {
  const words = { one: "Safe", other: "Safe" };
  fill(words, "one");
  const text = fill(words, "other");
  Object.assign(words, { one: "En sécurité", other: "Sûr" });
  assert.equal(again(text)(), "Sûr");
});

test("a name that reads like an old sentence is a name, and no more are kept than a page needs", () => {
  remember("Gent", () => "Gand");
  for (let n = 0; n < 40; n += 1) remember(`other ${n}`, () => "");
  assert.equal(again("Gent")(), "Gent");
  assert.deepEqual(
    [null, undefined, 7, false].map((fact) => again(fact)()),
    [null, undefined, 7, false],
  );
});

/** As much of a browser's elements as sentences stand in. */
class FakeNode {
  static TEXT_NODE = 3;
  nodeType = 1;
  childElementCount = 0;
  /** @type {FakeNode[]} */
  childNodes = [];
  textContent = "";
  /** @type {Record<string, string>} */
  facts = {};

  /** @param {string} name */
  getAttribute(name) {
    return this.facts[name] ?? null;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.facts[name] = value;
  }
}

test("on the page each is made anew in its place, and what was taken away does not come back", () => {
  Object.assign(globalThis, { Node: FakeNode, Element: FakeNode });
  const words = /** @type {Record<string, string>} */ ({ ...EN });
  const [stands, taken, named] = [new FakeNode(), new FakeNode(), new FakeNode()];
  for (const node of [stands, taken]) {
    node.textContent = fill(words, "to", { what: fill(words, "state"), who: "A. Voorbeeld" });
    shows(/** @type {any} */ (node), "", node.textContent);
  }
  named.setAttribute("title", fill(words, "state"));
  shows(/** @type {any} */ (named), "title", named.facts.title);
  taken.textContent = ""; // the page was locked
  Object.assign(words, FR);
  speakAnew();
  assert.deepEqual(
    [stands.textContent, taken.textContent, named.facts.title],
    ["transmise à A. Voorbeeld", "", "transmise"],
  );
  Object.assign(words, EN);
  speakAnew();
  assert.deepEqual(
    [stands.textContent, taken.textContent, named.facts.title],
    ["routed to A. Voorbeeld", "", "routed"],
  );
});
