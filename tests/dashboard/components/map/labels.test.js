// Where marks and what is written beside them stand: none hides another, and each is drawn, or counted once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chance, markAt, measure, parts } from "./map_parts.js";

const { apart, boxBeside, boxOf, gather, layOut, lengthText, overlap, Paper } = parts;
const SCREEN = { left: 0, top: 0, right: 600, bottom: 400 };
const WIDE_M = 500; // metres a pixel: marks are gathered
const NEAR_M = 5;
/** A mark's. @param {{x: number, y: number, dx?: number, dy?: number}} spot */
const markBox = ({ x, y, dx = 0, dy = 0 }) => boxOf(x + dx, y + dy, 13);

/** @param {number} n @param {number} width @param {number} height @param {() => number} random @returns {Spot[]} */
function scattered(n, width, height, random) {
  return Array.from({ length: n }, (_, i) => ({ id: String(i), x: random() * width, y: random() * height }));
}

/** @param {Spot} spot @param {Partial<Mark>} [facts] */
function alarm(spot, facts) {
  const [name, mark] = [`AMR-${spot.id}`, markAt(spot.x, -spot.y, { unowned: true, ...facts })];
  return { ...spot, mark, name, label: `${name}\n± 18 m · 2 s` };
}

/** @param {ReturnType<typeof alarm>[]} alarms @param {{perPx?: number, first?: string, screen?: Box}} [how] */
function laidOut(alarms, { perPx = WIDE_M, first = "", screen = SCREEN } = {}) {
  const laid = layOut(alarms, perPx, new Paper(screen, measure), first);
  return new Map(laid.map((one) => [one.id, { ...one, more: Number(/\+(\d+)$/.exec(one.text)?.[1] ?? 0) }]));
}

test("marks that would hide each other stand in two columns in their order; one alone stands where she is", () => {
  const random = chance();
  for (let n = 1; n <= 20; n++) {
    const placed = [...apart(scattered(n, 0, 0, random)).values()];
    const gaps = placed.flatMap(([ax, ay], i) => placed.slice(0, i).map(([bx, by]) => Math.hypot(ax - bx, ay - by)));
    assert.ok(placed.length === n && Math.min(Infinity, ...gaps) >= 30);
    const spots = scattered(n, 60, 60, random);
    assert.deepEqual(new Set(apart(spots).keys()), new Set(spots.map(({ id }) => id)));
  }
  const four = [...apart(scattered(4, 0, 0, random)).values()];
  assert.equal(four.map(([dx, dy]) => `${Math.sign(dx)} ${dy}`).join(), "1 -30,-1 -30,1 30,-1 30");
  const alone = apart([0, 500].map((x) => ({ id: String(x), x, y: 0 })));
  assert.deepEqual([...alone.values()].flat(), [0, 0, 0, 0]);
});

test("each mark stands for itself or is counted once, in a graver one near it; two stand side by side", () => {
  const random = chance();
  for (let n = 1; n <= 40; n++) {
    const spots = scattered(n, 300, 300, random);
    const groups = gather(spots);
    const counted = [...groups.values()].flat();
    assert.equal(counted.length, new Set(counted).size);
    for (const [head, about] of groups) {
      assert.ok(about.length > 1 && !counted.includes(head));
      const [at, ...others] = [head, ...about].map((id) => spots[Number(id)]);
      for (const { id, x, y } of others)
        assert.ok(Number(head) < Number(id) && Math.hypot(at.x - x, at.y - y) < 34, `${id} in ${head}`);
    }
  }
});

test("no text hides another or a mark, and the edge of the screen cuts none off", () => {
  const random = chance();
  for (let n = 1; n <= 60; n++) {
    const paper = new Paper(SCREEN, measure);
    const spots = scattered(n, 600, 400, random);
    for (const { x, y } of spots) paper.mark(x, y);
    const written = spots.flatMap(({ x, y }) => paper.write(x, y, "AMR-00001", 30) ?? []);
    const boxes = [...spots.map(markBox), ...written];
    for (const box of written) {
      assert.ok(box.left >= 0 && box.top >= 0 && box.right <= 600 && box.bottom <= 400);
      assert.ok(!boxes.some((other) => other !== box && overlap(other, box)));
    }
  }
});

