// An alarm in the queue, as one tree: in one line what never goes from a row; in two what comes next, too.
import { clock, duration, joined, ticking, together } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { needs, takes } from "../../shell/order.js";
import { Shape, shapeOf } from "../../shell/shapes.js";
import { sentence } from "../case/history.js";
import { counting, seats, upcoming } from "../escalation/words.js";
import { nameOf, nearOf, stepOf, sureOf } from "./says.js";
import { tagsOf } from "./tags.js";

const TAGS = 2; // of a row; further ones are counted

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row
 * @typedef {import("../../shell/wire.js").DeviceRow} DeviceRow @typedef {import("./tags.js").Tag} Tag
 * @typedef {{store: Store, lines: number, selected: boolean, stop: boolean, top: string, begins: string, place: string,
 * does: {pick: (id: string, event: MouseEvent) => void, take?: (id: string) => void, fly?: (id: string) => void}}}
 * Stands how a row stands in the list: in how many `lines`, whether Tab `stop`s at it, the room over it (`top`), the
 * group it `begins`, whose alarm it is (`place`)
 * @typedef {Stands & {row: Row}} AlarmProps @typedef {Stands & {row: DeviceRow}} DeviceProps */

/** An open or closed alarm. @param {AlarmProps} props */
export function Alarm(props) {
  const { store, row, lines, place } = props;
  const announced = place === "announced";
  const now = store.now();
  const closed = row.state === "closed";
  const tags = tagsOf(store, row);
  const danger = tags.find(grave);
  const marks = tags.filter((tag) => tag !== danger && !["mine", "line"].includes(tag.kind));
  const who = !store.mine(row) || row.helpers?.length ? seats(store, row) : "";
  const told = store.guards.told.get(row.id);
  const news = told ? sentence(store, { at: 0, ...told }) : "";
  const looks = { needs: needs(row) && !announced, announced, offered: store.offered(row) === "me", drill: row.drill };
  const facts = {
    "data-state": row.state,
    "data-stands": place,
    "data-zone": row.zone ?? "",
    "data-presses": row.presses ?? 1,
    "data-owner": row.owner ?? "",
    "data-flags": (row.flags ?? []).join(" "),
  };
  const name = nameOf(store, row, tags);
  const age = closed ? clock(row.closed).slice(0, 5) : ticking(now - row.received);
  return item(
    props,
    { kind: "press", name, looks, facts, shape: shapeOf(row.state, "press"), age },
    first(props, { name, tags, beside: lines === 1 ? few(marks, closed) : [], who }),
    lines === 2 && h("div", { class: "two" }, ...some(marks, news), ...(closed ? ended(store, row) : coming(props))),
    !closed && !announced && takes(store, row) && h(Take, props),
  );
}

/** The first line of an alarm: where it is, what can kill, its line, how sure its place is, who has it.
 * @param {AlarmProps & {disabled?: boolean}} props
 * @param {{name: string, tags: Tag[], beside?: Tag[], who?: string}} says */
export function first(props, { name, tags, beside = [], who = "" }) {
  const { store, row } = props;
  const { town, street } = nearOf(store, row);
  const danger = tags.find(grave);
  const vague = row.state === "closed" ? "" : sureOf(store, row, store.now()).vague;
  return h(
    "div",
    { class: "one" },
    h(Pick, { ...props, name, words: town }),
    street && h("span", { class: "street" }, street),
    danger && drawn(danger),
    ...tags.filter(({ kind }) => kind === "line").map(({ words }) => h(Line, { words })),
    ...beside.map(drawn),
    h("span", { class: "sure warn" }, vague),
    h("span", { class: "who" }, who),
  );
}

/** Whether it can kill. @param {Tag} tag */
export function grave({ kind }) {
  return kind === "danger";
}

/** A technical alarm. @param {DeviceProps} props */
export function Device(props) {
  const { store, row, lines } = props;
  const condition = store.t(`condition.${row.condition}`);
  const state = store.t(`state.${row.state}`);
  const battery = row.battery == null ? "" : store.t("battery", { n: row.battery });
  const count = row.count ?? 1;
  const often = row.flaps ? store.t("flapping", { n: row.flaps }) : count > 1 ? store.t("times_n", { n: count }) : "";
  const time = clock(row.shelved).slice(0, 5);
  const noted = row.shelved
    ? store.t("shelved", { who: row.owner, time })
    : row.owner && store.t("noted_by", { owner: row.owner });
  const back = row.returned ? store.t("returned", { time: clock(row.returned) }) : "";
  const why = row.shelved_why ? store.t("shelved_why", { why: row.shelved_why }) : "";
  const facts = { "data-state": row.state, "data-owner": row.owner ?? "", "data-flaps": row.flaps ?? 0 };
  const name = together(", ", [row.label, condition, state]);
  return item(
    props,
    {
      kind: "technical",
      name,
      looks: { unnoted: !row.owner },
      facts,
      shape: "device",
      age: duration(store.words, store.now() - row.since),
    },
    h(
      "div",
      { class: "one" },
      h(Pick, { ...props, name, words: row.label }),
      h("span", { class: "street" }, condition),
      often && h("span", { class: "tag flaps" }, often),
    ),
    lines === 2 && h("div", { class: "two" }, h("span", { class: "step" }, joined([noted, why, battery, back]))),
  );
}

/** An alarm that is kept from who is here: that there is one, whether nobody has it, and nothing else. No hand on it.
 * @param {AlarmProps} props */
