// What the page knows of the training room, by the server's word, and its way to ask: every wish is answered, in words when refused.

const ANSWER_MS = 60_000; // a masked recording of a large log takes its time

/** @typedef {{store: import("../shell/store.js").Store, room: Room, base: string, draft: import("./draft.js").Draft,
 *   say: (text: string, refused?: boolean) => void, places: Record<string, HTMLElement>, layout: (kind: string) => void,
 *   open: (name: string, facts?: unknown) => void, staying: () => () => boolean}} Look what each room of the page is given */

export class Room {
  /** @param {import("../shell/store.js").Store} store @param {(text: string, refused?: boolean) => void} say */
  constructor(store, say) {
    this.store = store;
    this.say = say;
    this.clear();
    this.n = 0;
    this.waiting = new Map();
    this.watched = { kind: "", id: "" };
    store.answers("done", (answer) => this._answered(answer));
  }

  clear() {
    /** @type {Record<string, any>} */
    this.parts = {
      recordings: null,
      scenarios: null,
      exercises: [],
      replays: [],
      ended: [],
      replay: null,
      marks: [],
      exercise: null,
    };
  }

  /** @param {any} message of the server */
  take(message) {
    if (message.access?.state === "locked") this.clear();
    if (message.replies?.some((reply) => reply.welcome) && this.watched.kind) this._tellWatched();
    if (!message.training) return;
    Object.assign(this.parts, message.training);
    this.heard = performance.now();
    this.store.emit("training");
  }

  /** Ask for it. Resolves with the answer; a refusal is said as well, unless `quiet`.
   * @param {string} what @param {object} facts @param {boolean} [quiet] @returns {Promise<any>} */
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

  /** Look at a replay or an exercise; at nothing with "". */
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

  /** A refusal in words. */
  why({ code, detail }) {
    const key = `training.refused.${code}`;
    const known = Object.hasOwn(this.store.words, key);
    return [this.store.t(known ? key : "training.refused.failed"), detail].filter(Boolean).join(" ");
  }

  _answered(answer) {
    const waiting = this.waiting.get(answer.n);
    if (!waiting) return;
    this.waiting.delete(answer.n);
    clearTimeout(waiting.timer);
    if (!answer.ok && !waiting.quiet) this.say(this.why(answer), true);
    waiting.resolve(answer);
  }
}
