// What stands beside the list: the notice or the look that was opened, the person whose list it is; else what the day
// was like.
import { Cap } from "../components/actions/cap.js";
import { Reason } from "../components/reason/reason.js";
import { clock, clockAndDay, day, dayOf, element, joined, moment, number, together } from "../shell/format.js";
import { h, render } from "../shell/kit.js";
import { doButton } from "../shell/views.js";
import { described, stateOf } from "./notices.js";
import { duties, missing, what, why } from "./people.js";

/** @typedef {import("./wire.js").Notice} Notice @typedef {import("./wire.js").Part} Part
 * @typedef {import("./wire.js").Opened} Opened @typedef {import("./wire.js").Digest} Digest */

const DAY_MS = 86_400_000;
const STATES = ["seen", "explained", "handed_on"];
const NEVER = 32_767; // days since the last alarm of a case that had none (incidents/auditing/look.py)

export class Beside {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk
   * @param {HTMLElement} root @param {import("./people.js").People} people
   * @param {{day: (iso: string) => void}} does */
  constructor(store, desk, root, people, does) {
    this.store = store;
    this.desk = desk;
    this.people = people;
    this.does = does;
    /** @type {import("./wire.js").Audit | null} */
    this.audit = null;
    /** @type {Notice | null} */
    this.notice = null;
    /** @type {Opened | null} */
    this.opened = null;
    /** @type {Part | null} */
    this.part = null;
    /** @type {Digest | null} */
    this.digest = null;
    /** @type {import("./wire.js").View | null} */
    this.view = null;
    this.person = ""; // whose name is asked for
    this.body = element("div", { class: "body", tabindex: 0 });
    this.reason = new Reason(store, (given, words) =>
      store.send({ do: "name", person: this.person, why: given, reason: words }),
    );
    this.below = element("div");
    root.append(this.body, this.reason.root, this.below);
    /** @type {HTMLTextAreaElement | null} */
    this.note = null;
    store.on("language keys", () => this.show());
    addEventListener("resize", () => this.show());
    this.show();
  }

  /** Another notice stands here, with the note that was begun for it. @param {Notice | null} notice */
  about(notice) {
    this.notice = notice;
    this._write((notice && this.store.drafts.get(`note ${notice.id}`)) ?? "");
  }

  /** @param {string} state */
  async deal(state) {
    const { notice, store } = this;
    if (!notice) return;
    const asked = { do: "deal_notice", notice: notice.id, state, note: this.note?.value ?? "" };
    const answer = await this.desk.ask(`notice_${state}`, store.t(`audit.rule.${notice.rule}`), asked);
    if (!answer?.ok) return;
    store.drafts.set(`note ${notice.id}`, undefined);
    if (this.notice?.id === notice.id) this._write("");
  }

  /** @param {string} text */
  _write(text) {
    if (this.note) this.note.value = text;
  }

  /** Nobody is there to see it. */
  empty() {
    this.notice = this.opened = this.part = this.digest = null;
    this._write("");
    this.reason.forget();
    this.people.forget();
    this.show();
  }

  show() {
    const { notice, opened, digest } = this;
    const person = this._person();
    render(
      [
        opened && this._look(opened),
        notice && this._notice(notice),
        person && this._week(person),
        !opened && !notice && !person && digest && this._day(digest),
      ],
      this.body,
    );
    render(this._dealing(), this.below);
  }

  _dealing() {
    const { store, notice } = this;
    const keep = () => notice && store.drafts.set(`note ${notice.id}`, this.note?.value || undefined);
    const words = store.t("audit.note");
    const facts = { rows: 2, maxLength: 2000, autocomplete: "off", placeholder: words, "aria-label": words };
    const place = (/** @type {HTMLTextAreaElement | null} */ at) => void (this.note = at);
    const deals = STATES.map((state) =>
      doButton(
        () => void this.deal(state),
        { key: state },
        store.t(`do.notice_${state}`),
        h(Cap, { store, name: `notice_${state}` }),
      ),
    );
    const submit = (/** @type {Event} */ event) => event.preventDefault();
    return h(
      "form",
      { class: "dealing", hidden: !notice, autocomplete: "off", onSubmit: submit },
      h("textarea", { ...facts, onInput: keep, ref: place }),
      h("div", { class: "three" }, deals),
    );
  }

