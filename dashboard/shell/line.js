// The page's websocket, which Bokeh made: held, so that it can be cut and made anew for ever. Bokeh itself gives up
// after five times, and never leaves a socket that looks open but carries nothing. The page stays: sound, forms,
// selection and scroll with it.

export class Line {
  constructor() {
    /** @type {Foreign} a ClientConnection */
    this.connection = null;
    const made = (/** @type {unknown} */ connection) => (this.connection = connection);
    const { prototype } = window.Bokeh.require("@bokehjs/client/connection").ClientConnection;
    const { connect, send } = prototype;
    prototype.connect = function () {
      made(this);
      return connect.call(this);
    };
    // What is sent while there is no line is lost, with or without an error.
    prototype.send = function (/** @type {unknown} */ message) {
      if (this.socket?.readyState === WebSocket.OPEN) send.call(this, message);
    };
  }

  /** Whether there is a session to go on with; a page whose first line failed has none. */
  get begun() {
    return !!this.connection?.session;
  }

  /** Whether the socket says that it is open or opening. It may be wrong. */
  get open() {
    return (this.connection?.socket?.readyState ?? WebSocket.CLOSED) <= WebSocket.OPEN;
  }

  /** Leave the socket, whatever it says, and open another. The session's document is then drawn anew and says hello. */
  renew() {
    const { connection } = this;
    const { socket } = connection;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
      connection.socket = null;
    }
    connection._receiver = new connection._receiver.constructor(); // it may hold half a message of the old line
    connection.connect().catch(() => {}); // the watchdog sees what becomes of it
  }
}
