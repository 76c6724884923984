// The alarm's sound: it repeats while somebody must look. Browsers keep a page silent until it was touched: that is a state, and said.

const EVERY_MS = 1600;
const LOST_EVERY_MS = 1000;

export class Sound {
  constructor() {
    this.context = new AudioContext();
    this.changed = () => {};
    this.wanted = "";
    this.timer = 0;
    this.context.addEventListener("statechange", () => this.changed());
    // Any touch of the page will do.
    for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, () => this.armed || this.start(), { passive: true });
  }

  get armed() {
    return this.context.state === "running";
  }

  async start() {
    await this.context.resume();
    this.changed();
    this.play(this.wanted, true);
  }

  /** Repeat a sound until told another: "alarm", "lost", or "" for silence. @param {"" | "alarm" | "lost"} sound */
  play(sound, again = false) {
    if (sound === this.wanted && !again) return;
    this.wanted = sound;
    clearInterval(this.timer);
    if (!sound) return;
    const ring = () => (sound === "lost" ? this._tones([[330, 0, 0.3], [247, 0.32, 0.4]]) : this._tones([[880, 0, 0.18], [660, 0.2, 0.18], [880, 0.4, 0.18]]));
    ring();
    this.timer = setInterval(ring, sound === "lost" ? LOST_EVERY_MS : EVERY_MS);
  }

  _tones(tones) {
    if (!this.armed) return;
    for (const [hertz, after, lasts] of tones) {
      const at = this.context.currentTime + after;
      const tone = new OscillatorNode(this.context, { type: "triangle", frequency: hertz });
      const gain = new GainNode(this.context, { gain: 0 });
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.4, at + 0.015);
      gain.gain.setValueAtTime(0.4, at + lasts - 0.03);
      gain.gain.linearRampToValueAtTime(0, at + lasts);
      tone.connect(gain).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + lasts);
    }
  }
}
