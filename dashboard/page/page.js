// The operator page: holds the state the server sent, gives it to the parts, and carries wishes back.

import { mount as mountActions } from "../actions/actions.js";
import { mount as mountAlert } from "../alert/alert.js";
import { mount as mountCase } from "../case/case.js";
import { mount as mountKeys } from "../keys/keys.js";
import { mount as mountQueue } from "../queue/queue.js";
import { mount as mountTimeline } from "./timeline.js";
import { mount as mountTopbar } from "../topbar/topbar.js";
import { fill } from "./format.js";
import { Presenter } from "./presented.js";
import { Sound } from "./sound.js";

const OFFSETS = 20; // clock samples: a message that was late makes the server look behind

const root = document.getElementById("vigie");
const words = JSON.parse(document.getElementById("words").textContent);
const line = (window.vigie ??= { received: [], take: null });
const listeners = new Map();
const offsets = [];

/** What the server said, and what is selected here. `rows` and `devices` by id. */
const state = {
  rows: new Map(), devices: new Map(), health: null, shift: 0, detail: null, selected: sessionStorage.getItem("vigie_selected"),
  desk: "", zones: {}, ready: false,
};

const context = {
  words, state, root,
  base: root.dataset.base, language: root.dataset.language,
  /** A sentence of the catalogue. */
  text: (key, facts) => fill(words, key, facts),
  /** The server's clock, ms since 1970. */
  now: () => Date.now() + (offsets.length ? Math.max(...offsets) : 0),
  /** Send a wish to the session. */
  send: (message) => line.send?.(message),
  /** Hear a reply of the session: welcome, renamed, answer, found, picked, placed. */
  on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
  /** Say something in the status line. */
  say(text, { refused = false } = {}) {
    say.textContent = text;
    say.classList.toggle("is-refused", refused);
  },
  /** Select an alarm, or nothing. Nothing else ever changes the selection. */
  select(id) {
    if (id === state.selected) return;
    state.selected = id;
    state.detail = null;
    if (id) sessionStorage.setItem("vigie_selected", id);
    else sessionStorage.removeItem("vigie_selected");
    context.send({ do: "select", incident: state.rows.has(id) ? id : "" });
    update(["selected", "detail"]);
  },
  /** The selected row, of either kind. */
  selectedRow: () => state.rows.get(state.selected) ?? state.devices.get(state.selected) ?? null,
  act: () => {},
};

const say = document.createElement("div");
say.id = "say";
say.setAttribute("role", "status");

const sound = (context.sound = new Sound(() => update(["sound"])));
const presenter = new Presenter(context);
const parts = [
  mountAlert(document.getElementById("alert"), context),
  mountTopbar(document.getElementById("top"), context),
  mountQueue(document.getElementById("queue"), context),
  mountCase(document.getElementById("case"), context),
  mountActions(document.getElementById("case"), context),
  mountTimeline(document.getElementById("timeline"), context),
  mountKeys(root, context),
];
document.getElementById("timeline").append(say);

function update(what) {
  const changed = new Set(what);
  parts.forEach((part) => part.update(changed));
}

/** Whether somebody must look at this row now. */
context.needsSomeone = (row) => row.state === "raised" || (row.state !== "closed" && Boolean(row.realarm));

function loud() {
  const waiting = [...state.rows.values()].filter(context.needsSomeone).length;
  document.title = waiting ? fill(words, "title_n", { n: waiting }) : words.title;
  sound.alarm(waiting > 0);
}

function take(data) {
  const message = JSON.parse(data);
  const changed = [];
  offsets.push(message.now - Date.now());
  if (offsets.length > OFFSETS) offsets.shift();
  if (message.rows) {
    for (const [id, row] of Object.entries(message.rows)) {
      if (row) state.rows.set(id, row);
      else state.rows.delete(id);
    }
    changed.push("rows");
  }
  if (message.devices) {
    for (const devices of Object.values(message.devices)) {
      for (const [id, row] of Object.entries(devices)) {
        if (row) state.devices.set(id, row);
        else state.devices.delete(id);
      }
    }
    changed.push("devices");
  }
  if (message.health) {
    state.health = message.health;
    state.shift = message.shift;
    changed.push("health");
  }
  if ("detail" in message) {
    const part = message.detail;
    if (!part) state.detail = null;
    else if (part.id === state.selected) state.detail = { ...(state.detail?.id === part.id ? state.detail : {}), ...part };
    changed.push("detail");
  }
  for (const reply of message.replies ?? []) {
    for (const [name, facts] of Object.entries(reply)) {
      if (name === "welcome") welcome(facts);
      if (name === "picked") context.select(facts);
      (listeners.get(name) ?? []).forEach((listener) => listener(facts));
    }
  }
  if (changed.length) {
    loud();
    update(changed);
    presenter.painted();
  }
}

function welcome(facts) {
  state.desk = facts.desk;
  state.zones = facts.zones;
  state.ready = true;
  update(["rows", "devices", "health", "selected"]);
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

context.rememberDesk = (desk) => {
  document.cookie = `vigie_desk=${encodeURIComponent(desk)}; path=/; max-age=31536000; samesite=strict`;
};

/** A random name of this browser: two of its tabs are one desk. */
function browser() {
  let name = localStorage.getItem("vigie_browser");
  if (!name) {
    name = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
    localStorage.setItem("vigie_browser", name);
  }
  return name;
}

function opened() {
  const selected = state.selected && !state.selected.includes("/") ? state.selected : "";
  context.send({ do: "hello", desk: cookie("vigie_desk"), browser: browser(), selected });
}

context.on("welcome", (facts) => context.rememberDesk(facts.desk));
document.documentElement.dataset.theme = localStorage.getItem("vigie_theme") ?? "dark";
line.take = take;
line.opened = opened;
line.received.splice(0).forEach(take);
if (line.send) opened();
setInterval(() => {
  if (!document.documentElement.classList.contains("is-lost")) update(["tick"]);
}, 1000);
