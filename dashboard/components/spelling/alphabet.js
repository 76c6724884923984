// A name letter by letter, as it is spelled by radio: ICAO Annex 10 II, 5.2.1.3 (the NATO alphabet). Pure.

/** @typedef {{sign: string, word: string}} Sign what is written and how it is said; "" and "" between two words */

const WORDS = [
  "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo",
  "Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu",
].join(" ");
const LETTERS = new Map(WORDS.split(" ").map((word) => [word[0], word]));
/** Letters that are no letter with a mark. @type {Record<string, string>} */
const JOINED = { Æ: "AE", Œ: "OE", Ø: "O", ẞ: "SS", SS: "SS", Ĳ: "IJ", Ł: "L", Đ: "D" };
/** Combining marks that have a name. @type {Record<string, string>} */
const MARKS = {
  "\u0300": "grave",
  "\u0301": "acute",
  "\u0302": "circumflex",
  "\u0303": "tilde",
  "\u0308": "diaeresis",
  "\u0327": "cedilla",
};
/** @type {Record<string, string>} */
const SIGNS = {
  "-": "hyphen",
  "‐": "hyphen",
  "–": "to", // between the first and the last of some numbers
  "'": "apostrophe",
  "’": "apostrophe",
  ".": "point",
  "/": "slash",
};
const MOST = 80; // signs: what is longer is no name

/** How a name is spelled. A letter of another alphabet is written and not said.
 * @param {(key: string, facts?: Record<string, unknown>) => string} t @param {string} name @returns {Sign[]} */
export function spelled(t, name) {
  /** @type {Sign[]} */
  const made = [];
  for (const sign of [...name.normalize("NFC")].slice(0, MOST)) {
    const upper = sign.toUpperCase();
    if (/^\d$/.test(sign)) made.push({ sign, word: t(`spell.${sign}`) });
    else if (sign in SIGNS) made.push({ sign, word: t(`spell.${SIGNS[sign]}`) });
    else if (/^\p{L}$/u.test(sign)) made.push(...lettered(t, upper));
    else if (made.at(-1)?.sign) made.push({ sign: "", word: "" });
  }
  if (made.length && !made[made.length - 1].sign) made.pop();
  return made;
}

/** @param {(key: string, facts?: Record<string, unknown>) => string} t @param {string} upper @returns {Sign[]} */
function lettered(t, upper) {
  if (upper in JOINED) return [...JOINED[upper]].map((letter) => ({ sign: letter, word: LETTERS.get(letter) ?? "" }));
  const [letter, mark] = upper.normalize("NFD");
  const word = LETTERS.get(letter) ?? "";
  if (!word || !mark) return [{ sign: upper, word }];
  return [{ sign: upper, word: t(MARKS[mark] ? `spell.${MARKS[mark]}` : "spell.mark", { word }) }];
}

/** A figure sign by sign. @param {string} figure */
export function digits(figure) {
  return [...figure].join("\u00a0");
}
