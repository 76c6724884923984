// What a map draws of what it was told, without a browser: true sizes, words that stay words, nothing twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { about, chance, markAt, measure, parts, word } from "./map_parts.js";

const { Marks, Sheet } = parts;
const NOW = 1_700_000_000_000;
const LAYERS = { names: true, units: true, places: true, trail: true, legend: true };
const HOSTILE = `<img src=x onerror="alert(1)">&lt;"'`;
const SURE = "AMR-1: last sure place";

/** @param {Parameters<Marks["take"]>[0]} news */
function mapOf(news) {
  const marks = new Marks(word, measure);
  marks.now = () => NOW;
  marks.take(news);
  return marks;
}

/** Of two seconds ago, with its circle. @param {number} radius @param {Partial<Mark>} [facts] @returns {Mark} */
const circled = (radius, facts) => markAt(0, 0, { at: NOW - 2000, radius_m: radius, circle: [0, radius], ...facts });
/** @param {Partial<UnitMark>} [facts] @returns {UnitMark} */
const unitAt = (x = 0, y = 0, facts = {}) => ({ name: "G12", status: "en_route", x, y, at: NOW, ...facts });
/** @param {Partial<Chosen>} facts @returns {{chosen: Chosen & {from: number}}} */
const chosen = (facts, from = 0) => ({
  chosen: { line: [], wrong: [], stops: [], guess: null, places: [], ...facts, from },
});
/** A way to the east. @param {(number | null)[]} xs @returns {([number, number] | null)[]} */
const east = (...xs) => xs.map((x) => (x === null ? null : [x, 0]));
/** Circles of such radii from these seconds on. @param {Record<number, number>} radii @returns {Mark["grown"]} */
const growing = (radii) => ({ x: 0, steps: Object.entries(radii).map(([s, r]) => [NOW + 1000 * Number(s), 20, r]) });

/** What is drawn: what a selector finds, and what its attributes say, or its texts. @param {Marks} marks */
function shown(marks, view = about(0, 0, 2), /** @type {Record<string, boolean>} */ layers = LAYERS) {
  marks.draw(view, layers);
  const all = (/** @type {string} */ selector) => [...marks.sheet.root.querySelectorAll(selector)];
  const says = (/** @type {string} */ selector, /** @type {string[]} */ ...names) =>
    all(selector)
      .map((el) => (names.length ? names.map((name) => el.getAttribute(name)).join(" ") : el.textContent))
      .join(", ");
  return { all, says, count: (/** @type {string} */ selector) => all(selector).length, texts: says("text") };
}

test("an accuracy circle is in true size, and a ring where its mark would hide it; its radius is written", () => {
  const marks = mapOf({ marks: { a: circled(400) } });
  for (const perPx of [2, 100, 2]) {
    const { says, texts } = shown(marks, about(0, 0, perPx));
    assert.equal(says(".circles circle", "cx", "cy", "r"), perPx === 2 ? "500 400 200" : "");
    assert.equal(says(".halos circle", "cx", "cy", "r"), perPx === 2 ? "" : "500 400 21");
    assert.equal(texts, "AMR-1, ± 400 m · 2 s");
  }
  const random = chance();
  for (let n = 0; n < 300; n++) {
    const [radius, perPx] = [10 ** (6 * random() - 1), 10 ** (4 * random() - 0.6)];
    const { count } = shown(mapOf({ marks: { a: circled(radius) } }), about(0, 0, perPx));
    const small = Number(radius / perPx < 17);
    assert.deepEqual([count(".circles circle"), count(".halos circle")], [1 - small, small]);
  }
});

test("a circle about the whole view has no line, and a large one no dashes", () => {
  const marks = mapOf({ marks: { a: circled(8000, { grown: growing({ 0: 9000 }) }) } });
  const line = (/** @type {View} */ view) => shown(marks, view).says(".circles circle", "stroke", "stroke-dasharray");
  assert.equal(line(about(0, 0, 20)), "var(--map-press) 7 7, var(--map-press) none");
  assert.equal(line(about(8500, 0, 2)), "var(--map-press) none, var(--map-press) none");
  assert.equal(line(about(0, 0, 2)), "none none");
});

