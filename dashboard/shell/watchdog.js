// The watchdog: a page that does not hear its server says so within 3 s, freezes its clock at the last truth, and comes
// back by itself.
//
// Live is a page that hears the server's heartbeat and is answered. After a sleep (of the machine, the tab or the
// page's process) what waits in the browser's queue may be old: only an answer to a question asked after it proves that
// the page is live.
import { loadAnew } from "./anew.js";
import { clock, element, write } from "./format.js";

const SILENT_MS = 2000; // the server beats every second
const RECHECK_MS = 150; // what waits in the browser's own queue is heard first
const ASLEEP_MS = 2000; // the page's own clock jumped so far
const ASK_MS = 5000; // from one question to the server to the next
const PATIENCE_MS = 2500; // until a question must have been answered
const AFTER_SLEEP_MS = 400; // ... when the page slept
const PROBE_MS = 500; // while the server is lost
const PROBE_SPREAD_MS = 250; // fifty pages don't ask in one instant
const PROBE_WAITS_MS = 2500;
const PROBES = 4; // at once: a browser may send one down a connection that died unseen
const SILENT_LINE_MS = 600; // the server answers, an open line says nothing: it is dead
const OPENING_MS = 6000; // a new line may take so long, the next one twice as long
const OPENING_MAX_MS = 30_000;
const REFUSED = 3; // lines closed by a server that answers: it does not take this page's token any more
const NOTE_MS = 60_000;
const ELSEWHERE_SPREAD_MS = 1000; // the pages of a server that ends don't come to the others in one instant

/** What is known of the server while it is lost: when the `next` probe is due, since when it `answers` without a break,
 * when the newest probe was sent that had an `answer`, when the line was `renewed`, how many times, and how often such
 * a line was `refused`, and which `server` answered. */
const NEVER = { next: 0, answers: 0, answer: 0, renewed: 0, renewals: 0, refused: 0, server: "" };

export class Watchdog {
  /** @param {import("./store.js").Store} store @param {import("./line.js").Line} line
   * @param {{banner: HTMLElement, note: HTMLElement}} places @param {string} base
   * @param {() => void} leave keeps what a new page needs */
  constructor(store, line, places, base, leave) {
    this.store = store;
    this.line = line;
    this.base = base;
    this.leave = leave;
    this.since = 0; // the last truth, while the server is lost
    this.lostAt = 0; // when that was by the browser's clock
    this.looked = { page: performance.now(), wall: Date.now(), truth: 0 };
    this.question = 0;
    this.asked = performance.now();
    this.due = 0; // when the open question must have been answered
    /** @type {{wall: number, truth: number} | null} the last truth before a sleep that is not yet over, and when that
     * was */
    this.slept = null;
    this.probes = 0;
    this.leaving = 0; // until when a reload may be under way
    this.noted = 0;
    this.back = new AbortController(); // ends the wait for somebody who comes back
    this.going = 0; // the timer of a new line at another server
    this.moved = -OPENING_MS; // when the page went there
    this.probed = { ...NEVER };
    this.said = element("strong");
    this.trying = element("span");
    this.banner = element("div", "banner lost-banner", { role: "alert", hidden: true });
    this.note = element("span", "was-lost", { role: "status" });
    places.banner.append(this.banner);
    places.note.append(this.note);
    store.answers("beat", (n) => n === this.question && this._answered());
    store.answers("welcome", () => this._answered());
    store.on("tied", () => line.begun && line.renew());
    store.answers("elsewhere", () => {
      this.going ||= setTimeout(() => {
        this.going = 0;
        if (!store.live || !line.begun) return;
        this.moved = performance.now();
        line.renew();
      }, Math.random() * ELSEWHERE_SPREAD_MS);
    });
    new Worker(new URL("pulse.js", import.meta.url)).onmessage = () => this.look();
    for (const woken of ["visibilitychange", "resume"]) document.addEventListener(woken, () => this.look());
  }

  look() {
    const now = performance.now();
    const wall = Date.now();
    // A machine that slept stops the page's clock but not the wall's.
    const missed = Math.max(now - this.looked.page, wall - this.looked.wall);
    const before = this.looked;
    this.looked = { page: now, wall, truth: this.store.truth };
    const { store } = this;
    if (store.live && missed > ASLEEP_MS) {
      this.slept ||= before;
      this._ask(AFTER_SLEEP_MS);
    } else if (store.live && !this.due && now - this.asked > ASK_MS) this._ask(PATIENCE_MS);
    if (store.live ? this._deaf() : !this.since && !store.welcomed && now - store.heard > 3 * SILENT_MS) {
      setTimeout(() => {
        if (!this.since && this._deaf()) this._lost();
      }, RECHECK_MS);
    }
    if (store.welcomed && !store.live && !this.due && !this._deaf()) this._found();
    // A hung server that goes on, a cut that heals: what is heard again is asked at once.
    if (this.since && now - store.heard < SILENT_MS && now - this.asked > PROBE_MS) this._ask(PATIENCE_MS);
    if (this.since && now > this.probed.next) this._probe();
  }

