// The queue: where an alarm stands on a console and in which order, and which sound is due.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { due } from "../../../dashboard/components/alert/urgent.js";
import { again, counting, done, upcoming } from "../../../dashboard/components/escalation/words.js";
import { tagsOf } from "../../../dashboard/components/queue/tags.js";
import { place, takes } from "../../../dashboard/shell/coverage.js";

Object.assign(globalThis, {
  window: globalThis,
  sessionStorage: { getItem: () => null },
  document: { visibilityState: "hidden" },
});
const { Store } = await import("../../../dashboard/shell/store.js");
const { floored, urgency } = await import("../../../dashboard/shell/order.js");
const { Unowned, summed } = await import("../../../dashboard/components/queue/unowned.js");
const { anothers } = await import("../../../dashboard/shell/guards.js");
mock.timers.enable({ apis: ["setTimeout"] }); // what would come seconds later keeps no test waiting
const ME = { covers: new Set(["A"]), unheard: {}, supervisor: false, desk: "Jan" };

/** A page of centre A that was told these rows. @param {...{id: string} & Record<string, unknown>} rows */
function page(...rows) {
  const store = new Store({ "watch.release": "goes on in {time}", "watch.mine": "yours for {time}" });
  const all = rows.map((row) => ({
    state: "raised",
    changes: 1,
    priority: 1,
    received: 1,
    label: "",
    closed: 0,
    ...row,
  }));
  const welcome = { desk: "Jan", zones: {}, centres: { known: [], own: [], covers: ["A"] } };
  const access = { state: "signed", name: "Jan", roles: ["dispatcher"] };
  store.take(
    JSON.stringify({
      now: 10_000,
      pace: 0,
      rows: Object.fromEntries(all.map((row) => [row.id, row])),
      access,
      replies: [{ welcome }],
    }),
  );
  return store;
}

test("the line over the list counts what asks again though somebody has it, and is calm of nothing else", () => {
  const told = (/** @type {({id: string} & Record<string, unknown>)[]} */ ...rows) => {
    const store = page(...rows);
    Object.assign(store.words, {
      unowned_n: "{n} free",
      ask_n: "{n} again",
      ask_too: "and {n} again",
      unowned_none: "{n} held",
      no_alarm: "none",
    });
    const { alarms, said, beside } = summed(store, store.lists().open.length);
    return [alarms, said, beside];
  };
  const held = { id: "held", state: "acknowledged", owner: "Els" };
  const again = { id: "again", state: "routed", owner: "Els", realarm: "pressed" };
  const mine = { id: "mine", state: "routed", owner: "Jan", realarm: "no_fix" };
  assert.deepEqual(told(), [0, "none", ""]);
  assert.deepEqual(told(held), [0, "1 held", ""]);
  assert.deepEqual(told(held, again, mine), [2, "2 again", ""]);
  assert.deepEqual(told(held, again, { id: "new" }), [2, "1 free", "and 1 again"]);
  // On its owner's page as on every other: one number.
  for (const owner of ["Els", "Jan"])
    assert.deepEqual(told({ id: "gone", state: "routed", owner, gone: "lost" }), [1, "1 free", ""]);
});

test("U goes among what nobody has, and to what asks again only once a first hand is there for all", () => {
  const mine = { id: "mine", state: "routed", owner: "Jan", realarm: "pressed" };
  const walk = (/** @type {({id: string} & Record<string, unknown>)[]} */ ...rows) => {
    const store = page(...rows);
    /** @type {string[]} */
    const went = [];
    const go = (/** @type {{id: string}} */ { id }) => went.push((store.selected = id));
    const { next } = Unowned.prototype;
    for (let n = 0; n < 3; n += 1) next.call({ store, open: () => store.lists().open, go });
    return went;
  };
  assert.deepEqual(walk(mine, { id: "one" }, { id: "two", received: 2 }), ["one", "two", "one"]);
  assert.deepEqual(walk(mine, { id: "one" }), ["one", "one", "one"]);
  assert.deepEqual(walk(mine, { id: "held", state: "routed", owner: "Els" }), ["mine", "mine", "mine"]);
});