test("an alarm has the shape and colour of its state, and says what is not known of it", () => {
  /** @type {[Partial<Mark>, string, string][]} */
  const cases = [
    [{}, "triangle press", "AMR-1, ± 18 m · 2 s"],
    [{ shape: "circle", radius_m: 1400 }, "circle acknowledged", "AMR-1, ± 1.4 km · 2 s"],
    [{ shape: "diamond", radius_m: undefined }, "diamond routed", "AMR-1, ± ? · 2 s"],
    [{ shape: "square", at: undefined }, "square scene", "AMR-1, ± 18 m · ?"],
    [{ name: "", nameless: "by_hand" }, "triangle press", "by hand, ± 18 m · 2 s"],
    [{ doubted: true }, "triangle press", "AMR-1, may be wrong · ± 18 m · 2 s"],
    [{ name: "" }, "triangle press", ""],
  ];
  for (const [facts, shape, texts] of cases) {
    const of = shown(mapOf({ marks: { a: circled(18, { ...facts, circle: undefined }) } }));
    assert.equal(of.says(".alarms path", "class", "fill"), shape.replace(" ", " var(--map-") + ")");
    assert.equal(of.says(".alarms path", "transform"), "translate(500 400)");
    assert.deepEqual([of.texts, of.count("circle")], [texts, 0]);
  }
});

test("who needs someone has a halo, and who stands chosen a ring", () => {
  const marks = mapOf({ marks: { a: markAt(0, 0, { calls: true }), b: markAt(400, 0) } });
  for (const [id, ring] of Object.entries({ "": "", b: "700 24", a: "500 24" })) {
    marks.selected = id;
    const { says } = shown(marks);
    assert.deepEqual([says(".halos circle", "cx", "r"), says(".picks circle", "cx", "r")], ["500 27", ring]);
  }
});

test("where she may be grows with the clock; where it may be wrong her last sure place is named", () => {
  const grown = growing({ 5: 200, 20: 240, 40: 288 });
  const marks = mapOf({ marks: { a: circled(18, { x: 600, grown }) } });
  for (const [s, radius] of Object.entries({ 0: 0, 5: 100, 19: 100, 20: 120, 90: 144 })) {
    marks.now = () => NOW + 1000 * Number(s);
    const { says, texts } = shown(marks);
    assert.equal(says('.circles [stroke-dasharray="7 7"]', "cx", "cy", "r"), radius ? `500 390 ${radius}` : "");
    assert.ok(!texts.includes(SURE));
  }
  assert.equal(marks.reach(markAt(600, 0, { grown, circle: [0, 18] })), Math.hypot(600, 20) + 288);
  // The unit's words would stand there.
  marks.take({ marks: { a: circled(18, { x: 600, doubted: true, grown }) }, units: { G12: unitAt(0, -290) } });
  assert.ok(shown(marks).texts.includes(SURE));
  assert.ok(
    shown(marks)
      .says(".labels rect", "y")
      .split(", ")
      .includes(`${390 + 144 + 5}`),
  );
  const wide = shown(marks, about(0, 0, 100));
  assert.ok(!wide.texts.includes(SURE) && !wide.count(".circles circle"));
});

test("what stands chosen has a mark and a name where it would be counted, and moves none where it has them", () => {
  const marks = mapOf({ marks: Object.fromEntries([..."abcd"].map((id) => [id, markAt(0, 0, { name: id })])) });
  for (const id of ["", "d"]) {
    marks.selected = id;
    assert.equal(shown(marks, about(0, 0, 500)).texts.replace(/, ± .*/, ""), id ? "a +2, d" : "a +3");
  }
  const places = ["", "a", "d"].map((id) => {
    marks.selected = id;
    return shown(marks).says(".alarms path", "data-incident", "transform");
  });
  assert.deepEqual(places, Array(3).fill(places[0]));
});

