// The map's parts on a document without a browser, where its frame makes them one module; and what their tests share.
import { readFileSync } from "node:fs";
import { parseHTML } from "linkedom";

const { document } = parseHTML("<!doctype html><body></body>");
Object.assign(globalThis, { document });
const MAP = new URL("../../../../dashboard/components/map/", import.meta.url);
const PARTS = ["geometry", "shapes", "labels", "marks", "true_view", "flights", "edge", "panels", "inset"];
/** @type {{ageText: typeof ageText, apart: typeof apart, boxBeside: typeof boxBeside, boxOf: typeof boxOf,
 *  Edge: typeof Edge, Flights: typeof Flights, gather: typeof gather, layOut: typeof layOut, Marks: typeof Marks,
 *  lengthText: typeof lengthText, overlap: typeof overlap, Paper: typeof Paper, Sheet: typeof Sheet,
 *  TrueView: typeof TrueView}} */
export const parts = new Function(
  `${PARTS.map((part) => readFileSync(new URL(`${part}.js`, MAP), "utf8")).join("\n")}; return { ageText, apart,
    boxBeside, boxOf, Edge, Flights, gather, layOut, lengthText, Marks, overlap, Paper, Sheet, TrueView };`,
)();

/** @type {string[][]} */
const english = [...readFileSync(new URL("locale/vigie.pot", MAP), "utf8").matchAll(/msgctxt "(.+)"\nmsgid "(.+)"/g)];
/** @type {Record<string, string>} */
const WORDS = { decimal: ".", ...Object.fromEntries(english.map(([, key, text]) => [key, text])) };
/** As the frame says its words. @param {string} key @param {Record<string, string | number>} [facts] */
export const word = (key, facts = {}) =>
  (WORDS[key] ?? key).replace(/\{(\w+)\}/g, (all, /** @type {string} */ name) => String(facts[name] ?? all));
export const measure = (/** @type {string} */ text) => text.length * 9.2;

/** A view about a place. @param {number} x @param {number} y @param {number} perPx @returns {View} */
export function about(x, y, perPx, width = 1000, height = 800) {
  const [dx, dy] = [(perPx * width) / 2, (perPx * height) / 2];
  return { x0: x - dx, x1: x + dx, y0: y - dy, y1: y + dy, width, height };
}

/** An open alarm. @param {number} x @param {number} y @param {Partial<Mark>} [facts] @returns {Mark} */
export const markAt = (x, y, facts) => ({ name: "AMR-1", shape: "triangle", received: 0, at: 0, x, y, ...facts });

/** Numbers from 0 to 1 by chance, the same each time. */
export function chance(seed = 1) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let n = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
    return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32;
  };
}
