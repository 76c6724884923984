// Where a map looks: nothing moves it but who chooses, flies or follows; and how it was left at each alarm.
import assert from "node:assert/strict";
import { test } from "node:test";
import { about, markAt, measure, parts, word } from "./map_parts.js";

const { Flights, Marks, TrueView } = parts;
/** @type {[number, number, number, number]} */
const HOME = [-150_000, -120_000, 150_000, 120_000];
const [GENT, NAMUR] = /** @type {[number, number][]} */ ([
  [-90_000, 60_000],
  [50_000, -40_000],
]);
const [A, B] = [markAt(...GENT), markAt(...NAMUR)];

/** A map of 1000 by 800 px, of Belgium, that was told of these alarms. @param {Record<string, Mark>} alarms */
function page(alarms, follow = false) {
  const [x_range, y_range] = [0, 1].map(() => {
    const range = { start: 0, end: 0, setv: (/** @type {object} */ to) => void Object.assign(range, to) };
    return range;
  });
  const region = /** @type {HTMLElement} */ ({ clientWidth: 1000, clientHeight: 800 });
  const view = new TrueView({ x_range, y_range }, { home: HOME }, region);
  const marks = new Marks(word, measure);
  const state = { follow, placing: false, layers: {}, open: false };
  const flights = new Flights(view, marks, state);
  /** As the frame draws: what came about while an alarm stands chosen is its own. */
  const seen = () => {
    const now = view.settle() ?? about(0, 0, 1);
    if (view.changed()) flights.own = marks.selected || flights.own;
    view.sent();
    return { x: (now.x0 + now.x1) / 2, y: (now.y0 + now.y1) / 2, wide: Math.round(now.x1 - now.x0) };
  };
  const take = (/** @type {Record<string, Mark | false>} */ news) => {
    for (const kept of marks.take({ marks: news })) flights.forget(kept);
    flights.keep();
    return seen();
  };
  /** A hand moves the map. @param {[number, number]} at @param {number} wide */
  const hand = ([x, y], wide) => {
    view.set(about(x, y, wide / 1000));
    return seen();
  };
  flights.belgium();
  seen();
  marks.take({ marks: alarms });
  return { flights, marks, state, seen, take, hand, region, view };
}

const BELGIUM = { x: 0, y: 0, wide: 300_000 };

test("an alarm is shown in the middle, near enough for its streets and far enough for all of its circles", () => {
  /** @type {[Partial<Mark>, number][]} */
  const cases = [
    [{}, 3750], // 3000 m up and down
    [{ y: 6_600_000 }, 5943],
    [{ circle: [0, 4000] }, 30_000],
    [{ grown: { x: GENT[0] + 3000, steps: [[0, GENT[1] + 4000, 1000]] } }, 45_000],
    [{ circle: [0, 90_000], grown: { x: GENT[0], steps: [[9e15, 0, 900]] } }, 675_000],
  ];
  for (const [facts, wide] of cases) {
    const { flights, seen } = page({ a: { ...A, ...facts } });
    flights.fly("a");
    assert.deepEqual(seen(), { x: GENT[0], y: facts.y ?? GENT[1], wide });
  }
});

test("a new alarm never moves the map, nor one that moves unless it is followed", () => {
  const { flights, marks, take } = page({ a: A });
  flights.select("a");
  assert.deepEqual([take({ b: B }), take({ a: markAt(...NAMUR) })], [BELGIUM, BELGIUM]);
  marks.selected = "";
  flights.follow(true);
  assert.deepEqual(take({ a: A }), BELGIUM);
});

test("what was chosen comes once it is drawn, and as it was left while it is still in that view", () => {
  const { flights, take, seen, hand } = page({ b: B });
  flights.choose("a");
  assert.deepEqual([seen(), flights.wanted], [BELGIUM, "a"], "it is not drawn yet");
  assert.deepEqual([take({ a: A }), flights.wanted], [{ x: GENT[0], y: GENT[1], wide: 3750 }, ""]);
  const left = hand(GENT, 40_000);
  flights.select("b");
  hand(GENT, 90_000); // while the other stands chosen
  flights.choose("a");
  assert.deepEqual(seen(), left);
  flights.select("b"); // walked past: the view stays its neighbour's
  flights.select("");
  const widths = [...flights.left].map(([id, view]) => `${id} ${Math.round(view.x1 - view.x0)}`);
  assert.deepEqual([widths, flights.own], [["b 90000", "a 40000"], "a"]);
  flights.choose("b");
  seen();
  flights.choose("a");
  seen();
  flights.select("b");
  take({ a: B });
  flights.choose("a");
  assert.deepEqual(seen(), { x: NAMUR[0], y: NAMUR[1], wide: 3750 }, "it has moved out of the view it was left in");
});

