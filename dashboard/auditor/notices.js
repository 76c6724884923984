// What is unusual, the newest first: by which rule, of whom, about what, and what became of it.
import { joined, moment } from "../shell/format.js";
import { h, render } from "../shell/kit.js";
import { Shape } from "../shell/shapes.js";
import { alone } from "../shell/views.js";

/** @typedef {import("./wire.js").Notice} Notice */

/** @type {Record<string, string>} */
const SHAPES = { new: "press", seen: "device", explained: "closed", handed_on: "routed" };

const SHORT = /** @type {const} */ ({ weekday: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

/** The newest state of a notice. @param {Notice} notice */
export function stateOf(notice) {
  return notice.dealt.at(-1)?.state ?? "new";
}

/** What a rule says, with its threshold. @param {import("../shell/store.js").Store} store @param {string} rule
 * @param {Record<string, number>} rules */
export function described(store, rule, rules) {
  return store.t(`audit.rule_why.${rule}`, { ...rules, n: rules[rule] ?? 1 });
}

export class Notices {
  /** @param {import("../shell/store.js").Store} store @param {HTMLElement} root
   * @param {import("./people.js").People} people @param {(notice: Notice) => void} open */
  constructor(store, root, people, open) {
    this.store = store;
    this.root = root;
    this.people = people;
    this.open = open;
    this.chosen = "";
  }

  /** @param {import("./wire.js").Audit} audit */
  show({ notices, ready, more, own, rules }) {
    const { store, people, open } = this;
    const fresh = notices.filter((notice) => stateOf(notice) === "new").length;
    const none = store.t(ready ? "audit.notices_none" : "audit.reading");
    const left = joined([
      more && store.t("audit.notices_more", { n: more }),
      own && store.t("audit.notices_own", { n: own }),
    ]);
    const rows = notices.map((notice) => {
      const props = { store, notice, rules, open, who: people.of(notice.who), chosen: notice.id === this.chosen };
      return alone(Row, { ...props, language: store.language }, { of: notice, key: notice.id });
    });
    render(
      [
        h("h2", {}, h("span", {}, store.t("audit.notices")), h("b", {}, fresh)),
        h("ol", {}, rows),
        notices.length === 0 && h("p", { class: "none" }, none),
        left ? h("p", { class: "own" }, left) : null,
      ],
      this.root,
    );
  }
}

/** @param {{store: import("../shell/store.js").Store, notice: Notice, rules: Record<string, number>, who: string,
 * chosen: boolean, open: (notice: Notice) => void}} props */
function Row({ store, notice, rules, who, chosen, open }) {
  const now = stateOf(notice);
  const facts = { class: `pick ${now}`, type: "button", "aria-current": chosen ? "true" : undefined };
  return h(
    "li",
    {},
    h(
      "button",
      /** @type {any} */ ({ ...facts, onClick: () => open(notice) }),
      h("strong", { class: "rule" }, store.t(`audit.rule.${notice.rule}`)),
      h("span", { class: "why" }, described(store, notice.rule, rules)),
      h("span", { class: "of" }, joined([who, notice.about])),
      h(
        "span",
        { class: "state" },
        h(Shape, { name: SHAPES[now], size: 16 }),
        h("span", {}, store.t(`audit.state.${now}`)),
      ),
      h("span", { class: "at" }, moment(notice.at_ms, store.language, SHORT)),
    ),
  );
}
