// The alarm's sound. One sound at a time repeats until told otherwise; whether it can be heard is a state, and said.
//
// A sound is one buffer that the audio thread repeats by itself: a hidden tab, whose timers the browser slows to one a
// minute, and a page that is busy go on sounding. There is no mute (docs/sounds.md says why).
import { recall, retain } from "../../shell/kept.js";
import { SOUNDS, buffer, burst } from "./tones.js";

// by a row's loudness: 1 normal, 2 louder, 3 everyone, 4 the supervisor must confirm
const LEVELS = [0.35, 0.35, 0.56, 0.8, 1];
/** @type {Record<string, number>} */
const OWN = { technical: 0.25, lost: 0.8 };
const FULL_FROM = 3; // from here on the volume set at this desk no longer counts
export const VOLUMES = [50, 60, 75, 90, 100]; // per cent; the lowest is 15 dB under full scale for a press: still heard
const KEPT = "vigie.volume";
const STUCK_MS = 2000; // the context says it runs, its clock stands: nothing comes out
const FADE_S = 0.01;

/** @typedef {"press" | "escalation" | "technical" | "lost"} Name */

export class Sound {
  constructor() {
    /** @type {Name | ""} */
    this.wanted = "";
    this.loudness = 1;
    this.volume = VOLUMES.find((percent) => String(percent) === recall(KEPT)) ?? 100;
    /** @type {string | null} */
    this.testing = null;
    /** @type {(() => void)[]} */
    this._listeners = [];
    this._said = "";
    this.stuck = false;
    this._turned = -1;
    this._turnedAt = performance.now();
    /** @type {AudioBufferSourceNode | null} what sounds now */
    this._source = null;
    /** @type {AudioBufferSourceNode | null} what a test plays */
    this._probe = null;
    /** @type {Map<string, AudioBuffer>} */
    this._buffers = new Map();
    // An alarm does not wait for its samples, nor the page's first picture for either.
    const idly = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200)); // WebKit has none
    idly(() => ["press", "lost"].forEach((name) => this._buffer(name)), { timeout: 2000 });
    this.context = new AudioContext();
    this.gain = new GainNode(this.context, { gain: 1 });
    this._use();
    // Any touch of the page will do, where the browser allows it. At the touch's end: the banner that then goes must
    // not move what is under the finger.
    for (const type of ["pointerup", "keydown"]) {
      document.addEventListener(type, () => this.state === "armed" || this.start(), { passive: true });
    }
  }

  /** Whether an alarm would be heard: "armed"; "blocked": the browser lets nothing out; "muted": what comes out leads
   * nowhere. */
  get state() {
    const { context } = this;
    // Without an output a context may never run, whatever the browser allows: it is asked first.
    if (typeof context.sinkId === "object" || context.destination.maxChannelCount === 0) return "muted";
    return context.state === "running" && !this.stuck ? "armed" : "blocked";
  }

  get armed() {
    return this.state === "armed";
  }

  /** Whether an alarm is sounding that nothing may cover. */
  get urgent() {
    return !!this.wanted && this.wanted !== "technical";
  }

  /** Be told when the state, the volume or a test changed. @param {() => void} listener */
  on(listener) {
    this._listeners.push(listener);
  }

  /** Let sound out: to be called while a person touches the page. */
  start() {
    // A context that was closed, stands still or leads nowhere is not mended: a new one has the machine's own output.
    if (this.context.state === "closed" || this.stuck || this.state === "muted") {
      this.context.close().catch(() => {});
      this.context = new AudioContext();
      this.gain = new GainNode(this.context, { gain: 1 });
      this._use();
    }
    // Where a browser does not allow it the promise waits for ever: what counts is the state.
    this.context.resume().then(
      () => this.look(),
      () => this.look(),
    );
    this.look();
  }

  /** Look again whether anything comes out. */
  look() {
    const now = performance.now();
    const { currentTime: turned } = this.context;
    if (this.context.state !== "running" || turned !== this._turned) {
      this._turned = turned;
      this._turnedAt = now;
    }
    this.stuck = now - this._turnedAt > STUCK_MS;
    const said = `${this.state} ${this.volume} ${this.testing}`;
    if (said === this._said) return;
    this._said = said;
    for (const listener of this._listeners) listener();
  }

  /** Repeat a sound until told another; "" is silence. `anew`: begin its burst now. @param {Name | ""} sound */
  play(sound, loudness = 1, anew = false) {
    const louder = Math.min(4, Math.max(1, loudness));
    const same = sound === this.wanted && !anew;
    if (same && louder === this.loudness) return;
    this.wanted = sound;
    this.loudness = louder;
    if (this.testing && !this.urgent) return; // it waits for the end of the test
    this._stopTest();
    if (same) this._level();
    else this._repeat();
  }

  /** @param {number} percent one of `VOLUMES` */
  set(percent) {
    if (!VOLUMES.includes(percent)) return;
    this.volume = percent;
    retain(KEPT, String(percent));
    this._level();
    this.look();
  }

  /** Play each sound once, one after the other. An alarm ends it. Answers whether all of them were played. */
  async test() {
    if (this.urgent || this.testing || !this.armed) return false;
    this._source?.stop();
    this._source = null;
    for (const name of Object.keys(SOUNDS)) {
      this.testing = name;
      this.look();
      if (!(await this._once(name))) return false;
    }
    this.testing = null;
    this._repeat();
    this.look();
    return true;
  }

  /** Take up a context that was just made: nothing sounds in it yet. */
  _use() {
    this.stuck = false;
    this._turned = -1;
    this._turnedAt = performance.now();
    this.gain.connect(this.context.destination);
    for (const type of ["statechange", "sinkchange", "error"]) {
      this.context.addEventListener(type, () => {
        this._turnedAt = performance.now();
        this.look();
      });
    }
    this._source = this.testing = null;
    this._repeat();
  }

  /** @param {string} sound */
  _buffer(sound) {
    const known = this._buffers.get(sound) ?? buffer(sound);
    this._buffers.set(sound, known);
    return known;
  }

  _repeat() {
    this._source?.stop();
    this._source = null;
    if (!this.wanted) return;
    this._level();
    this._source = new AudioBufferSourceNode(this.context, { buffer: this._buffer(this.wanted), loop: true });
    this._source.connect(this.gain);
    this._source.start();
  }

  _level() {
    const name = this.testing ?? this.wanted;
    const own = OWN[name ?? ""];
    const level = own ?? LEVELS[this.loudness];
    const volume = !own && this.loudness >= FULL_FROM ? 1 : this.volume / 100;
    this.gain.gain.setTargetAtTime(level * volume, this.context.currentTime, FADE_S);
  }

  /** @param {string} sound @returns {Promise<boolean>} whether it was played to its end */
  _once(sound) {
    this._level();
    const source = new AudioBufferSourceNode(this.context, { buffer: this._buffer(sound) });
    source.connect(this.gain);
    source.start();
    source.stop(this.context.currentTime + burst(sound) + 0.6);
    this._probe = source;
    return new Promise((resolve) => source.addEventListener("ended", () => resolve(this.testing === sound)));
  }

  _stopTest() {
    if (!this.testing) return;
    this.testing = null;
    this._probe?.stop();
    this.look();
  }
}