test("marks at one place stand apart, tied to where they are, and each is picked within 22 px and not beside", () => {
  const view = about(0, 0, 5);
  const marks = mapOf({ marks: Object.fromEntries([..."abcd"].map((id) => [id, markAt(100, 50)])) });
  const { all, says } = shown(marks, view);
  assert.equal(says(".circles line", "x1", "y1"), Array(4).fill("520 390").join(", "));
  for (const el of all(".alarms path")) {
    const [x, y] = (el.getAttribute("transform") ?? "").match(/[-\d.]+/g)?.map(Number) ?? [];
    assert.equal(marks.nearest(view, x, y), el.getAttribute("data-incident"));
  }
  marks.take({ marks: { a: null, b: null, c: null } });
  assert.equal(shown(marks, view).count(".circles *"), 0);
  assert.deepEqual([marks.nearest(view, 542, 390), marks.nearest(view, 542.1, 390)], ["d", ""]);
});

test("a unit says its status, the age of its position once that is old, and that its clock is wrong", () => {
  /** @type {[Partial<UnitMark>, string, string][]} */
  const cases = [
    [{ at: NOW + 3000 }, "en route", "routed"],
    [{ at: NOW - 14_999, status: "available" }, "available", "unit-free"],
    [{ at: NOW - 44_000, status: "on_scene" }, "on scene · 30 s", "scene"],
    [{ at: NOW - 119_000, status: "assigned" }, "assigned · 1 min", "routed"],
    [{ at: NOW - 200_000 }, "en route · 3 min", "routed"],
    [{ clock_wrong: true }, `en route · ${word("clock_wrong")}`, "routed"],
  ];
  for (const [facts, text, colour] of cases) {
    const { texts, says } = shown(mapOf({ units: { G12: unitAt(0, 0, facts) } }));
    assert.equal(texts, `G12 · ${text}`);
    const fill = ["available", "assigned"].includes(facts.status ?? "") ? "none" : `var(--map-${colour})`;
    assert.equal(says(".units path", "stroke", "fill"), `var(--map-${colour}) ${fill}`);
  }
});

test("units of alarms have a label first and at any scale, others only near; 60 at most, and none out of view", () => {
  const marks = mapOf({ marks: { a: markAt(1e6, 0, { unit: "119" }), b: markAt(1e6, 0, { unit: "7" }) } });
  for (let i = 0; i < 120; i++)
    marks.units.set(`${i}`, unitAt((i % 10) * 190 - 900, Math.floor(i / 10) * 80 - 450, { name: `U${i}` }));
  const near = shown(marks, about(0, 0, 1, 2000, 1000));
  assert.deepEqual([near.count(".units path"), near.count("text")], [120, 60]);
  assert.ok(near.texts.includes("U119 ·") && near.texts.includes("U7 ·"));
  marks.units.clear();
  marks.take({ units: { 7: unitAt(), 8: unitAt(-20_000, 0, { name: "G13" }), 9: unitAt(120_000) } });
  marks.take({ units: { 10: unitAt(-120_000), 11: unitAt(0, 99_000), 12: unitAt(0, -99_000) } });
  for (const [perPx, texts] of Object.entries({ 129: "G12 · en route, G13 · en route", 131: "G12 · en route" })) {
    const of = shown(marks, about(0, 0, Number(perPx)));
    assert.deepEqual([of.count(".units path"), of.texts], [2, texts]);
  }
  marks.take({ units: { 7: null } });
  assert.equal(shown(marks, about(0, 0, 131)).count(".units path"), 1);
});

