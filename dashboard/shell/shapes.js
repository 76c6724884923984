// One shape a state, so that colour never speaks alone. Drawn, not typed: fonts differ.
import { draw } from "./build.js";
import { h } from "./kit.js";

/** @type {Record<string, string>} */
const PATHS = {
  press: "M12 2.5 22.5 21h-21z",
  acknowledged: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  routed: "M12 1.5 22.5 12 12 22.5 1.5 12z",
  scene: "M3 3h18v18H3z",
  device: "M12 2.5 21.5 12 12 21.5 2.5 12z",
  reserved: "M12 4 21 20H3z",
  closed: "M3.5 12.5 9.5 19 20.5 5.5",
  sound: "M4 9v6h4l5 4V5L8 9zM17 8a6 6 0 0 1 0 8",
  message: "M3 5h18v14H3zM3 6l9 7 9-7",
  feed: "M2 9q5-6 10 0t10 0M2 17q5-6 10 0t10 0",
  line: "M5 3h4l2 5-2.5 1.6a11 11 0 0 0 5.9 5.9L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2z",
  mute: "M4 9v6h4l5 4V5L8 9zM16 9l6 6M22 9l-6 6",
};
const OUTLINED = new Set(["device", "closed", "reserved", "sound", "mute", "message", "feed"]);

/** @type {Record<string, string>} of the states that are not drawn as a press */
const SHAPES = {
  acknowledged: "acknowledged",
  routed: "routed",
  accepted: "routed",
  en_route: "routed",
  on_scene: "scene",
  safe: "scene",
  closed: "closed",
};

/** The shape of a row's state. @param {string} state @param {string} kind */
export function shapeOf(state, kind) {
  if (kind === "technical") return "device";
  return SHAPES[state] ?? "press";
}

/** What an inline picture of a shape is made of. @param {string} name @param {number} size */
function drawing(name, size) {
  const outlined = OUTLINED.has(name);
  const line = outlined && { stroke: "currentColor", "stroke-width": 2.5, "stroke-linejoin": "round" };
  const facts = { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" };
  return { facts, path: { d: PATHS[name], fill: outlined ? "none" : "currentColor", ...line } };
}

/** An inline picture of a shape. @param {string} name @param {number} [size] */
export function shape(name, size = 24) {
  const { facts, path } = drawing(name, size);
  return draw("svg", facts, draw("path", path));
}

/** The same in a view. @param {{name: string, size?: number}} props */
export function Shape({ name, size = 24 }) {
  const { facts, path } = drawing(name, size);
  return h("svg", /** @type {any} */ (facts), h("path", /** @type {any} */ (path)));
}