test("where she goes calls who has the alarm, or sees to it beside them, and nobody who listens to her", () => {
  const calls = (/** @type {Record<string, unknown>} */ facts) => {
    const store = page({ id: "a", state: "routed", owner: "Jan", realarm: "place", ...facts });
    return [store.lists().calling.length, due(store, false).sound];
  };
  assert.deepEqual(calls({}), [1, "escalation"]);
  assert.deepEqual(calls({ realarm: "zone" }), [1, "escalation"]);
  assert.deepEqual(calls({ hushed: true }), [0, ""]);
  assert.deepEqual(calls({ owner: "Els" }), [0, ""]);
  assert.deepEqual(calls({ owner: "Els", helpers: ["Jan"] }), [1, "escalation"]);
  assert.deepEqual(calls({ owner: "Els", gone: "lost" }), [1, "escalation"]);
  assert.deepEqual(calls({ owner: "Els", realarm: "no_fix" }), [1, "escalation"]);
  assert.deepEqual(calls({ state: "raised", owner: "" }), [1, "press"]);
});

test("the key that sends it to the zone she is in now is named to who has the alarm", () => {
  const said = (/** @type {string} */ owner) => {
    const store = page({ id: "a", state: "routed", owner, realarm: "zone", next_zone: "Aalst" });
    Object.assign(store.words, { next_zone: "now {zone}", next_zone_route: "now {zone} (R)", zone: "PZ {name}" });
    return again(store, /** @type {import("../../../dashboard/shell/wire.js").Row} */ (store.rows.get("a")));
  };
  assert.deepEqual(said("Jan"), [["bad", "now PZ Aalst (R)"]]);
  assert.deepEqual(said("Els"), [["bad", "now PZ Aalst"]]);
});

test("the queue lists what nobody has, what alarmed again, own centres, then priority and age", () => {
  const { open, closed } = page(
    { id: "owned", state: "acknowledged", owner: "Els", priority: 0 },
    { id: "again", state: "routed", owner: "Els", realarm: "pressed" },
    { id: "late", received: 9 },
    { id: "early", received: 2 },
    { id: "real", received: 9, priority: 0 },
    { id: "mine", centre: "B", announced: ["A"] },
    { id: "old", state: "closed", closed: 1 },
    { id: "new", state: "closed", closed: 2 },
  ).lists();
  assert.deepEqual(
    open.map((row) => row.id),
    ["real", "early", "late", "again", "owned", "mine"],
  );
  assert.deepEqual(
    closed.map((row) => row.id),
    ["new", "old"],
  );
});

test("an alarm of the test bench stands last of what nobody has, and apart once somebody has it", () => {
  const { parts } = page(
    { id: "bench", bench: true, priority: 0 },
    { id: "real", received: 9 },
    { id: "noted", bench: true, state: "acknowledged", owner: "Els" },
    { id: "held", state: "routed", owner: "Els" },
    { id: "mine", state: "routed", owner: "Jan" },
  ).lists();
  assert.deepEqual(
    parts.map((rows) => rows.map((row) => row.id)),
    [["real", "bench"], ["mine"], ["held"], ["noted"]],
  );
});

test("one order of urgency for every list: nobody has it, then what asks again, then what is in hands", () => {
  const rows = [
    { id: "unowned", received: 9, supervisor: true },
    { id: "offered", state: "routed", owner: "Els", offered_to: "Jan" },
    { id: "again", state: "on_scene", owner: "Els", realarm: "pressed" },
    { id: "held", state: "on_scene", owner: "Els" },
  ];
  const store = page(...rows);
  const of = (/** @type {string} */ id) => urgency(store, /** @type {any} */ (store.rows.get(id)));
  assert.deepEqual(["unowned", "offered", "again", "held"].map(of), [0, 1, 1, 2]);
  assert.equal(store.lists().open[0].id, "unowned");
});

test("on the floor what calls the supervisor stands before what is older and does not yet", () => {
  const store = page({ id: "older", received: 1 }, { id: "calls", received: 9, supervisor: true });
  const me = { ...store.console, supervisor: true };
  assert.deepEqual(
    floored(store, [...store.rows.values()], me).map((row) => row.id),
    ["calls", "older"],
  );
});

