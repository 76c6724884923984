import { together } from "../shell/format.js";
// What the page knows of the training room, by the server's word, and its way to ask: every wish is answered, in words
// when refused.

const ANSWER_MS = 60_000; // a masked recording of a large log takes its time

/** @typedef {{ok: boolean, code: string, detail: string, [fact: string]: any}} Answer to a wish, with what was asked
 * for @typedef {import("../shell/store.js").Row} Row
 * @typedef {{name: string, title: string, masking: string, expires: string | null, shipped: boolean, length_s: number,
 * incidents: number, messages: number, events: number, devices: string[]}} Recording
 * @typedef {{name: string, title: string, length_s: number, incidents: number, injects: number, shipped: boolean}} Kept
 * a scenario @typedef {{id: string, title: string, language: string, state: string, at_s: number}} Running an
 * exercise
 * @typedef {{id: string, title: string, language: string, began: string, expires: string, cut_off: boolean, trainees:
 * {name: string}[], debrief: string | null}} Ended
 * @typedef {{id: string, name: string, state: string, at_s: number, length_s: number, speed: number, now: string,
 * trouble: string, passed_over: number, rows: Record<string, Row | null>}} Played a replay
 * @typedef {Running & {code: string, length_s: number, now: string, rows: Record<string, Row | null>, injects:
 * string[], trainees: {id: string, name: string, here: boolean}[], looks: Record<string, [selected: string, visible:
 * boolean]>, remarks?: {at_s: number, text: string}[], told: {at_s: number, by: string, inject: string, what:
 * import("./draft.js").Action}[], scenario: {language: string | null, story: string, devices: string[], spots:
 * import("./draft.js").Place[], steps: {at: number, what: import("./draft.js").Action}[], injects: {name: string, what:
 * import("./draft.js").Action[]}[]}}} Shown the exercise that is looked at
 * @typedef {{recordings: Recording[] | null, scenarios: Kept[] | null, exercises: Running[], replays: {id: string,
 * name: string, state: string}[], ended: Ended[], replay: Played | null, marks: [at: number, type: string][], exercise:
 * Shown | null, gone: string}} Parts what there is; null: not known yet, or not looked at */

/** @typedef {{access?: {state: string}, replies?: object[], training?: Partial<Parts>}} Message of the server */

/** @typedef {{store: import("../shell/store.js").Store, room: Room, base: string, draft: import("./draft.js").Draft,
 * say: (text: string, refused?: boolean) => void, places: Record<"wide" | "side" | "map" | "strip" | "more",
 * HTMLElement>, layout: (kind: string) => void, open: (name: string, facts?: unknown) => void, staying: () => () =>
 * boolean}} Look what each room of the page is given */

/** @returns {Parts} */
function nothing() {
  const lists = { recordings: null, scenarios: null, exercises: [], replays: [], ended: [] };
  return { ...lists, replay: null, marks: [], exercise: null, gone: "" };
}

export class Room {
  /** @param {import("../shell/store.js").Store} store @param {(text: string, refused?: boolean) => void} say */
  constructor(store, say) {
    this.store = store;
    this.say = say;
    this.parts = nothing();
    this.n = 0;
    this.heard = 0;
    /** @type {Map<number, {resolve: (answer: Answer) => void, timer: number, quiet: boolean}>} */
    this.waiting = new Map();
    this.watched = { kind: "", id: "" };
    store.answers("done", (/** @type {Answer & {n: number}} */ answer) => this._answered(answer));
    store.on("message", (/** @type {Message} */ message) => this.take(message));
  }

  /** @param {Message} message */
  take(message) {
    if (message.access?.state === "locked") this.parts = nothing();
    if (message.replies?.some((reply) => "welcome" in reply) && this.watched.kind) this._tellWatched();
    if (!message.training) return;
    Object.assign(this.parts, message.training);
    this.heard = performance.now();
    this.store.emit("training");
  }

  /** Ask for it. Resolves with the answer; a refusal is said as well, unless `quiet`.
   * @param {string} what @param {object} facts @param {boolean} [quiet] @returns {Promise<Answer>} */
  ask(what, facts, quiet = false) {
    if (!this.store.live) {
      this.say(this.store.t("lost_trying"), true);
      return Promise.resolve({ ok: false, code: "lost", detail: "" });
    }
    const n = ++this.n;
    this.store.send({ do: "ask", what, n, ...facts });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this._answered({ n, ok: false, code: "no_answer", detail: "" }), ANSWER_MS);
      this.waiting.set(n, { resolve, timer, quiet });
    });
  }

  /** Look at a replay or an exercise; at nothing with "". @param {"" | "replay" | "exercise"} kind
   * @param {string} id */
  watch(kind, id) {
    if (this.watched.kind === kind && this.watched.id === id) return;
    this.watched = { kind, id };
    this.parts.replay = this.parts.exercise = null;
    this.parts.marks = [];
    this.parts.gone = "";
    this._tellWatched();
  }

  _tellWatched() {
    this.store.send({ do: "watch", ...this.watched });
  }

  /** A refusal in words. @param {Answer} answer */
  why({ code, detail }) {
    const key = `training.refused.${code}`;
    const known = Object.hasOwn(this.store.words, key);
    return together(" ", [this.store.t(known ? key : "training.refused.failed"), detail]);
  }

  /** @param {Answer & {n: number}} answer */
  _answered(answer) {
    const waiting = this.waiting.get(answer.n);
    if (!waiting) return;
    this.waiting.delete(answer.n);
    clearTimeout(waiting.timer);
    if (!answer.ok && !waiting.quiet) this.say(this.why(answer), true);
    waiting.resolve(answer);
  }
}

/** One of the page's rooms: what they all are given, and what the page tells each. */
export class View {
  /** @param {Look} look */
  constructor({ store, room, base, draft, say, places, layout, open, staying }) {
    this.store = store;
    this.room = room;
    this.base = base;
    this.draft = draft;
    this.say = say;
    this.places = places;
    this.layout = layout;
    this.open = open;
    this.staying = staying;
  }

  /** It is shown from now on. @param {any} [facts] what it opens */
  enter(facts) {
    throw new Error(`nothing shows ${facts}`);
  }

  /** Show this over the whole page. @param {HTMLElement} root */
  wide(root) {
    this.layout("wide");
    this.room.watch("", "");
    this.places.wide.append(root);
    this.update();
  }

  leave() {}

  /** There is news of the training room. */
  update() {}

  second() {}

  /** Ask for what is looked at in a room of its own, and go there unless its trainer went on meanwhile.
   * @param {string} what @param {object} facts @param {string} name of the room */
  async begin(what, facts, name) {
    const stays = this.staying();
    const answer = await this.room.ask(what, facts);
    if (answer.ok && stays()) this.open(name, answer.id);
  }
}
