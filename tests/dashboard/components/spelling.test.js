// Spelling: each sign of a name as it is said by radio, whatever stands in it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { digits, spelled } from "../../../dashboard/components/spelling/alphabet.js";
import { lineOf, namesOf } from "../../../dashboard/components/spelling/spelling.js";

/** @type {Record<string, string>} */
const WORDS = { "spell.acute": "{word} acute", "spell.mark": "{word} with a mark" };
const t = (/** @type {string} */ key, /** @type {Record<string, unknown>} */ facts = {}) =>
  (WORDS[key] ?? key).replace("{word}", String(facts.word));
/** @param {string} name */
const said = (name) => spelled(t, name).map(({ sign, word }) => (sign ? `${sign} ${word}` : "|"));

test("letters are said by the NATO alphabet and numbers digit by digit", () => {
  assert.deepEqual(said("Ve 120B"), ["V Victor", "E Echo", "|", "1 spell.1", "2 spell.2", "0 spell.0", "B Bravo"]);
  const all = said("abcdefghijklmnopqrstuvwxyz");
  assert.equal(new Set(all).size, 26);
  assert.ok(all.every((one) => one[0] === one[2])); // each word begins with its letter
});

test("between the first and the last of some numbers stands a word", () => {
  assert.deepEqual(said("10–26"), ["1 spell.1", "0 spell.0", "– spell.to", "2 spell.2", "6 spell.6"]);
});

test("accents are named, joined letters taken apart, hyphen and apostrophe said", () => {
  assert.deepEqual(said("É-l’œ"), [
    "É Echo acute",
    "- spell.hyphen",
    "L Lima",
    "’ spell.apostrophe",
    "O Oscar",
    "E Echo",
  ]);
  assert.deepEqual(said("e\u0301"), ["É Echo acute"]); // written with a mark of its own
  assert.deepEqual(said("šß"), ["Š Sierra with a mark", "S Sierra", "S Sierra"]);
});

test("what is no name is neither said nor without end", () => {
  assert.deepEqual(said("  <b>&\u202e  "), ["B Bravo"]);
  assert.deepEqual(said("я"), ["Я "]);
  assert.deepEqual(said(" , ; "), []);
  assert.ok(said("a".repeat(5000)).length <= 80);
});

test("what is copied is one line of the full words and the coordinates", () => {
  const place = { label: "AMR-1", words: "near Veldstraat 12,\u00a0Gent\n · ± 18 m", lat: 51.0536, lon: 3.7253 };
  assert.equal(lineOf(place), "near Veldstraat 12, Gent · ± 18 m · 51.05360, 3.72530");
  assert.equal(lineOf(place, "EXERCISE").split(" · ")[0], "EXERCISE");
  assert.equal(lineOf({ label: "AMR-1", words: "", lat: null, lon: null }), "");
  assert.equal(lineOf({ label: "AMR-1", words: "", lat: 0, lon: 0 }), "0.00000, 0.00000");
  assert.equal(digits("51.05360"), "5\u00a01\u00a0.\u00a00\u00a05\u00a03\u00a06\u00a00");
});

test("words that nobody took apart are spelled up to their first figure", () => {
  assert.deepEqual(namesOf({ label: "", words: "Gent · ± 18 m" }), ["Gent"]);
  assert.deepEqual(namesOf({ label: "", words: "", names: [] }), []);
  assert.deepEqual(namesOf({ label: "", words: "near Veldstraat 12", names: ["Veldstraat", "12"] }), [
    "Veldstraat",
    "12",
  ]);
});