export function Reserved({ store, row, top }) {
  return h(
    "li",
    {
      class: `alarm is-reserved is-${row.state === "raised" ? "raised" : "kept"}`,
      style: { marginTop: top },
      "data-incident": row.id,
      "data-kind": "reserved",
      "data-state": row.state,
      "aria-label": store.t("reserved_label"),
    },
    h("span", { class: "glyph" }, h(Shape, { name: "reserved" })),
    h("div", { class: "one" }, h("strong", { class: "name" }, store.t("reserved"))),
    h("div", { class: "two" }, h("span", { class: "step" }, store.t("reserved_row"))),
  );
}

/** What stands in place of a row that could not be drawn: that there is one, its number, its age, its state.
 * @param {Stands & {row: any}} props */
export function Plain(props) {
  const { store, row } = props;
  const facts = { "data-state": String(row.state) };
  const age = ticking(store.now() - (row.received ?? row.since));
  const name = joined([row.label, store.t(`state.${row.state}`)]);
  return item(
    props,
    { kind: "press", name, looks: { plain: true }, facts, shape: "press", age },
    h("div", { class: "one" }, h(Pick, { ...props, name, words: name })),
  );
}

/** @param {Stands & {row: Row | DeviceRow}} props
 *  @param {{kind: string, name: string, looks: Record<string, unknown>, facts: object, shape: string, age: string}} of
 *  @param {...any} inside its line, then what stands after its age */
export function item({ row, lines, selected, top, begins, does }, { kind, name, looks, facts, shape, age }, ...inside) {
  const is = Object.entries({ ...looks, selected, "is-one": lines === 1 }).flatMap(([look, on]) => (on ? [look] : []));
  return h(
    "li",
    {
      class: [`alarm is-${row.state} is-${kind}`, ...is].join(" "),
      style: { marginTop: top },
      "data-incident": row.id,
      "data-kind": kind,
      title: name, // what has no room in it is read under the mouse
      "data-begins": begins || undefined,
      ...facts,
      onClick: (/** @type {MouseEvent} */ event) => {
        if (!(/** @type {Element} */ (event.target).closest(".take, .acts"))) does.pick(row.id, event);
      },
      onDblClick: () => does.fly?.(row.id),
    },
    h("span", { class: "glyph" }, h(Shape, { name: shape })),
    inside[0],
    h("span", { class: "age" }, age),
    ...inside.slice(1),
  );
}

/** Its name: the button that chooses it.
 * @param {{selected: boolean, stop: boolean, name: string, words: string, disabled?: boolean}} props */
function Pick({ selected, stop, name, words, disabled }) {
  const facts = { "aria-current": selected || undefined, "aria-label": name, disabled };
  return h("button", { class: "pick", type: "button", tabIndex: stop ? 0 : -1, ...facts }, words);
}

/** That a call stands: its picture, for whoever hears the page its words. @param {{words: string}} props */
function Line({ words }) {
  return h(
    "span",
    { class: "phone", title: words },
    h(Shape, { name: "line", size: 16 }),
    h("span", { class: "visually-hidden" }, words),
  );
}

/** @param {AlarmProps} props */
function Take({ store, row, does }) {
  const offered = takes(store, row) === "accept_hand_over";
  const named = { action: store.t("do.accept_hand_over"), label: row.label };
  return h(
    "button",
    {
      class: "take",
      type: "button",
      "aria-label": store.t(offered ? "action_label" : "take_label", named),
      onClick: (/** @type {MouseEvent} */ { detail }) => detail < 2 && does.take?.(row.id),
    },
    store.t(offered ? "do.accept_hand_over" : "take"),
  );
}

/** What one line has room for: what asks again, a drill, an offer; of a closed alarm the first that there is.
 * @param {Tag[]} tags @param {boolean} closed */
function few(tags, closed) {
  const stays = (/** @type {Tag} */ { key, again }) => again || key === "drill" || key === "offered";
  return closed ? tags.slice(0, TAGS) : tags.filter(stays).slice(0, 1);
}

/** The first tags, how many there are beside, and before what neither asks nor endangers what somebody else just did.
 * @param {Tag[]} tags @param {string} news */
function some(tags, news) {
  const [first, rest] = [tags.slice(0, TAGS), tags.slice(TAGS)];
  const before = (/** @type {Tag} */ { kind, again }) => !!again || kind === "danger";
  const more = h("span", { class: "tag more", title: joined(rest.map(({ words }) => words)) }, `+${rest.length}`);
  return [
    ...first.filter(before).map(drawn),
    news && h("span", { class: "news" }, news),
    ...first.filter((tag) => !before(tag)).map(drawn),
    rest.length > 0 && more,
  ];
}

/** @param {Tag} tag */
export function drawn({ kind, words, again }) {
  return h("span", { class: `tag ${kind}${again ? " again" : ""}` }, words);
}

/** How far an open alarm is, what the watch does next and when, its number. @param {AlarmProps} props */
function coming({ store, row, place }) {
  if (place === "announced") return [h("span", { class: "step" }, store.t("announced", { centre: row.centre }))];
  const next = upcoming(store, row);
  const offered = store.offered(row) === "other" ? store.t("offered_row", { who: row.offered_to }) : "";
  const due = next && h("span", { class: counting(store, row) ? "due warn" : "due" }, next[1]);
  return [
    h("span", { class: "step" }, joined([offered, stepOf(store, row)])),
    due,
    h("span", { class: "number" }, row.label),
  ];
}

/** What became of a closed one. @param {Store} store @param {Row} row */
function ended(store, row) {
  const outcome = row.outcome ? store.t(`outcome.${row.outcome}`) : "";
  const took = row.took_s != null ? store.t("took", { time: ticking(row.took_s * 1000) }) : "";
  return [h("span", { class: "step" }, joined([outcome, took, row.owner])), h("span", { class: "number" }, row.label)];
}