test("a map of thousands draws some and counts all the others where they stand", () => {
  /** @type {[string, Mark][]} */
  const many = [...Array(3000).keys()].map((n) => {
    const [x, y] = [(n % 100) * 1000 - 50_000, Math.floor(n / 100) * 2000 - 30_000];
    return [`i${n}`, markAt(x, y, { received: n, unowned: n !== 1 })];
  });
  const of = (/** @type {number} */ n) => mapOf({ marks: Object.fromEntries(many.slice(0, n)) });
  const marks = of(3000);
  marks.take({ marks: { lost: { shape: "triangle", received: 0 } } });
  marks.selected = "i2000"; // out of the second view, as the eight that an arrow points to
  const everywhere = about(0, 0, 200);
  for (const view of [everywhere, about(25_500, 0, 50)]) {
    const beyond = view === everywhere ? 0 : 9;
    const { each, rest } = marks.chooseEach(view);
    const { count, all } = shown(marks, view);
    const groups = count(".groups circle");
    const counted = all("text").flatMap((el) => (/^\d+$/.test(el.textContent ?? "") ? [Number(el.textContent)] : []));
    assert.ok(0 < groups && groups <= 300 && groups === counted.length && count(".alarms path") <= each.length);
    const sum = counted.reduce((all, n) => all + n);
    assert.deepEqual([sum, sum + each.length - beyond], [rest.length, marks.count(view)]);
    assert.equal(each.length, 12 + (beyond || 1));
    for (const id of ["i0", "i2000"]) assert.ok(marks.laid.some((one) => one.id === id));
    const hidden = marks.texts.filter((one) => marks.texts.some((two) => one !== two && parts.overlap(one, two)));
    assert.deepEqual(hidden, [], "no name lies over a count");
  }
  assert.deepEqual([marks.count(everywhere), marks.lost], [3000, 1]);
  const oldest = marks.chooseEach(everywhere).each.slice(0, 3);
  assert.equal(oldest.map(([id]) => id).join(), "i0,i2,i3", "the oldest that nobody has");
});

test("up to 48 are drawn each by itself; held ones out of sight are not, and a group is red for one that nobody has", () => {
  /** So many at a place from the first on. @param {number} n @param {number} x @param {boolean} unowned */
  const crowd = (n, x, unowned) =>
    Object.fromEntries([...Array(n)].map((_, i) => [`${x} ${unowned} ${i}`, markAt(x, 0, { received: i, unowned })]));
  /** @type {[number, number, number, number][]} in view, free ones beyond, held ones beyond, and drawn of them */
  const cases = [
    [48, 0, 0, 48],
    [49, 0, 0, 12],
    [48, 3, 20, 51],
    [20, 20, 20, 28],
  ];
  for (const [inside, free, held, drawn] of cases) {
    const marks = mapOf({
      marks: { ...crowd(inside, 0, true), ...crowd(free, 9e4, true), ...crowd(held, 9e4, false) },
    });
    assert.equal(marks.chooseEach(about(0, 0, 50)).each.length, drawn);
  }
  const marks = mapOf({ marks: { ...crowd(20, 0, true), ...crowd(40, 0, false), ...crowd(10, 9e4, false) } });
  const { says, all } = shown(marks, about(0, 0, 200));
  assert.equal(says(".groups circle", "stroke"), "var(--map-press), var(--map-acknowledged)");
  assert.equal(
    all("text")
      .map((el) => el.textContent)
      .slice(-2)
      .join(),
    "48,10",
  );
});

test("the way of what stands chosen is broken where nobody was, and grows by what is new", () => {
  const marks = mapOf({});
  /** @type {[ReturnType<typeof chosen>, string][]} */
  const cases = [
    [chosen({ line: east(0, 20, null, 200) }), "M500 400L510 400M600 400"],
    [chosen({ line: east(220) }, 4), "M500 400L510 400M600 400L610 400"],
    [chosen({ line: east(240) }, 1), "M500 400L620 400"],
    [chosen({}), "M0 0"],
  ];
  for (const [news, way] of cases) {
    marks.take(news);
    assert.equal(shown(marks).says(".trail path", "d"), way);
  }
});

