// The sign-in page and a document are screens too: they say that alarms wait that nobody has, and the sign-in page,
// where nobody may be near an alarm screen, sounds. How many, nothing else.
import { buffer } from "../components/alert/tones.js";

const EVERY_MS = 2000;
const box = /** @type {HTMLElement} */ (document.querySelector("#waiting"));
const { waiting = "", one = "", more = "", lost = "" } = box.dataset;
const sounds = "sounds" in box.dataset;
const { title } = document;
/** @type {AudioContext | null} */
let sound = null;
let failed = 0;

/** @param {string} text @param {number} count */
function say(text, count) {
  box.hidden = text === "";
  if (box.textContent !== text) box.textContent = text;
  document.title = count ? `(${count}) ${title}` : title;
}

/** A browser may want a gesture first: then the first key in a field is it. @param {boolean} on */
function ring(on) {
  if (!on) {
    sound?.close();
    sound = null;
    return;
  }
  if (!sound) {
    sound = new AudioContext();
    const source = new AudioBufferSourceNode(sound, { buffer: buffer("press"), loop: true });
    source.connect(sound.destination);
    source.start();
  }
  if (sound.state !== "running") sound.resume().catch(() => {});
}

async function look() {
  try {
    const answer = await fetch(waiting, { cache: "no-store", signal: AbortSignal.timeout(EVERY_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    const { raised } = await answer.json();
    failed = 0;
    say(raised === 0 ? "" : (raised === 1 ? one : more).replace("{n}", raised), raised);
    ring(sounds && raised > 0);
  } catch {
    failed += 1;
    if (failed > 1) say(lost, 0);
  }
  setTimeout(look, EVERY_MS);
}

// What stands behind the # of the address that somebody was led away from goes on through the sign-in.
if (sounds) for (const form of document.forms) form.action += location.hash;
for (const type of ["keydown", "pointerdown"])
  document.addEventListener(type, () => sound && ring(true), { passive: true });
look();
