// The page's way to the desk: every command names its alarm, has an id of its own, and is answered in words.
import { clock, phrase, write } from "./format.js";
import { chance } from "./kept.js";

const DOUBLE_MS = 800; // the same wish within this is the same wish
const ANSWER_MS = 8000;
const SAID_MS = 4000;

/** An id for a command; `randomUUID` exists only on secure pages. */
export function newId() {
  return crypto.randomUUID?.() ?? chance();
}

/** @typedef {import("./wire.js").Answer} Answer */

export class DeskLine {
  /** @param {import("./store.js").Store} store @param {HTMLElement} said where is said what became of it
   *  @param {number} [lasts] ms that it is said; a refusal twice as long */
  constructor(store, said, lasts = SAID_MS) {
    this.lasts = lasts;
    this.store = store;
    this.said = said;
    /** The wishes that wait for their answer, by their ids, and who asked, where somebody is signed in; `late`: that it
     * has none was said.
     * @type {Map<string, {message: Record<string, unknown>, who: string | undefined, facts: Record<string, unknown>,
     * done: string, resolve: (answer: Answer) => void, timer: number, late: boolean}>} */
    this.waiting = new Map();
    /** @type {{incident: unknown, action: string, answer: Promise<Answer>}[]} the wishes that wait for their answer,
     * the oldest first */
    this.asked = [];
    this.last = { wish: "", at: 0 };
    /** Holds a wish back until somebody is signed in; false when the way is free.
     * @type {(action: string, label: string, run: () => void, look?: boolean) => boolean} */
    this.gate = () => false;
    store.answers("answer", (answer) => this._answered(answer));
    store.on("welcome", () => this._again());
  }

  /** Ask the desk. Resolves with its answer, or null when this was the second click of a double click.
   * @param {string} action a name for people @param {string} label the alarm @param {Record<string, unknown>} command
   * @param {Record<string, string>} [typed] @param {string} [id] the same id again for the second step of one wish
   * @returns {Promise<Answer | null>} */
  ask(action, label, command, typed = {}, id = newId()) {
    const wish = JSON.stringify([command, typed]);
    const now = performance.now();
    if (wish === this.last.wish && now - this.last.at < DOUBLE_MS) return Promise.resolve(null);
    if (this.gate(action, label, () => this.ask(action, label, command, typed, id))) return Promise.resolve(null);
    if (!this.store.live) {
      this.say(this.store.t("lost_trying"), true);
      return Promise.resolve(null);
    }
    this.last = { wish, at: now };
    const { zone: to } = command;
    const zone = typeof to === "string" && to ? this.store.zone(this.store.zones[to]) : "";
    const words = zone && `zone_says.${action}` in this.store.words ? `zone_says.${action}` : `do.${action}`;
    const facts = { action: () => this.store.t(words, { zone }), label };
    this.say(this.store.t("sent", facts));
    const message = { do: "command", command: { ...command, id }, typed };
    this.store.send(message);
    /** @type {Promise<Answer>} */
    const answer = new Promise((resolve) => {
      const timer = setTimeout(() => this._answered({ id, ok: false, code: "no_answer" }), ANSWER_MS);
      // What is offered is not over: the other person has still to answer.
      const done = `done.${action}` in this.store.words ? `done.${action}` : "done";
      this.waiting.set(id, { message, who: this.store.access?.name, facts, done, resolve, timer, late: false });
    });
    const asked = { incident: command.incident, action, answer };
    this.asked.push(asked);
    answer.then(() => (this.asked = this.asked.filter((one) => one !== asked)));
    return answer;
  }

  /** The answer that this desk still waits for to another wish about an alarm; undefined where it waits for none.
   * @param {string} incident @param {string} action */
  pending(incident, action) {
    return this.asked.findLast((one) => one.incident === incident && one.action !== action)?.answer;
  }

  /** There is a new line: what is not answered may have been lost with the one before. By its id it is done once. */
  _again() {
    const { store } = this;
    for (const [id, { message, who, late }] of this.waiting) {
      if (late) this.waiting.delete(id);
      else if (who === store.access?.name) store.send(message);
    }
  }

  /** Why the desk refused, in words. @param {Answer} answer */
  why(answer) {
    const [first, second] = (answer.about ?? []).map((name) => this.store.t(`time.${name}`));
    const why = this.store.t(`refused.${answer.code}`, {
      first,
      second,
      label: (answer.incident && this.store.rows.get(answer.incident)?.label) || "",
      who: answer.who || this.store.t("somebody"),
      time: answer.since ? clock(answer.since) : "",
    });
    return answer.meant ? phrase`${why} ${this.store.t("did_you_mean", { name: answer.meant })}` : why;
  }

  /** @param {string} text */
  say(text, refused = false) {
    this.said.classList.toggle("refused", refused);
    write(this.said, text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => write(this.said, ""), refused ? 2 * this.lasts : this.lasts);
  }

  /** @param {Answer} answer */
  _answered(answer) {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    // What came of it is said even then: a hand that was told to look finds its alarm acknowledged.
    if (waiting.late) this.store.emit("late");
    waiting.late = answer.code === "no_answer";
    if (!waiting.late) this.waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (answer.ok) this.say(this.store.t(waiting.done, waiting.facts));
    else this.say(this.store.t("refused_action", { ...waiting.facts, why: this.why(answer) }), true);
    waiting.resolve(answer);
  }
}