test("positions that may be wrong are crosses, the last three of them named; stops say for how long", () => {
  /** @type {[number, number][]} */
  const wrong = [-800, -400, 0, 400, 800].map((x) => [x, x / 4]);
  const marks = mapOf(chosen({ wrong, stops: [[0, -600, 84]] }));
  const { count, texts, says, all } = shown(marks);
  assert.equal(texts, "may be wrong, may be wrong, may be wrong, stood 1 min");
  assert.ok(all(".labels rect").every((el) => Number(el.getAttribute("x")) > 500));
  assert.deepEqual([count(".trail .wrong"), says(".trail circle", "cx", "cy")], [5, "500 700"]);
  marks.take(chosen({}));
  assert.deepEqual([shown(marks).count(".trail .wrong"), shown(marks).texts], [0, ""]);
});

test("the guess is named and tied to where she was; under her mark it is none", () => {
  const marks = mapOf(chosen({ guess: [60, 0, 0, 0] }));
  const { says, texts } = shown(marks);
  assert.deepEqual([says(".trail line", "x1", "x2"), says(".trail circle", "cx"), texts], ["500 530", "530", "guess"]);
  assert.equal(shown(marks, about(0, 0, 3)).count(".trail circle, .trail line, text"), 0);
});

test("places have their zone in true size with its radius under it, and go with what stands chosen", () => {
  /** @type {Chosen["places"]} */
  const places = [
    { name: "home", x: 0, y: 0, radius_m: 500, circle: [2, 800] },
    { name: "school", x: 0, y: 1400 },
  ];
  const marks = mapOf(chosen({ places }));
  const { says, texts } = shown(marks, about(0, 0, 4));
  assert.equal(says(".places .zone", "cx", "cy", "r"), "500 399.5 200");
  assert.equal(says(".places .place", "transform"), "translate(500 400), translate(500 50)");
  assert.deepEqual([texts, says(".labels rect", "y")], ["home · 500 m, school", "611.5, 62"]);
  marks.take(chosen({}));
  assert.equal(shown(marks).count(".places *"), 0);
});

test("a layer hides units, places or the way, and none hides an alarm, its circle or its words", () => {
  const places = [{ name: "home", x: 0, y: -600 }];
  const marks = mapOf({
    marks: { a: circled(400, { calls: true }) },
    units: { G12: unitAt(0, 600) },
    ...chosen({ line: east(0, 20), wrong: [[-600, 0]], stops: [[600, 0, 60]], places }),
  });
  const layers = { trail: "may be wrong, stood 1 min, ", places: "home, ", units: "G12 · en route" };
  const alarm = "AMR-1, ± 400 m · 2 s, ";
  assert.equal(shown(marks).texts, `${alarm}${Object.values(layers).join("")}`);
  /** @type {Record<string, boolean>} */
  const on = { ...LAYERS };
  for (const layer of Object.keys(layers)) {
    on[layer] = false;
    const { count, texts } = shown(marks, about(0, 0, 2), on);
    const left = Object.entries(layers).map(([name, words]) => (on[name] ? words : ""));
    assert.equal(`${texts}, `.replace(/route, $/, "route"), `${alarm}${left.join("")}`);
    assert.deepEqual([count(`.${layer} *`), count(".alarms path, .circles circle, .halos circle")], [0, 3]);
  }
});

test("what is over goes, what is kept from who is here is said; who has no position is counted and not drawn", () => {
  const marks = mapOf({ marks: { a: markAt(0, 0), b: markAt(9000, 0), c: { shape: "circle", received: 0 } } });
  assert.deepEqual([marks.lost, marks.count(about(0, 0, 2)), shown(marks).count(".alarms path")], [1, 1, 2]);
  assert.deepEqual(marks.take({ marks: { a: false, b: null, z: false } }), ["a", "z"]);
  assert.deepEqual([[...marks.alarms.keys()], shown(marks).count(".alarms path")], [["c"], 0]);
});

