// The queue: alarms, technical alarms, what was closed. Keyed rows; a new one moves neither selection, focus nor scroll.

import { duration, element, fill, metres, ticking, write } from "../page/format.js";
import { shape, shapeOf } from "../page/shapes.js";

/** Order of the open alarms: unacknowledged, alarmed again, the rest; then priority, then who waits longest. */
export function compare(a, b) {
  const rank = (row) => (row.state === "raised" ? 0 : row.realarm ? 1 : 2);
  return rank(a) - rank(b) || a.priority - b.priority || a.received - b.received || (a.id < b.id ? -1 : 1);
}

/** @param {HTMLElement} root */
export function mount(root, context) {
  const { words, state } = context;
  const newer = element("button", "newer");
  newer.hidden = true;
  const scroller = element("div", "rows");
  scroller.tabIndex = -1;
  const sections = Object.fromEntries(["alarms", "devices", "closed"].map((name) => [name, section(words[name], name === "alarms" ? words.no_alarm : "")]));
  scroller.append(...Object.values(sections).map((part) => part.root));
  root.append(newer, scroller);
  /** @type {Map<string, ReturnType<typeof makeRow>>} */
  const shown = new Map();
  const seen = new Set();
  const above = new Set();

  newer.addEventListener("click", () => {
    scroller.scrollTop = 0;
    above.clear();
    count();
  });
  scroller.addEventListener("scroll", () => {
    if (scroller.scrollTop > 4 || !above.size) return;
    above.clear();
    count();
  });

  function count() {
    newer.hidden = !above.size;
    write(newer, fill(words, "new_above", { n: above.size }));
    newer.setAttribute("aria-label", fill(words, "new_above_label", { n: above.size }));
  }

  function arrange() {
    const rows = [...state.rows.values()];
    const open = rows.filter((row) => row.state !== "closed").sort(compare);
    const closed = rows.filter((row) => row.state === "closed").sort((a, b) => b.closed - a.closed);
    const devices = [...state.devices.values()].sort((a, b) => (a.state === b.state ? a.since - b.since : a.state === "alarmed" ? -1 : 1));
    const anchor = scroller.scrollTop > 0 ? firstVisible() : null;
    const before = anchor?.getBoundingClientRect().top ?? 0;
    place(sections.alarms, open, "press");
    place(sections.devices, devices, "technical");
    place(sections.closed, closed, "press");
    sections.alarms.empty.hidden = open.length > 0;
    sections.devices.root.hidden = !devices.length;
    sections.closed.root.hidden = !closed.length;
    for (const [id, row] of shown) {
      if (state.rows.has(id) || state.devices.has(id)) continue;
      row.root.remove();
      shown.delete(id);
    }
    if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    for (const row of open) {
      const fresh = `${row.id} ${row.presses}`;
      if (!seen.has(fresh) && scroller.scrollTop > 4 && row.state === "raised") above.add(row.id);
      seen.add(fresh);
    }
    for (const id of above) if (!state.rows.has(id) || state.rows.get(id).state !== "raised") above.delete(id);
    count();
  }

  function firstVisible() {
    const top = scroller.getBoundingClientRect().top;
    return [...scroller.querySelectorAll(".row")].find((row) => row.getBoundingClientRect().bottom > top) ?? null;
  }

  /** Put rows in their order, touching only those that are out of place: a moved element would lose the focus. */
  function place(part, rows, kind) {
    write(part.number, String(rows.length));
    let next = part.list.firstElementChild;
    for (const facts of rows) {
      let row = shown.get(facts.id);
      if (!row) shown.set(facts.id, (row = makeRow(facts, kind, context)));
      if (row.root !== next) {
        const focused = row.root.contains(document.activeElement) ? document.activeElement : null;
        part.list.insertBefore(row.root, next);
        focused?.focus({ preventScroll: true });
      } else {
        next = next.nextElementSibling;
      }
      row.update(facts);
    }
  }

  return {
    /** The ids in the order in which they stand. */
    order: () => [...scroller.querySelectorAll(".row")].map((row) => row.dataset.incident),
    update(what) {
      if (what.has("rows") || what.has("devices")) arrange();
      if (what.has("selected") || what.has("rows") || what.has("devices")) {
        for (const [id, row] of shown) row.select(id === state.selected);
      }
      if (what.has("tick")) for (const row of shown.values()) row.tick();
    },
  };
}

function section(title, nothing = "") {
  const root = element("section", "part");
  const head = element("h2");
  const number = element("b");
  head.append(element("span", "", title), number);
  const list = element("ul");
  const empty = element("p", "empty", nothing);
  empty.hidden = true;
  root.append(head, empty, list);
  return { root, list, number, empty };
}