  /** Whose list it is. */
  _person() {
    return this.part ? this.notice?.who || this.view?.who || "" : "";
  }

  /** @param {[string, any][]} facts */
  _facts(facts) {
    const rows = facts
      .filter(([, fact]) => fact)
      .map(([name, fact]) =>
        h("div", { key: name }, h("dt", {}, this.store.t(`audit.fact.${name}`)), h("dd", {}, fact)),
      );
    return h("dl", {}, rows);
  }

  /** @param {number} ms */
  _at(ms) {
    return joined([day(dayOf(ms), this.store.language), clock(ms)]);
  }

  /** The way to who it is: with a reason, which is recorded. @param {string} person */
  _who(person) {
    if (this.people.named.has(person)) return null;
    const ask = () => {
      this.person = person;
      this.reason.ask();
    };
    return doButton(ask, {}, this.store.t("audit.name"));
  }

  /** @param {Opened} opened */
  _look({ look, stream, version, words, cases, more }) {
    const { store } = this;
    const several = more ? [...cases, store.t("audit.more_cases", { n: more })] : cases;
    const quiet =
      look.quiet_days === NEVER ? store.t("audit.never") : store.t("audit.days_ago", { n: look.quiet_days });
    return [
      h("h2", {}, what(store, look)),
      this._facts([
        ["when", this._at(look.at_ms)],
        ["who", joined([this.people.of(look.who), ...duties(store, look.role)])],
        ["how", look.command ? store.t("audit.by_command") : ""],
        ["there", store.t(look.there ? "audit.there" : "audit.not_there")],
        ["case", look.case || together(", ", several)],
        ["device", look.device],
        ["why", why(store, look) || (missing(look) ? store.t("audit.none_given") : "")],
        ["words", words],
        ["alarm", look.alarm ? store.t(`audit.alarm.${look.alarm}`) : ""],
        ["quiet", look.quiet_days < 0 || look.alarm === "open" ? "" : quiet],
        ["record", h("code", {}, joined([look.kind, stream, String(version)]))],
      ]),
      this._who(look.who),
    ];
  }

  /** @param {Notice} notice */
  _notice(notice) {
    const { store } = this;
    const history = [...notice.dealt]
      .reverse()
      .map((one) =>
        h(
          "li",
          { key: `${one.at_ms} ${one.state}` },
          h("strong", {}, store.t(`audit.state.${one.state}`)),
          h(
            "span",
            { class: "dim" },
            joined([clockAndDay(one.at_ms, store.now(), store.language), this.people.of(one.who)]),
          ),
          one.note ? h("p", {}, one.note) : null,
        ),
      );
    return [
      h("h2", {}, store.t(`audit.rule.${notice.rule}`)),
      h("p", { class: "dim" }, described(store, notice.rule, this.audit?.rules ?? {})),
      this._facts([
        ["who", this.people.of(notice.who)],
        ["about", notice.about],
        ["when", this._at(notice.at_ms)],
        ["count", String(notice.count)],
        ["state", store.t(`audit.state.${stateOf(notice)}`)],
      ]),
      this._who(notice.who),
      h("ol", { class: "history" }, history),
    ];
  }

  /** One person's period beside that of the others, and the last week of it by day and hour.
   * @param {string} person */
  _week(person) {
    const { store } = this;
    const part = /** @type {Part} */ (this.part);
    const others = Object.entries(part.listed.people).filter(([who]) => who !== person);
    const own = part.listed.people[person] ?? [0, 0, 0];
    const figures = ["all", "with", "without"].map((name, n) => {
      const theirs = others.map(([, counts]) => counts[n]);
      const range = theirs.length
        ? store.t("audit.others", { low: Math.min(...theirs), high: Math.max(...theirs) })
        : store.t("audit.no_others");
      const high = name === "without" && theirs.length && own[n] > Math.max(...theirs);
      return h(
        "div",
        { key: name, class: high ? "high" : "" },
        h("b", {}, number(store.words, own[n])),
        h("span", {}, store.t(`audit.figure.${name}`)),
        h("small", {}, range),
      );
    });
    return [
      h("h2", {}, store.t("audit.beside_others", { who: this.people.of(person) })),
      this.notice || this.opened ? null : this._who(person),
      h("div", { class: "figures" }, figures),
      part.marks.length > 0 && this._chart(part.marks),
    ];
  }

