// The shapes of the map as inline SVG: the same in the legend, on the arrows at the edge and on the canvas.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  triangle: "M10 2 L19 18 L1 18 Z",
  circle: "M10 2 a8 8 0 1 0 0.01 0 Z",
  diamond: "M10 1 L19 10 L10 19 L1 10 Z",
  square: "M3 3 H17 V17 H3 Z",
  unit: "M10 2 L17 6 V14 L10 18 L3 14 V6 Z",
  protected: "M10 2 a8 8 0 1 0 0.01 0 Z M5 13 L13 5 M7 16 L16 7",
  arrow: "M19 10 L3 2 L7 10 L3 18 Z",
};
const HOLLOW = new Set(["unit", "protected"]);

/** @typedef {keyof typeof PATHS} ShapeName */
/** @param {ShapeName} shape @param {string} colour @returns {SVGSVGElement} */
function shapeIcon(shape, colour) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("width", "18");
  svg.setAttribute("height", "18");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[shape]);
  path.setAttribute("fill", HOLLOW.has(shape) ? "none" : colour);
  path.setAttribute("stroke", HOLLOW.has(shape) ? colour : "none");
  path.setAttribute("stroke-width", "2.4");
  svg.append(path);
  return svg;
}