test("a text stands on the first side with room: right, left, below, above, or none", () => {
  /** @type {[Side | null, Box][]} */
  const screens = [
    ["right", { left: -200, top: -200, right: 200, bottom: 200 }],
    ["left", { left: -200, top: -200, right: 90, bottom: 200 }],
    ["below", { left: -90, top: -200, right: 90, bottom: 200 }],
    ["above", { left: -90, top: -200, right: 90, bottom: 50 }],
    [null, { left: -90, top: -50, right: 90, bottom: 50 }],
  ];
  for (const [side, screen] of screens) {
    const box = new Paper(screen, measure).write(0, 0, "AMR-00001", 30);
    assert.deepEqual(box, side && boxBeside(0, 0, "AMR-00001", side, 30, measure), String(side));
  }
});

test("more alarms than have room are all drawn or counted in one that is; near enough each stands by itself", () => {
  const random = chance();
  for (let n = 0; n < 30; n++) {
    const spots = scattered(150, 600, 400, random);
    const all = spots.map((spot) => alarm(spot, { unowned: random() < 0.5, calls: random() < 0.5 }));
    const first = String(Math.floor(random() * 150));
    const laid = laidOut(all, { first });
    const drawn = [...laid.values()];
    const sum = drawn.reduce((all, { more }) => all + 1 + more, 0);
    assert.deepEqual([sum, laid.get(first)?.more], [150, 0]);
    const kept = drawn.filter(({ mark }) => mark.unowned);
    for (const { id, x, y, mark } of all)
      if (mark.unowned && !laid.has(id)) assert.ok(kept.some((one) => Math.hypot(one.x - x, one.y - y) < 34));
    assert.equal(laidOut(all, { perPx: NEAR_M }).size, 150);
    const boxes = drawn.flatMap((one) => [...(one.at ? [one.at] : []), markBox(one)]);
    for (const { at, more } of drawn)
      if (at && !more) assert.ok(!boxes.some((other) => other !== at && overlap(other, at)));
  }
});

test("what nobody has is counted in no mark of another kind; what is chosen neither counts nor is counted", () => {
  const at = (/** @type {string} */ id, x = 300) => ({ id, x, y: 200 });
  const held = [0, 1, 2, 3].map((n) => alarm(at(`held${n}`, 300 + n), { unowned: false, calls: true }));
  const free = [0, 1, 2, 3].map((n) => alarm(at(`free${n}`, 300 + n), { calls: n === 2 }));
  const one = alarm(at("one"));
  /** @type {[ReturnType<typeof alarm>[], string, string][]} */
  const cases = [
    [[...held, one, alarm(at("two", 40))], "", "AMR-one +4,AMR-two\n± 18 m · 2 s"],
    [[...held, one], "held0", "AMR-held0\n± 18 m · 2 s,AMR-one +3"],
    [[...held, ...free], "", "AMR-free2 +7"],
    [held, "held0", "AMR-held0\n± 18 m · 2 s,AMR-held1 +2"],
  ];
  for (const [alarms, first, texts] of cases)
    assert.equal([...laidOut(alarms, { first }).values()].map(({ text }) => text).join(), texts);
  const beyond = laidOut(held.map((away) => ({ ...away, x: away.x + 600 })));
  assert.equal(beyond.size, 4, "what is out of view has an arrow each");
});

test("in a column texts are on the outer sides; what does not fit yields to the name, and a count must stand", () => {
  for (let y = 190; y < 210; y++) {
    const column = [..."abcdef"].map((id) => alarm({ id, x: 300, y }));
    for (const { at, dx, text, label } of laidOut(column, { perPx: NEAR_M }).values())
      assert.ok(at && text === label && (dx < 0 ? at.right < 300 : at.left > 300));
  }
  const edge = [..."rl"].map((id) => alarm({ id, x: 505, y: 200 }));
  const texts = [...laidOut(edge, { perPx: NEAR_M }).values()].map(({ text }) => text);
  assert.deepEqual(texts, ["", "AMR-l\n± 18 m · 2 s"]);
  const here = [..."abc"].map((id) => alarm({ id, x: 50, y: 15 }));
  const a = (/** @type {number} */ right, /** @type {number} */ n) =>
    laidOut(here.slice(0, n), { screen: { ...SCREEN, right, bottom: 30 } }).get("a");
  assert.deepEqual([a(600, 1)?.text, a(100, 1)?.text, a(100, 1)?.at], ["AMR-a", "", null]);
  assert.deepEqual([a(100, 3)?.text, a(100, 3)?.at], ["+2", boxBeside(50, 15, "+2", "right", 30, measure)]);
});

test("a length is said shortly", () => {
  const lengths = { 17.6: "18 m", 999: "999 m", 1400: "1,4 km", 9949: "9,9 km", 23400: "23 km" };
  for (const [metres, text] of Object.entries(lengths)) assert.equal(lengthText(Number(metres), ","), text);
});