  /** @param {Part["marks"]} marks */
  _chart(marks) {
    const { store } = this;
    const until = Math.max(...marks.map(([at]) => at));
    const days = [6, 5, 4, 3, 2, 1, 0].map((n) => dayOf(until - n * DAY_MS));
    const [left, height] = [64, 44];
    // 1:1, so that no letter is small
    const width = Math.min(420, Math.max(120, this.body.clientWidth - 44 - left - 40));
    const slots = Math.floor(width / 10);
    /** @type {Map<string, number>} */
    const stacked = new Map();
    /** @type {any[]} */
    const drawn = [];
    for (const [n, iso] of days.entries()) {
      const y = (n + 1) * height;
      const name = moment(Date.parse(`${iso}T12:00:00Z`), store.language, { weekday: "short", day: "numeric" });
      const count = marks.filter(([at]) => dayOf(at) === iso).length;
      drawn.push(
        h("line", { x1: left, x2: left + width, y1: y, y2: y, class: "rule" }),
        h("text", { x: 0, y: y - 8 }, name),
        h("text", { x: left + width + 36, y: y - 8, class: "sum" }, String(count)),
      );
    }
    for (const hour of [0, 6, 12, 18, 24]) {
      const x = left + (hour / 24) * width;
      drawn.push(
        h("line", { x1: x, x2: x, y1: 0, y2: 7 * height, class: "hour" }),
        h("text", { x, y: 7 * height + 22, class: "hour" }, String(hour).padStart(2, "0")),
      );
    }
    for (const [at, asked] of marks) {
      const row = days.indexOf(dayOf(at));
      if (row < 0) continue;
      const [hours, minutes] = clock(at).split(":").map(Number);
      const slot = Math.floor(((hours * 60 + minutes) / 1440) * slots);
      const key = `${row} ${slot}`;
      const level = stacked.get(key) ?? 0;
      stacked.set(key, level + 1);
      if (level > 3) continue;
      const [x, y] = [left + (slot / slots) * width, (row + 1) * height - 11 - level * 10];
      drawn.push(h("rect", { x: x + 1, y, width: 8, height: 8, rx: 1.5, class: asked ? "asked" : "unasked" }));
    }
    const label = store.t("audit.chart", { n: marks.length });
    const [wide, high] = [left + width + 40, 7 * height + 28];
    const svg = { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", class: "week" };
    return h(
      "figure",
      {},
      h("svg", /** @type {any} */ ({ ...svg, "aria-label": label }), drawn),
      h(
        "figcaption",
        {},
        h("span", { class: "asked" }, store.t("audit.alarms.with")),
        h("span", { class: "unasked" }, store.t("audit.alarms.without")),
      ),
    );
  }

  /** @param {Digest} digest */
  _day(digest) {
    const { store } = this;
    const step = (/** @type {number} */ days) =>
      this.does.day(new Date(Date.parse(`${digest.day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10));
    const rows = (/** @type {Record<string, number>} */ found, /** @type {string} */ words) =>
      Object.entries(found)
        .sort((one, other) => other[1] - one[1])
        .map(([name, n]) => h("li", { key: name }, h("span", {}, store.t(`${words}.${name}`)), h("b", {}, n)));
    const notices = rows(digest.notices, "audit.rule");
    const figures = /** @type {const} */ (["looks", "people", "open", "without", "missing"]);
    return [
      h("h2", {}, store.t("audit.digest", { day: day(digest.day, store.language) })),
      h(
        "div",
        { class: "steps" },
        doButton(() => step(-1), {}, store.t("audit.day_before")),
        doButton(() => step(1), {}, store.t("audit.day_next")),
      ),
      this._facts(figures.map((name) => [name, number(store.words, digest[name])])),
      h("h3", {}, store.t("audit.digest_notices")),
      notices.length ? h("ul", { class: "sums" }, notices) : h("p", { class: "dim" }, store.t("audit.digest_none")),
      h("h3", {}, store.t("audit.digest_kinds")),
      h("ul", { class: "sums" }, rows(digest.kinds, "audit.what")),
    ];
  }
}
