// What is unusual, the newest first: by which rule, of whom, about what, and what became of it.
import { current, keyed } from "../shell/build.js";
import { element, joined, moment, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";

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
    this.people = people;
    this.open = open;
    this.chosen = "";
    this.count = element("b");
    this.list = element("ol");
    this.none = element("p", "none");
    this.own = element("p", "own");
    root.append(
      element("h2", "", element("span", "", store.t("audit.notices")), this.count),
      this.list,
      this.none,
      this.own,
    );
  }

  /** @param {import("./wire.js").Audit} audit */
  show(audit) {
    const { store } = this;
    const open = audit.notices.filter((notice) => stateOf(notice) === "new").length;
    write(this.count, String(open));
    write(this.none, audit.notices.length ? "" : store.t(audit.ready ? "audit.notices_none" : "audit.reading"));
    const more = audit.more ? store.t("audit.notices_more", { n: audit.more }) : "";
    write(this.own, joined([more, audit.own ? store.t("audit.notices_own", { n: audit.own }) : ""]));
    keyed(
      this.list,
      audit.notices,
      (notice) => notice.id,
      (notice) => this._made(notice),
      (row, notice) => this._fill(row, notice, audit),
    );
  }

  /** @param {Notice} notice */
  _made(notice) {
    const pick = element(
      "button",
      { class: "pick", type: "button" },
      element("strong", "rule"),
      element("span", "why"),
      element("span", "of"),
      element("span", "state"),
      element("span", "at"),
    );
    pick.addEventListener("click", () => this.open(notice));
    return element("li", "", pick);
  }

  /** @param {HTMLElement} row @param {Notice} notice @param {import("./wire.js").Audit} audit */
  _fill(row, notice, audit) {
    const { store } = this;
    const pick = /** @type {HTMLElement} */ (row.firstElementChild);
    const [rule, why, of, state, at] = /** @type {HTMLElement[]} */ ([...pick.children]);
    const now = stateOf(notice);
    pick.className = `pick ${now}`;
    current(pick, notice.id === this.chosen);
    write(rule, store.t(`audit.rule.${notice.rule}`));
    write(at, moment(notice.at_ms, store.language, SHORT));
    write(why, described(store, notice.rule, audit.rules));
    write(of, joined([this.people.of(notice.who), notice.about]));
    state.replaceChildren(shape(SHAPES[now], 16), element("span", "", store.t(`audit.state.${now}`)));
  }
}