test("what was not drawn yet is wanted no longer once another stands chosen, and was left nowhere", () => {
  const { flights, take, seen } = page({ b: B });
  flights.choose("a");
  for (const other of ["b", "a"]) flights.select(other);
  assert.deepEqual(take({ a: A }), BELGIUM);
  flights.choose("a");
  assert.equal(seen().wide, 3750);
});

test("two that are chosen between two frames are each left as they were flown to", () => {
  const { flights, seen } = page({ a: A, b: B });
  for (const id of ["a", "b", "a"]) flights.choose(id);
  assert.deepEqual(seen(), { x: GENT[0], y: GENT[1], wide: 3750 });
});

test("who has no position is shown by the area that was named, else on the whole country; no flight goes there", () => {
  const [c, d] = [
    { ...A, x: undefined, y: undefined },
    { ...A, x: undefined, y: undefined, area: [0, 0, 10_000, 4000] },
  ];
  const { flights, seen, hand } = page({ a: A, c, d: /** @type {Mark} */ (d) });
  const named = { x: 5000, y: 2000, wide: 12_000 };
  for (const how of /** @type {("choose" | "fly")[]} */ (["choose", "fly"])) {
    hand(NAMUR, 20_000);
    flights[how]("d");
    assert.deepEqual(seen(), named);
    flights[how]("c");
    assert.deepEqual(seen(), how === "choose" ? BELGIUM : named);
  }
});

test("while a place is pointed at nothing is chosen", () => {
  const { flights, state, marks, seen } = page({ a: A });
  state.placing = true;
  flights.choose("a");
  assert.deepEqual([seen(), marks.selected], [BELGIUM, ""]);
});

test("who is followed is kept in the middle at the same scale; not while away, and no longer when told", () => {
  const { flights, take, hand, seen, state } = page({ a: A }, true);
  flights.choose("a");
  flights.keep();
  assert.deepEqual(seen(), { x: GENT[0], y: GENT[1], wide: 3750 }, "a flight is not undone before it is drawn");
  hand(GENT, 10_000);
  const stays = { x: GENT[0], y: GENT[1], wide: 10_000 };
  assert.deepEqual(take({ a: markAt(GENT[0] + 1900, GENT[1]) }), stays);
  const moved = { x: GENT[0] + 2100, y: GENT[1], wide: 10_000 };
  assert.deepEqual(take({ a: markAt(moved.x, moved.y) }), moved);
  flights.away = true;
  flights.go([0, 0, 1000, 1000]);
  const place = seen();
  assert.deepEqual([take({ a: B }), place.wide], [place, 1500]);
  flights.follow(true);
  assert.deepEqual(seen(), { x: NAMUR[0], y: NAMUR[1], wide: 1500 });
  flights.follow(false);
  assert.deepEqual([take({ a: A }).x, state.follow], [NAMUR[0], false]);
  flights.away = true;
  flights.fly("a");
  assert.equal(flights.away, false);
});

test("what is kept from who is here leads nowhere: its view is forgotten, and left if it is this one", () => {
  const { flights, take, seen } = page({ a: A, b: B });
  for (const id of ["a", "b"]) {
    flights.choose(id);
    seen();
  }
  const there = seen();
  assert.deepEqual([take({ a: false }), [...flights.left.keys()]], [there, []]);
  assert.deepEqual([take({ b: false }), flights.wanted], [BELGIUM, ""]);
});

test("how the map was left is kept of the last 64 alarms", () => {
  const { flights, seen } = page(Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`i${i}`, A])));
  for (const n of [...Array(70).keys(), 6, 0]) {
    flights.choose(`i${n}`);
    seen();
  }
  assert.deepEqual([flights.left.size, flights.left.has("i7"), [...flights.left.keys()].pop()], [64, true, "i6"]);
});

test("a page before which nobody stands shows the whole country, and what it showed to whom may see it after", () => {
  const { flights, take, seen } = page({ a: A, b: B });
  flights.choose("a");
  const near = seen();
  flights.select("");
  flights.lock(true);
  assert.deepEqual(seen(), BELGIUM);
  flights.lock(false);
  assert.deepEqual(seen(), near);
  flights.lock(true);
  seen();
  take({ a: false });
  flights.lock(false);
  assert.deepEqual([seen(), flights.left.size], [BELGIUM, 0], "she is kept from who came");
});

test("a view that is taken up while the page finds its size stays when its place grows; the country grows with it", () => {
  const at = about(...GENT, 5); // 5 km
  for (const [taken, wide] of /** @type {const} */ ([
    [at, 2500],
    [null, 300_000],
  ])) {
    const { seen, region, view } = page({ a: A });
    Object.assign(region, { clientHeight: 810 });
    if (taken) view.set(taken);
    seen();
    Object.assign(region, { clientWidth: 500, clientHeight: 400 });
    assert.equal(seen().wide, wide);
  }
});