  _deaf() {
    const now = performance.now();
    return now - this.store.heard >= SILENT_MS || (this.due !== 0 && now >= this.due);
  }

  /** Ask the server something that only an answer from now can answer. @param {number} patience ms */
  _ask(patience) {
    this.asked = performance.now();
    this.due = this.asked + patience;
    this.store.send({ do: "beat", n: ++this.question });
  }

  _answered() {
    this.due = 0;
    if (this.slept && this.store.live) this._tell(this.slept.wall);
    this.slept = null;
    this.look();
  }

  _lost() {
    const { store } = this;
    this.lostAt = this.slept?.wall ?? Date.now() - (performance.now() - store.heard);
    this.since = this.slept?.truth || store.truth || Date.now() + store.offset;
    this.slept = null;
    // Nothing that was sent before proves anything any more.
    this.due ||= performance.now();
    store.frozen = this.since;
    this.probed = { ...NEVER };
    // The line to another server is opening: it has its time, as one that the watchdog made.
    if (performance.now() - this.moved < OPENING_MS) Object.assign(this.probed, { renewed: this.moved, renewals: 1 });
    if (store.live) this.leave();
    store.live = false;
    document.body.classList.add("lost");
    write(this.said, store.t("lost", { time: clock(this.since) }));
    write(this.trying, store.t("lost_trying"));
    this.banner.hidden = false;
    // A text that enters a live region is read aloud; one that was there is not.
    this.banner.replaceChildren(this.said, this.trying);
    store.emit("live", false);
  }

  _found() {
    const { store, since, lostAt } = this;
    this.since = 0;
    store.frozen = 0;
    store.live = true;
    document.body.classList.remove("lost");
    this.banner.hidden = true;
    store.emit("live", true);
    store.emit("second");
    if (since) this._tell(lostAt);
  }

  /** Say that the screen was not live, until a minute after somebody is back. Both times are of the clock that is shown
   * now: an exercise that began meanwhile has its own. @param {number} lostAt by the browser's clock */
  _tell(lostAt) {
    const to = this.store.now();
    const from = to - Math.max(0, Date.now() - lostAt);
    write(this.note, this.store.t("was_lost", { from: clock(from), to: clock(to) }));
    clearTimeout(this.noted);
    this.back.abort();
    this.back = new AbortController();
    const { signal } = this.back;
    const here = () => {
      this.back.abort();
      this.noted = setTimeout(() => write(this.note, ""), NOTE_MS);
    };
    for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, here, { signal });
  }

  async _probe() {
    const began = performance.now();
    this.probed.next = began + PROBE_MS + Math.random() * PROBE_SPREAD_MS;
    if (this.probes >= PROBES) return;
    this.probes += 1;
    try {
      const answer = await fetch(`${this.base}live`, {
        cache: "no-store",
        signal: AbortSignal.timeout(PROBE_WAITS_MS),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      this.probed.answers ||= performance.now();
      this.probed.server = answer.headers.get("Vigie-Server") ?? "";
      this.probed.answer = began;
    } catch {
      if (began > this.probed.answer) this.probed.answers = 0;
    }
    this.probes -= 1;
    if (this.since && this.probed.answers) this._comeBack();
  }

  /** The server answers: take the line up again. */
  _comeBack() {
    const { line } = this;
    const now = performance.now();
    write(this.trying, this.store.t("lost_reloading"));
    if (!line.open) {
      this.probed.refused += this.probed.renewals ? 1 : 0;
      if (line.begun && this.probed.refused < REFUSED) this._renew(now);
      else this._reload();
      return;
    }
    // An open line may only have slept, a new one needs its time.
    const waited = now - Math.max(this.probed.answers, this.probed.renewed);
    // Another server answers: the one that gave this page has gone, and nothing of the page was begun that could be
    // lost.
    const { server } = this.probed;
    const left = server && server !== document.getElementById("vigie")?.dataset.server;
    if (!line.begun && (left || waited > OPENING_MAX_MS)) this._reload();
    else if (
      line.begun &&
      waited >
        (this.probed.renewals ? Math.min(OPENING_MAX_MS, OPENING_MS * 2 ** this.probed.renewals) : SILENT_LINE_MS)
    )
      this._renew(now);
  }

  /** @param {number} now */
  _renew(now) {
    this.probed.renewals += 1;
    this.probed.renewed = now;
    this.line.renew();
  }

  /** A new page, only when the server gives one: a browser's own error page would never come back. */
  async _reload() {
    if (performance.now() < this.leaving) return; // reloading again would end the reload that is under way
    this.leaving = Infinity;
    this.leave();
    const leaves = await loadAnew(this.store, () => this._given());
    this.leaving = leaves ? performance.now() + OPENING_MAX_MS : 0; // it may come to nothing
  }

  /** Whether the server gives this page, which is still lost. */
  async _given() {
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(2 * PROBE_WAITS_MS) });
      await answer.text();
      return answer.ok && this.since !== 0;
    } catch {
      return false;
    }
  }
}