function makeRow(first, kind, context) {
  const { words } = context;
  const root = element("li", "row");
  const main = element("button", "choose");
  const picture = element("span", "shape");
  const title = element("span", "title");
  const age = element("span", "age");
  const place = element("span", "where");
  const status = element("span", "status");
  const holder = element("span", "holder");
  const warning = element("span", "warning");
  const later = element("span", "later");
  main.append(picture, title, age, place, holder, status, warning, later);
  const take = element("button", "take", words.take);
  root.append(main, take);
  root.dataset.incident = first.id;
  root.dataset.kind = kind;
  let facts = first;
  let drawn = "";

  main.addEventListener("click", () => context.select(facts.id));
  main.addEventListener("dblclick", () => context.send({ do: "map", what: "fly", incident: facts.id }));
  take.addEventListener("click", () => {
    context.select(facts.id);
    context.act("acknowledge", { incident: facts.id });
  });

  function tags() {
    const made = [];
    const tag = (text, name = "") => made.push(element("span", `tag ${name}`, text));
    if (facts.drill) tag(words.drill, "is-strong");
    if (kind === "press" && facts.presses > 1) tag(fill(words, "presses", { n: facts.presses }));
    if (kind === "technical" && facts.count > 1) tag(fill(words, "times_n", { n: facts.count }));
    if (facts.owner && facts.owner === context.state.desk) tag(words.mine, "is-mine");
    if (facts.as_class) tag(words[`class.${facts.as_class}`]);
    return made;
  }

  function where() {
    if (kind === "technical") return words[`condition.${facts.condition}`];
    if (facts.zone_name) return [facts.zone_name, facts.municipality].filter(Boolean).join(" · ");
    return facts.municipality || words.no_position;
  }

  function held() {
    if (kind === "technical") {
      if (facts.state === "returned") return fill(words, "returned", { time: "" }).trim();
      return facts.owner ? fill(words, "noted_by", { owner: facts.owner }) : words["state.alarmed"];
    }
    const parts = [words[`state.${facts.state}`]];
    if (facts.state === "closed") return [words[`outcome.${facts.outcome}`], facts.took_s != null && fill(words, "took", { time: ticking(facts.took_s * 1000) })].filter(Boolean).join(" · ");
    if (facts.owner && facts.owner !== context.state.desk) parts.push(facts.owner);
    if (facts.state === "acknowledged" && !facts.delivery) parts.push(words.not_routed);
    if (facts.delivery === "radio" || facts.delivery === "pending") parts.push(words[`delivery.${facts.delivery}`]);
    if (facts.unit) parts.push(fill(words, "unit", { unit: facts.unit }));
    if (facts.done) parts.push(words.done_says);
    return parts.join(" · ");
  }

  function said(now) {
    if (kind === "technical") return facts.battery == null ? "" : fill(words, "battery", { n: facts.battery });
    if (facts.state === "closed") return "";
    const parts = [facts.origin === "hand" ? words.by_hand : words[`press.${facts.press}`] ?? facts.press];
    if (facts.fix_at == null) parts.push(words.no_position);
    else parts.push(fill(words, "fix_old", { age: duration(words, now - facts.fix_at) }));
    if (facts.fix_at != null && facts.radius_m) parts.push(fill(words, "radius", { m: metres(words, facts.radius_m) }));
    if (facts.speed_m_s >= 0.5) parts.push(fill(words, "moving", { kmh: Math.round(facts.speed_m_s * 3.6) }));
    return parts.join(" · ");
  }

  function warned() {
    if (kind === "technical") return "";
    const parts = [];
    if (facts.realarm) parts.push(words[`realarm.${facts.realarm}`]);
    if (["late", "failed"].includes(facts.delivery) && facts.realarm !== "undelivered") parts.push(words[`delivery.${facts.delivery}`]);
    if (facts.unpresented) parts.push(words.unpresented);
    if (facts.unrecorded) parts.push(words.unrecorded);
    parts.push(...(facts.flags ?? []).filter((flag) => flag !== "no_fix").map((flag) => words[`flag.${flag}`] ?? flag));
    return parts.join(" · ");
  }

  function next(now) {
    if (kind === "technical" || facts.state === "closed") return "";
    const parts = [facts.tracking_ended ? words.tracking_ended : fill(words, "tracking_in", { time: duration(words, facts.tracking_until - now) })];
    if (facts.closures?.length) parts.push(`${words.closures} ${facts.closures.map((c) => words[`class.${c.as_class}`]).join(", ")}`);
    return parts.join(" · ");
  }

  function tick() {
    const now = context.now();
    if (facts.state === "closed") write(age, clockOf(facts.closed));
    else write(age, kind === "press" ? ticking(now - facts.received) : duration(words, now - facts.since));
    write(status, said(now));
    write(later, next(now));
  }

  return {
    root,
    tick,
    select(on) {
      root.classList.toggle("is-selected", on);
      if (on) main.setAttribute("aria-current", "true");
      else main.removeAttribute("aria-current");
    },
    update(changed) {
      const key = changed === facts ? drawn : "";
      facts = changed;
      const calls = kind === "press" && context.needsSomeone(facts);
      const look = `${facts.state} ${context.state.desk}`;
      root.dataset.state = facts.state;
      root.dataset.zone = facts.zone ?? "";
      root.dataset.presses = String(facts.presses ?? 0);
      root.dataset.owner = facts.owner ?? "";
      root.dataset.flags = (facts.flags ?? []).join(" ");
      root.classList.toggle("is-calling", calls);
      take.hidden = kind !== "press" || facts.state !== "raised";
      take.setAttribute("aria-label", fill(words, "take_label", { label: facts.label }));
      if (key !== look) {
        picture.replaceChildren(shape(shapeOf(facts.state, kind)));
        title.replaceChildren(element("b", "", facts.label), ...tags());
        drawn = look;
      }
      write(place, where());
      write(holder, held());
      write(warning, warned());
      tick();
    },
  };
}

function clockOf(ms) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Brussels", hour: "2-digit", minute: "2-digit" }).format(ms);
}