test("an alarm of another centre stands apart and calls only when everybody must hear it", () => {
  const store = page({ id: "far", centre: "B" }, { id: "loud", centre: "B", loudness: 3 });
  const { others, calling } = store.lists();
  assert.deepEqual(others.map((row) => row.id).sort(), ["far", "loud"]);
  assert.deepEqual([store.nobodys, calling.map((row) => row.id)], [0, ["loud"]]);
  store.everywhere = true; // a supervisor's floor
  store.emit("rows");
  assert.equal(store.nobodys, 2);
});

test("a centre nobody listens for is taken by its neighbours, by supervisors, and by all when it has none", () => {
  assert.equal(takes("B", ME), false);
  assert.equal(takes("B", { ...ME, unheard: { B: ["A"] } }), true);
  assert.equal(takes("B", { ...ME, unheard: { B: ["C"] } }), false);
  assert.equal(takes("B", { ...ME, unheard: { B: ["C"] }, supervisor: true }), true);
  assert.equal(takes("B", { ...ME, unheard: { B: [] } }), true);
});

test("whose an alarm is decides before where it is", () => {
  const far = { state: "raised", centre: "B" };
  assert.equal(place(far, ME), "other");
  assert.equal(place({ ...far, owner: "Jan" }, ME), "main");
  assert.equal(place({ ...far, announced: ["A"] }, ME), "announced");
  assert.equal(place({ ...far, centre: "" }, ME), "main");
});

test("a declined order is not called unanswered, and what a supervisor confirmed asks for no confirmation", () => {
  const store = page();
  const row = { ...page({ id: "a" }).lists().open[0], state: "acknowledged", realarm: "declined", declined: "Gent" };
  for (const ladder of ["louder", "everyone", "confirm", "outside"]) {
    const said = [...again(store, row), ...done(store, { ...row, ladder })].map(([, words]) => words);
    assert.deepEqual(said.slice(0, 2), ["declined_now · choose_elsewhere", `ladder.declined.${ladder}`]);
    const confirmed = done(store, { ...row, ladder, confirmed: "Els", outside: "none" });
    assert.equal(confirmed[0][1], "confirmed_by");
    assert.ok(confirmed.every(([kind, words]) => kind !== "bad" && !words.startsWith("ladder")));
  }
  assert.deepEqual(again(store, { ...row, realarm: "" }), [["warn", "declined_by"]]);
  assert.deepEqual(again(store, { ...row, realarm: "pressed", declined: "" }), [["bad", "realarm.pressed"]]);
  assert.equal(upcoming(store, { ...row, next: "confirm", confirmed: "Els" })?.[1], "watch.confirm_again");
});

test("that a zone's step was missed stays said after its owner answered, and is said once", () => {
  const store = page();
  const row = { ...page({ id: "a" }).lists().open[0], state: "routed" };
  row.missed = [["not_accepted", 0]];
  assert.deepEqual(again(store, row), [["bad", "missed.not_accepted"]]);
  assert.ok(
    tagsOf(store, row).some(({ words }) => words === "mark.not_accepted"),
    "a row says it in a word",
  );
  assert.deepEqual(again(store, { ...row, realarm: "not_accepted" }), [["bad", "realarm.not_accepted"]]);
});

test("another's change holds the hand for a moment and is named, one's own does not", () => {
  const own = { n: 2, code: "acknowledged", who: "Jan" };
  const theirs = { n: 3, code: "ordered_cancel", who: "Els" };
  const again = { n: 3, code: "pressed_again" };
  assert.equal(anothers({ changes: 1 }, { changes: 2, latest: [own] }, "Jan"), null);
  assert.equal(anothers({ changes: 1 }, { changes: 2, latest: [own] }, "Els"), own);
  assert.equal(anothers({ changes: 1 }, { changes: 3, latest: [theirs, own] }, "Jan"), theirs);
  assert.equal(anothers({ changes: 2 }, { changes: 3, latest: [again, own] }, "Jan"), again);
  assert.equal(anothers({ changes: 2 }, { changes: 2, latest: [own] }, "Els"), null);
  assert.deepEqual(anothers({ changes: 1 }, { changes: 9, latest: [{ ...own, n: 9 }] }, "Jan"), {});
  const store = page({ id: "a", changes: 1 });
  const tell = (/** @type {object} */ row) =>
    store.take(JSON.stringify({ now: 10_000, rows: { a: { ...store.rows.get("a"), ...row } } }));
  tell({ changes: 2, latest: [own] });
  assert.equal(store.guarded("a"), false);
  tell({ changes: 3, latest: [theirs, own] });
  assert.equal(store.guarded("a"), true);
  assert.equal(store.guards.of("a")?.who, "Els");
});

