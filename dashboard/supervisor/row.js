// One alarm of the floor: the queue's row, what went wrong with it and what the watch does, and under it what a
// supervisor may do.
import { announcedTest } from "../components/devices/words.js";
import { joined, ticking, together } from "../shell/format.js";
import { h } from "../shell/kit.js";
import { retain } from "../shell/kept.js";
import { shapeOf } from "../shell/shapes.js";
import { needs } from "../shell/order.js";
import { drawn, first, grave, item } from "../components/queue/row.js";
import { nameOf, stepOf } from "../components/queue/says.js";
import { tagsOf } from "../components/queue/tags.js";
import { takenOver } from "../components/coverage/words.js";
import { again, done, seats, upcoming } from "../components/escalation/words.js";
import { FORMS, against, calls, holds, next, offered, receivers, well } from "./actions.js";

/** @typedef {import("../shell/store.js").Store} Store @typedef {import("./actions.js").Row} Row
 * @typedef {{pick: (id: string, event: MouseEvent) => void, opens: () => boolean, moving: () => boolean, work: string,
 * press: (id: string, name: string) => void, more: (id: string) => void, assign: (id: string, to: string) => void,
 * decline: (id: string, reason: string) => void}} Does
 * @typedef {import("../components/queue/row.js").AlarmProps & {opened: string, does: Does}} FloorProps */

/** @param {FloorProps} props `opened`: "actions", "assign", "decline_hand_over", or "" */
export function FloorRow(props) {
  const { store, row, opened, does } = props;
  const tags = tagsOf(store, row);
  const name = nameOf(
    store,
    row,
    tags.filter(({ short }) => !short),
  );
  const called = store.called(row);
  const looks = { needs: needs(row) || called, called, offered: store.offered(row) === "me" };
  const facts = { "data-state": row.state, "data-owner": row.owner ?? "", tabIndex: -1 };
  const asked = calls(store, row);
  const some = offered(row).length > 0;
  const danger = tags.find(grave);
  const beside = tags.filter((tag) => !tag.short && tag !== danger && tag.kind !== "line");
  const to = store.offered(row) === "other" ? store.t("offered_row", { who: row.offered_to }) : "";
  return item(
    props,
    { kind: "press", name, looks, facts, shape: shapeOf(row.state, "press"), age: ticking(store.now() - row.received) },
    first(
      { ...props, disabled: !does.opens() },
      { name: does.opens() ? store.t("floor.open", { row: name }) : name, tags },
    ),
    h(
      "div",
      { class: "two" },
      ...beside.map(drawn),
      h("span", { class: "step" }, joined([seats(store, row), stepOf(store, row), to])),
      ...told(store, row).map(([kind, words]) => h("span", { class: kind }, words)),
      h("span", { class: "number" }, row.label),
    ),
    some && !asked && h(More, props),
    some && (asked || opened) && h(Acts, props),
  );
}

/** What went wrong with it, what the watch did, and what comes next. @param {Store} store @param {Row} row */
function told(store, row) {
  const parts = takenOver(store, row);
  if (row.test) parts.push(["test", announcedTest(store, row)]);
  if (row.unrecorded) parts.push(["bad", store.t("unrecorded")]);
  if (row.unpresented && needs(row)) parts.push(["bad", store.t("unpresented")]);
  if (row.order_excluded) parts.push(["bad", store.t("kept_from_order")]);
  if (row.kept_from && store.console.supervisor) parts.push(["warn", store.t("kept_from", { n: row.kept_from })]);
  const coming = upcoming(store, row);
  return [...parts, ...again(store, row), ...done(store, row), ...(coming ? [coming] : [])];
}

/** @param {FloorProps} props */
function More({ store, row, opened, does }) {
  const facts = { "aria-expanded": !!opened, "aria-label": store.t("floor.actions", { label: row.label }) };
  return once("take more", "⋯", () => does.more(row.id), facts);
}

/** The buttons, and what one of them opened: over nothing. @param {FloorProps} props */
function Acts(props) {
  const { store, row, opened, does } = props;
  const primary = next(row);
  const buttons = offered(row).map((name) => {
    const words = store.t(name === "take_over" && store.mine(row) ? "do.acknowledge" : `do.${name}`);
    const why = against(store, row, name, does.moving());
    return once(`do ${name}${name === primary ? " primary" : ""}`, words, () => does.press(row.id, name), {
      key: name, // one that went takes the hand with it: none stands on the next
      "data-do": name,
      "aria-label": store.t("action_label", { action: words, label: row.label }),
      "aria-disabled": !!why,
      title: why || undefined,
      ...(FORMS.includes(name) ? { "aria-expanded": opened === name } : {}),
    });
  });
  const label = store.t("floor.work_label", { label: row.label });
  const work = {
    class: "do work",
    href: does.work,
    "aria-label": label,
    onClick: () => retain("vigie.selected", row.id),
  };
  return h(
    "div",
    { class: "acts" },
    ...buttons,
    store.mine(row) && !!does.work && h("a", work, store.t("floor.work")),
    opened === "assign" && receivers(store, row).map((person) => h(Person, { ...props, person, key: person.key })),
    opened === "decline_hand_over" && h(Reason, props),
  );
}

/** To whom. @param {FloorProps & {person: import("./actions.js").Person, key: string}} props */
function Person({ store, row, person, does }) {
  const has = holds(store, person);
  const there = [store.t(`screen.${person.screen}`), store.t(person.heard ? "heard.yes" : "heard.no")];
  const facts = { label: row.label, who: person.name, facts: together(", ", [has, ...there]) };
  return once(
    "do person",
    [
      h("b", null, person.name),
      h("span", null, has),
      h("span", { class: well(person) ? "there" : "there bad" }, joined(there)),
    ],
    () => does.assign(row.id, person.key),
    { "aria-label": store.t("floor.assign_to", facts) },
  );
}

/** Why not. @param {FloorProps} props */
function Reason({ store, row, does }) {
  /** @param {SubmitEvent} event */
  const send = (event) => {
    event.preventDefault();
    const { reason } = /** @type {{reason: HTMLInputElement}} */ (/** @type {unknown} */ (event.target));
    if (reason.value.trim()) does.decline(row.id, reason.value.trim());
    else reason.focus();
  };
  const input = h("input", { name: "reason", maxLength: 2000, required: true, autocomplete: "off" });
  return h(
    "form",
    { noValidate: true, autocomplete: "off", onSubmit: send },
    h("label", null, store.t("field_reason"), input),
    h("button", { class: "do" }, store.t("do.decline_hand_over")),
  );
}

/** A button: the second click of a double click is no second wish. @param {string} look @param {any} words
 * @param {() => void} press @param {object} facts */
function once(look, words, press, facts) {
  const onClick = (/** @type {MouseEvent} */ { detail }) => detail < 2 && press();
  return h("button", { class: look, type: "button", ...facts, onClick }, words);
}
