// Streets on the map: which cells a view needs, what a cell's text says, and where a name has room.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

// The map's parts are one module in the browser, put together by its frame.
const source = ["geometry", "streets", "numbers"].map((part) =>
  readFileSync(new URL(`../../../dashboard/components/map/${part}.js`, import.meta.url), "utf8"),
);
const { cellsIn, runsOf, spots, Blocks, StreetMap } = new Function(
  `${source.join("\n")}; return { cellsIn, runsOf, spots, Blocks, StreetMap };`,
)();
const SCALES = [
  { number: 0, above: 10, below: 100, cell: 1000, step: 10 },
  { number: 1, above: 0, below: 10, cell: 100, step: 1 },
  { number: 2, above: 0, below: 2, cell: 100, step: 1 },
];
const NUMBERS = { number: 3, above: 0, below: 1, cell: 100, step: 1 };
const VIEW = { x0: -50, x1: 150, y0: 10, y1: 90, width: 100, height: 40 };

test("a view needs the cells that it touches, at its scale alone, the middle ones first", () => {
  assert.deepEqual(cellsIn(SCALES, VIEW, 2), [
    [1, 0, 0],
    [1, -1, 0],
    [1, 1, 0],
  ]);
  assert.deepEqual(cellsIn(SCALES, VIEW, 10), [
    [0, 0, 0],
    [0, -1, 0],
  ]);
  assert.equal(cellsIn(SCALES, VIEW, 1).length, 6);
  assert.deepEqual(cellsIn(SCALES, VIEW, 100), []);
});

test("however large a view, what it asks for is bounded", () => {
  assert.equal(cellsIn(SCALES, { ...VIEW, x0: -1e4, x1: 1e4, y0: -1e4, y1: 1e4 }, 5).length, 160);
});

test("a cell's steps are metres, each corner told from the one before", () => {
  const [run] = runsOf({ names: ["Kerkstraat"], lines: [[4, 0, 10, 20, 5, -5, 1, 0]] }, SCALES[0], 2, -1);
  assert.deepEqual(run, { kind: 4, name: "Kerkstraat", xs: [2100, 2150, 2160], ys: [-800, -850, -850] });
  assert.equal(runsOf({ names: [], lines: [[4, -1, 0, 0, 1, 1]] }, SCALES[0], 0, 0)[0].name, "");
});

test("a name stands where its street runs straight for its length, upright", () => {
  const [spot] = spots([300, 0], [50, 50], 80);
  assert.equal(Math.round(spot.x), 150);
  assert.equal(Math.abs(spot.angle), 0);
  assert.deepEqual(spots([0, 40], [0, 0], 80), [], "too short");
  assert.deepEqual(spots([0, 40, 40, 80, 80], [0, 0, 40, 40, 80], 120), [], "too crooked");
  for (let turn = 0; turn < 6.3; turn += 0.3) {
    const [{ angle }] = spots([0, 200 * Math.cos(turn)], [0, 200 * Math.sin(turn)], 80);
    assert.ok(Math.abs(angle) <= Math.PI / 2 + 1e-9);
  }
});

test("what stands on the map is not written over, nor is another name", () => {
  const blocks = new Blocks();
  blocks.fill({ left: 100, top: 100, right: 200, bottom: 130 });
  assert.equal(blocks.take(blocks.under(150, 115, 60, 0)), false);
  assert.equal(blocks.take(blocks.under(150, 60, 60, 0)), true);
  assert.equal(blocks.take(blocks.under(160, 62, 60, 1)), false);
});

/** A map whose plot holds what it is given. */
function streetMap() {
  Object.assign(globalThis, {
    document: {
      createElement: () => ({
        getContext: () => ({ measureText: (/** @type {string} */ t) => ({ width: 8 * t.length }) }),
      }),
    },
    show: (/** @type {{visible: boolean}} */ renderer, /** @type {boolean} */ visible) => (renderer.visible = visible),
  });
  const renderer = (/** @type {string} */ name) => {
    const data_source = {
      data: /** @type {Record<string, unknown>} */ ({}),
      setv: (/** @type {{data: Record<string, unknown>}} */ { data }) => (data_source.data = data),
    };
    return { name, visible: true, data_source };
  };
  const lines = renderer("streets");
  /** @type {Record<"numbers" | "streets" | "zones", {text: string, x: number, y: number, angle?: number}[]>} */
  const texts = { numbers: [], streets: [], zones: [] };
  /** @type {{cells?: number[][]}[]} */
  const sent = [];
  const model = {
    streets: { scales: SCALES, numbers: NUMBERS },
    colours: {},
    send_msg: (/** @type {object} */ message) => sent.push(message),
  };
  const map = new StreetMap({ renderers: [lines] }, model, { texts }, () => {});
  const written = (/** @type {"numbers" | "streets"} */ what) => texts[what].map(({ text }) => text);
  return { map, sent, lines, texts, written };
}

const cell = (/** @type {number[]} */ at, /** @type {object | null} */ lines) => JSON.stringify({ cell: at, lines });

