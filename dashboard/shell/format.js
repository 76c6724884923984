// Words and figures: sentences filled from the catalogue, ages, times of day in Belgium, lengths. All pass here, and so
// does what puts them on the page: in another language each is made anew (`phrases.js`). The words name their language
// (`words.language`).
import { again, remember, shows } from "./phrases.js";

const ZONE = "Europe/Brussels";
const CLOCK = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

const FORMS = "\x1f"; // parts the forms of a sentence for none, one and more (reports/counted.py)

const DAYS = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }); // 2026-11-24

/** The catalogue's sentence of a key with its {gaps} filled, in the form that fits the number n; the key itself when it
 * is missing. @param {Record<string, string>} words @param {string} key @param {Record<string, unknown>} [facts] */
export function fill(words, key, facts = {}) {
  const told = Object.entries(facts).map(
    ([name, fact]) =>
      /** @type {const} */ ([name, typeof fact === "function" ? /** @type {() => unknown} */ (fact) : again(fact)]),
  );
  const made = () => filled(words, key, Object.fromEntries(told));
  return remember(made(), made);
}

/** @param {Record<string, string>} words @param {string} key
 * @param {Record<string, () => unknown>} told what is in no gap is not asked */
function filled(words, key, told) {
  const gaps = /\{(\w+)\}/g;
  return formOf(words, key, told.n?.()).replace(gaps, (gap, name) => (name in told ? String(told[name]()) : gap));
}

/** The form of a key's sentence that fits the number n, with its {gaps}. @param {Record<string, string>} words
 * @param {string} key @param {unknown} n */
export function formOf(words, key, n) {
  const forms = (Object.hasOwn(words, key) ? words[key] : key).split(FORMS);
  return forms[["0", "1"].indexOf(String(n))] ?? forms[forms.length - 1];
}