test("a lost server sounds before all, a press before an escalation, a device last", () => {
  assert.equal(due(page({ id: "a" }), true).sound, "lost");
  assert.equal(due(page({ id: "a" }), false).sound, "press");
  assert.equal(due(page({ id: "a", loudness: 3 }), false).sound, "escalation");
  assert.equal(due(page({ id: "a", state: "acknowledged", owner: "Els" }), false).sound, "");
});

test("a row says what the watch does next, and warns its owner before it goes on", () => {
  const store = page({ id: "a", state: "acknowledged", owner: "Jan", next: "release", next_at: 70_000, warn_at: 0 });
  const row = store.rows.get("a") ?? assert.fail();
  assert.equal(counting(store, row), true);
  assert.deepEqual(upcoming(store, row), ["bad", "yours for 1:00"]);
  assert.equal(upcoming(store, { ...row, state: "closed" }), null);
  assert.deepEqual(
    done(store, { ...row, gone: "asleep", supervisor: true }).map(([kind]) => kind),
    ["bad", "bad"],
  );
});

const says = await import("../../../dashboard/components/queue/says.js");
const WORDS = {
  zone: "PZ {name}",
  zone_abroad: "outside Belgium, nearest PZ {name}",
  no_position: "no position",
  radius: "± {m}",
  radius_unknown: "accuracy unknown",
  routed_to: "sent: {zone}",
  share: "{n} %",
  fix_old_of: "position {age} old",
  doubt: "DOUBTED: {m}",
  "mark.old": "{age} old",
  "mark.doubt": "DOUBTED",
  min: "{n} min",
  language: "en",
  m: "{n} m",
  km: "{n} km",
};

test("a zone abroad is never named as if she were there", () => {
  const store = new Store(WORDS);
  const row = { zone: "5318", zone_name: "Comines-Warneton", fix_at: store.now(), radius_m: 12 };
  const where = (/** @type {object} */ more) => says.whereOf(store, /** @type {any} */ ({ ...row, ...more }));
  assert.equal(where({}), "PZ Comines-Warneton · ±\u00a012\u00a0m");
  assert.equal(where({ abroad: true, near: "x" }), "outside Belgium, nearest PZ Comines-Warneton · ±\u00a012\u00a0m");
  assert.equal(where({ zone: "", fix_at: undefined }), "no position");
});

