// The page's line to its session, carried by Panel: text both ways. It draws nothing.

/** @param {{model: Foreign}} facts */
export function render({ model }) {
  const line = (window.vigieLine ??= { received: [] });
  line.send = (message) => model.send_msg(JSON.stringify(message));
  // Panel 1.9 hands over what was sent; a later one may hand over the event that carries it.
  model.on("msg:custom", (/** @type {string | {data: string}} */ sent) => {
    const text = typeof sent === "string" ? sent : sent.data;
    if (line.take) line.take(text);
    else line.received.push(text);
  });
  line.opened?.();
  return document.createElement("span");
}
