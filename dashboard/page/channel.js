// The page's line to its session, carried by Panel: text both ways. It draws nothing.

export function render({ model }) {
  const line = (window.vigie ??= { received: [], take: null });
  line.send = (message) => model.send_msg(JSON.stringify(message));
  model.on("msg:custom", (event) => {
    if (line.take) line.take(event.data);
    else line.received.push(event.data);
  });
  line.opened?.();
  return document.createElement("span");
}
