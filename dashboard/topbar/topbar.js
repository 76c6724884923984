// The top bar: health of the feed, of the log and of the cases; sound, who is on shift, the desk's name, the clock.

import { clock, duration, element, fill, write } from "../page/format.js";
import { shape } from "../page/shapes.js";

const DATE = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Brussels", weekday: "short", day: "numeric", month: "short" });

/** @param {HTMLElement} root */
export function mount(root, context) {
  const { words, state } = context;
  const feed = root.querySelector("#feed");
  const box = root.querySelector("#console");
  const lamp = element("span", "lamp");
  const head = element("strong");
  const newest = element("span");
  const detail = element("span", "detail");
  const first = element("div", "first");
  first.append(lamp, head, newest);
  const text = element("div", "text");
  text.append(first, detail);
  const marks = element("div", "marks");
  feed.append(text, marks);

  const sound = element("button", "sound");
  const shift = element("span", "shift");
  const raise = element("button", "raise", words.raise);
  const hint = element("kbd", "", "H");
  raise.append(" ", hint);
  const theme = element("button", "theme");
  const desk = deskName(context);
  const time = element("time", "clock");
  const date = element("small");
  const hour = element("b");
  time.append(date, hour);
  box.append(sound, shift, raise, theme, desk.root, time);

  sound.addEventListener("click", () => context.sound.start());
  raise.addEventListener("click", () => context.act("raise"));
  theme.addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "light" ? "dark" : "light";
    document.documentElement.dataset.theme = next;
    localStorage.setItem("vigie_theme", next);
    drawTheme();
  });

  function drawTheme() {
    write(theme, document.documentElement.dataset.theme === "light" ? words.dark : words.light);
  }

  function drawSound() {
    const armed = context.sound.armed;
    sound.dataset.sound = armed ? "armed" : "blocked";
    sound.replaceChildren(shape(armed ? "sound" : "mute", 20), element("span", "", armed ? words.sound_armed : words.sound_blocked));
    sound.setAttribute("aria-label", armed ? words.sound_armed : `${words.sound_blocked}. ${words.sound_start}`);
  }

  /** The worst feed speaks first; its figures stand under it. */
  function drawFeed() {
    const health = state.health;
    if (!health) return;
    const now = context.now();
    const worst = health.feeds.find((one) => one.state === health.feed_state) ?? health.feeds[0];
    feed.dataset.feedState = health.feed_state;
    feed.dataset.recording = health.recording;
    write(head, worst ? words[`feed.${health.feed_state}`] : words.feed_none);
    if (!worst) return;
    const messages = health.feeds.map((one) => one.message ?? 0);
    const message = Math.max(...messages);
    write(newest, message ? fill(words, "feed_message", { age: duration(words, now - message) }) : words.feed_no_message);
    const parts = health.feed_state === "live" || worst.since == null ? [] : [fill(words, "feed_since", { time: clock(worst.since) })];
    if (worst.heartbeat != null) parts.push(fill(words, "feed_heartbeat", { age: duration(words, now - worst.heartbeat) }));
    if (worst.lag_ms != null) parts.push(fill(words, "feed_lag", { ms: worst.lag_ms }));
    if (worst.behind) parts.push(fill(words, "feed_behind", { n: worst.behind }));
    if (!health.feeds.some((one) => one.gaps)) parts.push(words.feed_no_gap);
    write(detail, parts.join(" · "));
  }

  function drawMarks() {
    const health = state.health;
    if (!health) return;
    const made = [];
    if (health.recording === "failed") made.push(element("strong", "bad", words.not_recorded));
    if (health.cases === "locked") made.push(element("strong", "bad", words.cases_locked));
    if (health.cases === "missing") made.push(element("strong", "bad", words.cases_missing));
    if (health.orders === "late") made.push(element("strong", "bad", words.orders_late));
    for (const one of health.feeds.filter((each) => each.gaps)) {
      const gap = element("button", "gap", `${fill(words, "feed_gap", { time: clock(one.gap_at) })} · ${words.gap_seen}`);
      gap.title = words[`gap_why.${one.gap_why}`] ?? "";
      gap.setAttribute("aria-label", `${fill(words, "gap_seen_label", { feed: one.name })}: ${gap.title}`);
      gap.addEventListener("click", () => context.act("acknowledge_gap", { feed: one.name }));
      made.push(gap);
    }
    marks.replaceChildren(...made);
  }

  drawTheme();
  drawSound();
  return {
    update(what) {
      if (what.has("health")) drawMarks();
      if (what.has("health") || what.has("tick")) drawFeed();
      if (what.has("sound")) drawSound();
      if (what.has("health")) shift.replaceChildren(element("span", "", words.on_shift), element("b", "", String(state.shift)));
      if (what.has("health") || what.has("selected")) desk.draw();
      if (what.has("tick")) {
        const now = context.now();
        write(date, DATE.format(now));
        write(hour, clock(now));
      }
    },
  };
}

/** The desk's name: a button, and while it is changed a field in its place. */
function deskName(context) {
  const { words, state } = context;
  const root = element("form", "desk");
  const show = element("button", "desk-name");
  show.type = "button";
  const field = element("input");
  field.maxLength = 40;
  field.setAttribute("aria-label", words.desk_name);
  field.autocomplete = "off";
  const save = element("button", "", words.save);
  save.type = "submit";
  root.append(show, field, save);

  function editing(on) {
    show.hidden = on;
    field.hidden = save.hidden = !on;
  }

  show.addEventListener("click", () => {
    field.value = state.desk;
    editing(true);
    field.select();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") editing(false);
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    context.send({ do: "rename", desk: field.value });
  });
  context.on("renamed", (facts) => {
    if (!facts.ok) {
      context.say(words.desk_taken, { refused: true });
      return;
    }
    state.desk = facts.desk;
    context.rememberDesk(facts.desk);
    editing(false);
    draw();
  });

  function draw() {
    write(show, state.desk || "…");
    show.setAttribute("aria-label", fill(words, "desk_change", { desk: state.desk }));
  }

  editing(false);
  return { root, draw };
}
