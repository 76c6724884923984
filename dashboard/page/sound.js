// The alarm's sound: two short tones between 700 and 1000 Hz, again and again until somebody answers. Synthesised here.

const EVERY_MS = 2000;
const TONES = [{ hz: 988, at: 0 }, { hz: 784, at: 0.18 }];
const TONE_S = 0.14;
const LOUDNESS = 0.25;

export class Sound {
  #audio = null;
  #timer = 0;
  #reasons = new Set();
  #changed;

  /** @param {() => void} changed called when sound becomes armed or blocked */
  constructor(changed) {
    this.#changed = changed;
    try {
      this.#audio = new AudioContext();
      this.#audio.onstatechange = () => this.#changed();
    } catch {
      this.#audio = null;
    }
  }

  /** Whether a tone would be heard: browsers keep sound off until somebody clicks. */
  get armed() {
    return this.#audio?.state === "running";
  }

  /** Unlock the sound; call it from a click. */
  async start() {
    await this.#audio?.resume();
    this.#changed();
    this.#beep();
  }

  /** Sound while alarms wait. */
  alarm(on) {
    this.#want("alarm", on);
  }

  /** Sound while the server is lost. */
  lost(on) {
    this.#want("lost", on);
  }

  #want(reason, on) {
    if (on) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    if (this.#reasons.size && !this.#timer) {
      this.#beep();
      this.#timer = setInterval(() => this.#beep(), EVERY_MS);
    } else if (!this.#reasons.size && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = 0;
    }
  }

  #beep() {
    if (!this.armed) return;
    for (const { hz, at } of TONES) {
      const tone = this.#audio.createOscillator();
      const gain = this.#audio.createGain();
      const from = this.#audio.currentTime + at;
      tone.frequency.value = hz;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(LOUDNESS, from + 0.01);
      gain.gain.setValueAtTime(LOUDNESS, from + TONE_S - 0.02);
      gain.gain.linearRampToValueAtTime(0, from + TONE_S);
      tone.connect(gain).connect(this.#audio.destination);
      tone.start(from);
      tone.stop(from + TONE_S);
    }
  }
}