const { PLACE_DOUBTS } = await import("../../../dashboard/components/case/doubt.js");
test("every form of a row says how sure its position is, where she is, and all but one line who was sent", () => {
  const store = new Store(WORDS);
  const { nameOf, whereOf, nearOf, sureOf, stepOf } = says;
  const place = (/** @type {any} */ row) => Object.values(nearOf(store, row)).join(" ");
  /** @type {Record<string, (row: any) => string>} */
  const forms = {
    name: (row) => nameOf(store, row),
    floor: (row) => `${whereOf(store, row)} · ${stepOf(store, row)}`,
    two: (row) => `${place(row)} ${sureOf(store, row, store.now()).words} ${stepOf(store, row)}`,
    one: (row) => `${place(row)} ${sureOf(store, row, store.now()).vague}`,
  };
  const near = { municipality: "Brussel", near: "near Wetstraat 2, Brussel · 20 m N · ±\u00a012\u00a0km" };
  for (const [form, said] of Object.entries(forms))
    for (const state of ["raised", "acknowledged", "routed", "accepted", "en_route", "on_scene", "safe"])
      for (const beside of [{ municipality: "Brussel" }, {}, near]) {
        const row = {
          label: "A",
          state,
          zone: "5339",
          zone_name: "Polbru",
          fix_at: store.now(),
          radius_m: 12_000,
          ...beside,
        };
        const vague = said({ ...row, order_zone: state === "raised" ? "" : "AMOW" });
        assert.match(
          vague,
          form === "name" || form === "floor" ? /PZ Polbru.*±\s12\skm/ : /(PZ Polbru|Brussel).*±\s12\skm/,
        );
        assert.equal(vague.includes("sent: PZ AMOW"), state !== "raised" && form !== "one", `${form} ${state}`);
        const wrong = { ...row, fix_at: row.fix_at - 660_000, doubt_m: 21_000, zone_share: 0.08 };
        for (const words of [/Polbru 8\s%/, /\b11\smin old/, /DOUBTED/]) assert.match(said(wrong), words, form);
        assert.match(said({ ...row, zone_share: 0 }), /Polbru\s\?/, form);
        for (const doubt of PLACE_DOUBTS)
          for (const more of [
            {},
            { near: "", fix_at: undefined, radius_m: undefined, municipality: "Wetstraat 2, Brussel" },
          ])
            assert.match(said({ ...row, ...more, flags: ["no_fix", doubt] }), new RegExp(`flag.${doubt}`), form);
        assert.doesNotMatch(vague, /old|DOUBTED|%/, form);
        const unsure = { ...row, near: "", radius_m: undefined };
        assert.match(said(unsure), /accuracy unknown/, form);
        assert.match(said({ ...unsure, fix_at: undefined }), /no position/, form);
      }
});

test("a row names the municipality, and the zone with its share where that is no surer", () => {
  const store = new Store(WORDS);
  const place = (/** @type {object} */ more) =>
    Object.values(
      says.nearOf(store, /** @type {any} */ ({ zone: "1", zone_name: "Gent", municipality: "Gent", ...more })),
    );
  assert.deepEqual(place({}), ["Gent", ""]);
  assert.deepEqual(place({ near: "near Veldstraat 96, Gent · 20 m N" }), ["Gent", "near Veldstraat 96"]);
  assert.deepEqual(place({ municipality: "Wetstraat 2, Brussel" }), ["Brussel", "Wetstraat 2"]);
  const both = {
    municipality: "Bruxelles / Brussel",
    near: "near Wetstraat 2, Brussel / Bruxelles · ±\u00a020\u00a0m",
  };
  assert.deepEqual(place(both), ["Brussel", "near Wetstraat 2"]);
  assert.deepEqual(place({ ...both, near: "" }), ["Bruxelles", ""]);
  assert.deepEqual(place({ zone_share: 0.4, near: "near Veldstraat, Gent" }), ["PZ Gent 40 %", "near Veldstraat"]);
  assert.deepEqual(place({ abroad: true, near: "x, y" }), ["outside Belgium, nearest PZ Gent", ""]);
  assert.deepEqual(place({ zone: "", municipality: "" }), ["no position", ""]);
});

const { fares } = await import("../../../dashboard/components/escalation/words.js");
test("what is not confirmed of an order stands in every form of an alarm, the worst in place of what a machine answered", () => {
  const store = page();
  const row = { ...page({ id: "a" }).lists().open[0], state: "routed", order_zone: "Gent", delivery: "delivered" };
  assert.deepEqual(fares(store, row), ["warn", "delivery.delivered"]);
  assert.deepEqual(fares(store, { ...row, step: "accepted" }), ["", "state.accepted"]);
  row.missed = [
    ["not_accepted", 0],
    ["not_on_scene", 0],
  ];
  assert.deepEqual(fares(store, row), ["bad", "missed.not_accepted · missed.not_on_scene"]);
  const off = { ...row, missed: [], standing_down: [{ zone: "1", zone_name: "A", at: 0 }] };
  for (const state of ["acknowledged", "closed"])
    for (const said of [
      tagsOf(store, { ...off, state }).map(({ words }) => words),
      again(store, { ...off, state }).flat(),
    ])
      assert.match(said.join(), /mark\.stand_down|stand_down_row/, state);
});
