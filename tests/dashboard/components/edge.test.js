// Arrows to alarms out of sight: where one stands, and that it covers no mark however little room there is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { about, markAt, parts, word } from "./map/map_parts.js";

const VIEW = { x0: 0, x1: 1, y0: 0, y1: 1, width: 476, height: 621 };
const MARK = { left: 210, right: 266, top: 282, bottom: 338 };

/** Of an arrow to the east. @param {Box[]} boxes @param {Box[]} marks @returns {[number, number]} */
function placed(boxes, marks) {
  const el = /** @type {any} */ ({ offsetWidth: 240, offsetHeight: 44, style: { transform: "" } });
  const arrow = /** @type {any} */ ({ style: {} });
  parts.Edge.prototype.place(VIEW, { el, arrow }, 5000, 310, [...boxes], marks);
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

test("each alarm off the map has one arrow, with its name and how far it is, that goes once it is seen", () => {
  const [layer, flown] = [document.createElement("div"), /** @type {string[]} */ ([])];
  const edge = new parts.Edge(layer, (incident) => flown.push(incident), word);
  const mark = markAt(9000, 0, { name: "$& <b>" });
  const laid = { id: "a", mark, name: "$& <b>", label: "", x: 900, y: 0, dx: 0, dy: 0, text: "", at: null };
  const drawn = (/** @type {View} */ view, panels = /** @type {Box[]} */ ([])) => {
    edge.draw(view, [laid], panels, []);
    return [...layer.children].map((el) => el.textContent);
  };
  assert.deepEqual(drawn(about(0, 0, 10)), ["$& <b>9.0 km"]);
  assert.equal(edge.arrows.get("a")?.el.ariaLabel, "$& <b>, 9.0 km away, off the map: go there");
  const [arrow] = layer.children;
  assert.deepEqual(drawn(about(1000, 0, 10)), ["$& <b>8.0 km"]);
  assert.equal(layer.children[0], arrow, "a press finds the arrow that it aimed at");
  arrow.dispatchEvent(new (document.defaultView ?? window).Event("click"));
  mark.shape = "square";
  drawn(about(1000, 0, 10));
  assert.ok(layer.children.length === 1 && layer.children[0] !== arrow);
  assert.deepEqual([drawn(about(9000, 0, 10)), flown], [[], ["a"]]);
  const panel = { left: 480, right: 520, top: 380, bottom: 420 };
  assert.deepEqual(drawn(about(9000, 0, 10), [panel]), ["$& <b>0 m"], "under a panel it is not seen");
});