/** A duration as a clock: 0:42, 12:05, 1:02:05. @param {number} ms */
export function ticking(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  return h ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

const SPACE = /\s/g; // a figure and its unit are never broken over two lines

/** A duration in words: 8 s, 14 min, 1 h 20, 2 d 3 h. @param {Record<string, string>} words @param {number} ms */
export function duration(words, ms) {
  const said = () => long(words, ms).replace(SPACE, "\u00a0");
  return remember(said(), said);
}

/** @param {Record<string, string>} words @param {number} ms */
function long(words, ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return fill(words, "s", { n: s });
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return fill(words, "min", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return fill(words, "h_min", { h: hours, m: minutes % 60 });
  return fill(words, "days", { n: Math.floor(hours / 24), h: hours % 24 });
}

/** A length: 18 m, 4.1 km. @param {Record<string, string>} words @param {number} m */
export function metres(words, m) {
  const said = () => {
    const text =
      m < 1000
        ? fill(words, "m", { n: Math.round(m) })
        : fill(words, "km", { n: number(words, m / 1000, m < 10000 ? 1 : 0) });
    return text.replace(SPACE, "\u00a0");
  };
  return remember(said(), said);
}

/** A number as it is written in the language, with so many decimals. @param {Record<string, string>} words
 * @param {number} value @param {number} [decimals] */
export function number(words, value, decimals = 0) {
  const said = () => numbers(words.language, decimals).format(value);
  return remember(said(), said);
}

/** @type {Map<string, Intl.NumberFormat>} */
const written = new Map();

/** @param {string} language @param {number} decimals */
function numbers(language, decimals) {
  const key = `${language} ${decimals}`;
  const known =
    written.get(key) ??
    new Intl.NumberFormat(locale(language), { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  written.set(key, known);
  return known;
}

/** The language as Belgium writes it; English as our English is. @param {string} language */
export function locale(language = "en") {
  return language.startsWith("en") ? "en-GB" : `${language}-BE`;
}

/** A share as a percentage that never says 100 or 0 of what is not. @param {number} share */
export function percent(share) {
  if (share >= 0.995) return share >= 0.9995 ? "100" : "> 99";
  return String(Math.max(1, Math.round(share * 100)));
}

/** Coordinates to a metre, as they stand everywhere: 51.05360, 3.72530. @param {number} lat @param {number} lon */
export function coordinates(lat, lon) {
  return [lat, lon].map((degrees) => degrees.toFixed(5)).join(", ");
}

/** A moment as the time of day in Belgium. @param {number|null|undefined} ms */
export function clock(ms) {
  return ms == null ? "" : CLOCK.format(ms);
}

/** A day (ISO 8601) as people write it here, 3 Nov 2026, never broken over two lines. @param {string} iso
 * @param {string} language */
export function day(iso, language) {
  const at = new Date(`${iso}T12:00:00Z`);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(locale(language), {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  })
    .format(at)
    .replaceAll(" ", "\u00a0");
}

/** The day of a moment in Belgium, as ISO 8601 has it. @param {number} ms */
export function dayOf(ms) {
  return DAYS.format(ms);
}

/** A moment's month, in words. @param {number} ms @param {string} language */
export function monthAndYear(ms, language) {
  return moment(ms, language, { month: "long", year: "numeric" });
}

/** A moment as the time of day; of another day than `now` with that day. @param {number | null | undefined} ms
 * @param {number} now @param {string} language */
export function clockAndDay(ms, now, language) {
  if (ms == null || dayOf(ms) === dayOf(now)) return clock(ms);
  return `${day(dayOf(ms), language)} ${clock(ms)}`;
}

/** Facts of one line, without those that are not there. @param {(string | false | 0 | null | undefined)[]} parts */
export function joined(parts) {
  return together(" · ", parts);
}

/** Sentences put together with something between them. @param {string} between
 * @param {(string | false | 0 | null | undefined)[]} parts */
export function together(between, parts) {
  const there = parts.filter(Boolean);
  const each = there.map(again);
  return remember(there.join(between), () => each.map((how) => how()).join(between));
}

/** A tag of template strings with sentences in them: phrase`${store.t("state")} (${name})`.
 * @param {TemplateStringsArray} strings @param {...(string | number)} values */
export function phrase(strings, ...values) {
  const each = values.map(again);
  const made = (/** @type {unknown[]} */ parts) =>
    strings.reduce((text, next, n) => `${text}${String(parts[n - 1])}${next}`);
  return remember(made(values), () => made(each.map((how) => how())));
}

/** A word and what it is about, as the language puts a colon. @param {Record<string, string>} words
 * @param {string} name @param {string} text */
export function colon(words, name, text) {
  return fill(words, "colon", { name, text });
}

/** A moment as the language writes it, in Belgium or in another `timeZone`. @param {number} ms @param {string} language
 *  @param {Intl.DateTimeFormatOptions} form */
export function moment(ms, language, form) {
  return new Intl.DateTimeFormat(locale(language), { timeZone: ZONE, ...form }).format(ms);
}

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes
 * @typedef {Node | string | false | null | undefined | Attributes} Part what an element is made of; nothing stands for
 * nothing */

// The attributes that hold sentences. A value, a class or a key may read like one, and never changes with the language.
const READ = new Set(["aria-label", "aria-description", "aria-valuetext", "title", "placeholder", "alt", "label"]);

/** Set attributes; what is false or nothing is taken away, but an `aria-` one says "false". @param {Element} target
 * @param {Attributes} facts */
export function attributes(target, facts) {
  for (const [name, value] of Object.entries(facts)) {
    const said = name.startsWith("aria-") && typeof value === "boolean" ? String(value) : value;
    if (said == null || said === false) target.removeAttribute(name);
    else target.setAttribute(name, said === true ? "" : String(said));
    if (typeof said === "string" && READ.has(name)) shows(target, name, said);
  }
}

const TYPED = new Set(["form", "input", "textarea", "select"]); // of these a browser keeps what was typed, if it may

/** An element with its class, or its attributes, and what stands in it, attributes among it. Text is always text.
 * @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string | Attributes} [look]
 * @param {...Part} inside */
export function element(tag, look = "", ...inside) {
  const made = document.createElement(tag);
  if (TYPED.has(tag)) made.setAttribute("autocomplete", "off");
  if (typeof look !== "string") attributes(made, look);
  else if (look) made.className = look;
  for (const part of inside) {
    if (typeof part === "string") made.append(textOf(part));
    else if (part instanceof Node) made.append(part);
    else if (part) attributes(made, part);
  }
  return made;
}

/** A text for the page. @param {string} text */
export function textOf(text) {
  const node = document.createTextNode(text);
  shows(node, "", text);
  return node;
}

/** Set an element's text only when it differs, so that nothing is painted or read aloud twice. @param {Node} target
 * @param {string} text */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
  shows(target, "", text);
}

/** Set a line of several facts; each stays in one piece as long as it fits. @param {HTMLElement} target
 * @param {string[]} parts */
export function writeParts(target, parts) {
  if (target.textContent === joined(parts)) return;
  const said = parts.filter(Boolean).map((part) => element("span", "part", part));
  shows(target, "", ""); // its parts are
  target.replaceChildren(...said.flatMap((part, n) => (n ? [" · ", part] : [part])));
}
