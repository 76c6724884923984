// What was asked of the desk, and what is said of it: in time, late, and over a line that was lost.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { DeskLine } from "../../../dashboard/shell/desk.js";
import { fill } from "../../../dashboard/shell/format.js";

/** @type {Record<string, string>} */
const WORDS = {
  done: "{label} done",
  refused_action: "refused: {why}",
  "refused.no_answer": "no answer",
  sent: "sent",
};

/** @type {Map<unknown, [() => void, number]>} what waits, and how many ms */
const timers = new Map();
mock.method(globalThis, "setTimeout", (/** @type {() => void} */ run, /** @type {number} */ ms) => {
  const timer = {};
  timers.set(timer, [run, ms]);
  return timer;
});
mock.method(globalThis, "clearTimeout", (/** @type {unknown} */ timer) => timers.delete(timer));

/** What waits for so long is due. @param {number} ms */
function pass(ms) {
  for (const [timer, [run, after]] of [...timers]) if (after === ms && timers.delete(timer)) run();
}

/** A desk's line on a page, what it sends, and what is said. */
function made() {
  /** @type {Record<string, (fact?: any) => void>} */
  const hear = {};
  /** @type {any[]} */
  const sent = [];
  const said = { textContent: "", classList: { toggle() {} } };
  const store = {
    words: WORDS,
    live: true,
    access: { name: "anna" },
    t: (/** @type {string} */ key, /** @type {Record<string, string>} */ facts = {}) => fill(WORDS, key, facts),
    send: (/** @type {any} */ message) => sent.push(message.command.id),
    answers: (/** @type {string} */ kind, /** @type {() => void} */ handler) => (hear[kind] = handler),
    emit: (/** @type {string} */ topic) => sent.push(topic),
    on: (/** @type {string} */ topic, /** @type {() => void} */ handler) => (hear[topic] = handler),
  };
  const line = new DeskLine(/** @type {any} */ (store), /** @type {any} */ (said));
  const ask = () => line.ask("acknowledge", "AMR-1", { do: "acknowledge", incident: "i" }, {}, "one");
  return { hear, sent, said, store, ask };
}

test("what has no answer is asked again on a new line, by the same person alone, and not once it was said that it has none", () => {
  const { hear, sent, store, ask } = made();
  ask();
  hear.welcome();
  assert.deepEqual(sent, ["one", "one"]);
  store.access.name = "bert";
  hear.welcome();
  store.access.name = "anna";
  pass(8_000);
  hear.welcome();
  assert.deepEqual(sent, ["one", "one"]);
});

test("an answer that comes after it was said that there is none is said all the same, once", async () => {
  const { hear, sent, said, ask } = made();
  const answer = ask();
  pass(8_000);
  assert.equal(said.textContent, "refused: no answer");
  assert.equal((await answer)?.code, "no_answer");
  hear.answer({ id: "one", ok: true });
  assert.equal(said.textContent, "AMR-1 done");
  assert.deepEqual(sent, ["one", "late"]);
  pass(4_000);
  hear.answer({ id: "one", ok: true });
  assert.equal(said.textContent, "");
});
