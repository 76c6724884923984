// The four sounds, as numbers, and their samples. No file, no chance: the same numbers give the same sound on every
// console.
//
// Rhythm and timbre follow IEC 60601-1-8:2006+A1:2012, tables 3 and 4 (the alarm signals of hospitals, made to be told
// apart in a busy room): a high priority is a burst of ten pulses, 3+2 twice, low is one or two; pulses of 75-200 ms
// (high) or 125-250 ms (low), 50-125 or 125-250 ms apart; 2.5-15 s between bursts (high), more than 15 s (low); a
// fundamental of 150-1000 Hz with at least four components within 15 dB of each other. Ours lie between 300 and 3000
// Hz: what small loudspeakers give and older ears hear.

export const RATE = 16000; // samples a second: nothing of ours lies above 3000 Hz
const TOP_HZ = 3000;
const OVERTONES = [1, 0.8, 0.6, 0.45]; // each within 7 dB of the first
const RISE = 0.2; // of a pulse; 0.1-0.4 in table 4

/** Ten pulses as 3+2, a breath, 3+2. @param {number[]} hertz five pitches @param {number} lasts s
 * @param {number} apart s @param {number} breath s */
function high(hertz, lasts, apart, breath) {
  /** @type {Tones["pulses"]} */
  const pulses = [];
  let at = 0;
  for (let half = 0; half < 2; half += 1) {
    hertz.forEach((pitch, n) => {
      pulses.push({ at, lasts, hertz: pitch });
      at += lasts + (n === 4 ? breath : n === 2 ? 2 * apart + lasts : apart);
    });
  }
  return { pulses, every: at - breath + 2.5 };
}

/** @typedef {{pulses: {at: number, lasts: number, hertz: number}[], every: number}} Tones times in s */
/** @type {Record<string, Tones>} */
export const SOUNDS = {
  // Somebody pressed: rises, like a question that wants an answer.
  press: high([440, 554, 659, 554, 659], 0.12, 0.07, 0.4),
  // Somebody has it, or should, and it does not go on: two high pitches in quick turns.
  escalation: high([740, 494, 740, 494, 740], 0.09, 0.05, 0.35),
  // A device, a feed, the log, or a colleague who offers an alarm: two low pulses, once a minute.
  technical: {
    pulses: [
      { at: 0, lasts: 0.2, hertz: 392 },
      { at: 0.4, lasts: 0.2, hertz: 330 },
    ],
    every: 60,
  },
  // This screen has lost its server: three long falling pulses. The page makes it by itself.
  lost: {
    pulses: [
      { at: 0, lasts: 0.25, hertz: 587 },
      { at: 0.4, lasts: 0.25, hertz: 440 },
      { at: 0.8, lasts: 0.25, hertz: 330 },
    ],
    every: 3.55,
  },
};

/** When the last pulse of a sound is over, in s. @param {string} sound */
export function burst(sound) {
  const { pulses } = SOUNDS[sound];
  return Math.max(...pulses.map((pulse) => pulse.at + pulse.lasts));
}

/** One turn of a sound: its burst and the silence after it, between -1 and 1. @param {string} sound
 * @param {number} [rate] */
export function samples(sound, rate = RATE) {
  const { pulses, every } = SOUNDS[sound];
  const turn = new Float32Array(Math.round(every * rate));
  for (const { at, lasts, hertz } of pulses) {
    const parts = OVERTONES.map((gain, n) => ({ gain, hertz: hertz * (n + 1) })).filter((part) => part.hertz < TOP_HZ);
    const loudest = parts.reduce((sum, part) => sum + part.gain, 0);
    const [from, count] = [Math.round(at * rate), Math.round(lasts * rate)];
    for (let n = 0; n < count; n += 1) {
      const gone = n / count;
      // Rounded at both ends: a pulse that is cut off clicks, and clicks lie far above 3000 Hz.
      const edge = Math.min(1, gone / RISE, (1 - gone) / RISE);
      const shape = 0.5 - 0.5 * Math.cos(Math.PI * edge);
      let sum = 0;
      for (const part of parts) sum += part.gain * Math.sin((2 * Math.PI * part.hertz * n) / rate);
      turn[from + n] = (shape * sum) / loudest;
    }
  }
  return turn;
}

/** One turn of a sound, to be played. @param {string} sound */
export function buffer(sound) {
  const turn = samples(sound);
  const made = new AudioBuffer({ length: turn.length, sampleRate: RATE });
  made.copyToChannel(turn, 0);
  return made;
}