test("a cell is asked for once, drawn when it comes, and a damaged or foreign one changes nothing", () => {
  const { map, sent, lines } = streetMap();
  map.choose(VIEW, true);
  map.choose(VIEW, true);
  assert.equal(sent.length, 1);
  for (const bad of ["", "{", "null", cell([9, 0, 0], null), cell([1, 0, 0], { names: [] })]) map.take(bad);
  map.choose(VIEW, true);
  assert.deepEqual(lines.data_source.data.xs, []);
  map.take(
    cell([1, 0, 0], {
      names: ["A"],
      lines: [
        [4, 0, 0, 50, 90, 0],
        [0, -1, 0, 0, 9, 9],
      ],
    }),
  );
  map.choose(VIEW, true);
  assert.deepEqual(
    lines.data_source.data.xs,
    [
      [0, 90, NaN],
      [0, 9, NaN],
    ],
    "a row a kind, the greater road above",
  );
});

test("that a place has no streets is said once all its cells have come, and not of a layer that is off", () => {
  const { map } = streetMap();
  map.choose(VIEW, true);
  assert.equal(map.bare, false);
  for (const x of [-1, 0, 1]) map.take(cell([1, x, 0], null));
  map.choose(VIEW, true);
  assert.equal(map.bare, true);
  map.choose(VIEW, false);
  assert.equal(map.bare, false);
});

test("a street's name gives way to what stands there", () => {
  const { map, written } = streetMap();
  const view = { x0: 0, x1: 400, y0: 0, y1: 200, width: 400, height: 200 };
  map.choose(view, true);
  for (let x = -1; x < 6; x += 1)
    for (let y = -1; y < 4; y += 1) for (const n of [1, 2]) map.take(cell([n, x, y], null));
  map.take(cell([1, 1, 1], { names: ["Kerkstraat"], lines: [[4, 0, -90, 50, 280, 0]] }));
  map.choose(view, true);
  map.name(view, []);
  assert.deepEqual(written("streets"), ["Kerkstraat"]);
  map.name(view, [{ left: 0, right: 400, top: 0, bottom: 200 }]);
  assert.deepEqual(written("streets"), []);
  map.name(view, []);
  assert.deepEqual(written("streets"), ["Kerkstraat"]);
  map.choose({ ...view, x0: -1e5, x1: 1e5, y0: -5e4, y1: 5e4 }, true);
  assert.deepEqual(written("streets"), [], "where no streets are drawn none is named");
});

const NEAR = { x0: 0, x1: 90, y0: 0, y1: 90, width: 900, height: 900 };
const houses = (/** @type {string[]} */ texts, /** @type {number[]} */ at) =>
  JSON.stringify({ cell: [3, 0, 0], numbers: { texts, at } });

test("house numbers are asked for when very near alone, after the streets, and vanish with the nearness at once", () => {
  const { map, sent, texts, written } = streetMap();
  map.choose({ ...NEAR, width: 90, height: 90 }, true);
  assert.ok(sent.length === 1 && !JSON.stringify(sent).includes("[3,"));
  map.choose(NEAR, true);
  assert.deepEqual(sent[1].cells, [[3, 0, 0]]);
  map.take(houses(["12", "14A"], [20, 30, 60, 30]));
  map.choose(NEAR, true);
  map.numbers.place(NEAR, []);
  assert.deepEqual(texts.numbers, [
    { text: "12", x: 20, y: 30 },
    { text: "14A", x: 60, y: 30 },
  ]);
  map.choose({ ...NEAR, width: 90, height: 90 }, true);
  assert.deepEqual(written("numbers"), []);
  map.choose(NEAR, false);
  map.numbers.place(NEAR, []);
  assert.deepEqual(written("numbers"), []);
});

test("a house number gives way to what stands on the map, to a street's name and to another number, and never to the edge", () => {
  const { map, texts, written } = streetMap();
  map.choose(NEAR, true);
  // About 200/600, 203/600, 500/600, 700/600 and the corner, in pixels.
  map.take(houses(["1", "1A", "3", "5", "7"], [20, 30, 20, 30, 50, 30, 70, 30, 0, 0]));
  map.choose(NEAR, true);
  texts.streets = [{ text: "Veldstraat", x: 70, y: 30, angle: 0 }];
  const alarm = { left: 460, right: 540, top: 560, bottom: 640 };
  map.numbers.place(NEAR, [alarm]);
  assert.deepEqual(written("numbers"), ["1"]);
  texts.streets = [];
  map.numbers.place(NEAR, []);
  assert.deepEqual(written("numbers"), ["1", "3", "5"]);
});

test("so many house numbers and no more are written, and without any loaded none is asked for", () => {
  const { map, sent, written } = streetMap();
  const large = { ...NEAR, width: 9000, height: 9000 };
  const at = Array.from({ length: 900 }, (_, i) => [1 + 3 * (i % 29), 1 + 3 * Math.floor(i / 29)]).flat();
  map.choose(large, true);
  map.take(houses(at.map(String), at));
  map.choose(large, true);
  map.numbers.place(large, []);
  assert.equal(written("numbers").length, 400);
  map.model.streets = { scales: SCALES };
  sent.length = 0;
  map.choose({ ...large, x0: 9000, x1: 9090 }, true);
  assert.ok(!JSON.stringify(sent).includes("[3,"));
});
