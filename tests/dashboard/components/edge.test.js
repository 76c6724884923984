// Arrows to alarms out of sight: where one stands, and that it covers no mark however little room there is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

// The map's parts are one module in the browser, put together by its frame.
const source = ["geometry", "edge"].map((part) =>
  readFileSync(new URL(`../../../dashboard/components/map/${part}.js`, import.meta.url), "utf8"),
);
const { Edge } = new Function(`${source.join("\n")}; return { Edge };`)();
const VIEW = { x0: 0, x1: 1, y0: 0, y1: 1, width: 476, height: 621 };
const MARK = { left: 210, right: 266, top: 282, bottom: 338 };

/** Where an arrow to what lies to the east stands. @param {object[]} boxes @param {object[]} marks @returns {[number, number]} */
function placed(boxes, marks) {
  const el = { offsetWidth: 240, offsetHeight: 44, style: { transform: "" } };
  Edge.prototype.place.call(Edge.prototype, VIEW, { el, arrow: { style: {} } }, 5000, 310, [...boxes], marks);
  const [, x, y] = /translate\((\d+)px, (\d+)px\)/.exec(el.style.transform) ?? [];
  return [Number(x), Number(y)];
}

test("an arrow stands at the edge, on the way to its alarm, beside what stands there", () => {
  const [x, y] = placed([MARK], [MARK]);
  assert.equal(x + 240, VIEW.width - 8);
  assert.ok(y + 44 <= MARK.top || y >= MARK.bottom);
});

test("where nothing is free it covers a panel, and never the mark of an alarm", () => {
  const panel = { left: 0, right: 476, top: 0, bottom: 621 };
  const [, y] = placed([panel, MARK], [MARK]);
  assert.ok(y + 44 <= MARK.top || y >= MARK.bottom);
});