test("hostile words of a feed stay words", () => {
  const marks = mapOf({
    marks: { [HOSTILE]: circled(400, { name: HOSTILE, doubted: true, grown: growing({ 0: 300 }) }) },
    units: { [HOSTILE]: unitAt(0, 400, { name: HOSTILE, status: /** @type {any} */ (HOSTILE) }) },
    ...chosen({ places: [{ name: HOSTILE, x: 0, y: -700 }] }),
  });
  const { all, texts } = shown(marks);
  const alarm = [`${HOSTILE}: last sure place`, HOSTILE, "may be wrong · ± 400 m · 2 s"];
  assert.equal(texts, [...alarm, HOSTILE, `${HOSTILE} · ${HOSTILE}`].join(", "));
  for (const el of all("*")) assert.match(el.tagName, /^(pattern|path|g|circle|text|rect)$/i);
});

test("what is drawn twice the same writes nothing, and a moved alarm only what is its own", () => {
  const page = /** @type {any} */ (document);
  const { createElementNS } = page;
  /** @type {Set<string>} */
  const written = new Set();
  page.createElementNS = (/** @type {string} */ space, /** @type {string} */ tag) => {
    const el = createElementNS.call(page, space, tag);
    const set = el.setAttribute.bind(el);
    el.setAttribute = (/** @type {unknown[]} */ ...fact) => written.add(`${tag} ${fact[0]}`) && set(...fact);
    return el;
  };
  const marks = mapOf({
    marks: { a: circled(400), b: markAt(-700, 500) },
    units: { G12: unitAt() },
    ...chosen({ line: east(0, 20) }),
  });
  shown(marks);
  assert.ok(written.size > 10);
  for (const again of [() => marks.take({ units: { G12: unitAt() } }), () => (marks.now = () => NOW + 200)]) {
    const before = marks.sheet.root.outerHTML;
    written.clear();
    again();
    shown(marks);
    assert.deepEqual([written.size, marks.sheet.root.outerHTML === before], [0, true]);
  }
  marks.take({ marks: { b: markAt(-700, 520) } });
  shown(marks);
  assert.deepEqual(written, new Set(["path transform", "rect y", "text y"]));
  page.createElementNS = createElementNS;
});

test("a sheet always holds exactly what was drawn last", () => {
  const [random, sheet] = [chance(), new Sheet(["low", "high"])];
  for (let n = 0; n < 60; n++) {
    const drawn = [..."abcdef"].filter(() => random() < 0.5).map((key) => `${key} ${Math.floor(3 * random())}`);
    for (const [key, , x] of drawn) sheet.draw("high", key, "text", { x }, key);
    sheet.end();
    const held = [...sheet.root.querySelectorAll(".high text")].map(
      (el) => `${el.textContent} ${el.getAttribute("x")}`,
    );
    assert.deepEqual(held.sort(), drawn);
  }
});

test("a mark whose fact cannot be drawn keeps its shape, and nothing beside it from being drawn", () => {
  let said = 0;
  globalThis.reportError = () => (said += 1);
  const facts = ["at", "radius_m", "doubted", "circle", "grown"];
  for (const fact of facts) {
    const broken = circled(400, { grown: growing({ 0: 900 }) });
    Object.defineProperty(broken, fact, {
      get() {
        throw new Error(fact);
      },
    });
    const marks = mapOf({
      marks: { a: broken, b: { ...circled(400), x: 600, name: "AMR-2" } },
      units: { u: unitAt() },
    });
    const { count, texts } = shown(marks);
    assert.deepEqual([count(".alarms path"), count(".units path")], [2, 1], fact);
    assert.match(texts, /AMR-2, ± 400 m · 2 s/, fact);
  }
  assert.ok(said >= facts.length);
});
