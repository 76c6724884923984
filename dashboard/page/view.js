// Where the map looks, kept over a reload of the page.

const KEY = "vigie.view";

/** The map's figure, once Bokeh made it. */
function figure() {
  const documents = window.Bokeh?.documents ?? [];
  for (const document of documents) for (const model of document._all_models.values()) if (model.type === "Figure") return model;
  return null;
}

export function keepView() {
  const plot = figure();
  if (!plot) return;
  const { x_range: x, y_range: y } = plot;
  sessionStorage.setItem(KEY, JSON.stringify([x.start, x.end, y.start, y.end]));
}

export function restoreView() {
  const [x0, x1, y0, y1] = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  const plot = figure();
  if (!plot || x1 === undefined) return;
  plot.x_range.setv({ start: x0, end: x1 });
  plot.y_range.setv({ start: y0, end: y1 });
}
