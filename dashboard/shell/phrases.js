// How each sentence on the page was made, so that it is made anew when the language changes: nothing that a hand did is
// lost.
//
// Whatever makes a sentence remembers how (`remember`), whatever puts one on the page asks it (`shows`). A text that
// stands twice is the one that was made last: it is put on the page in the same breath.

const LATEST = 512; // sentences: the longest line is put on the page before so many others are made
// what a sentence is put together of was made just before it; a name that is told may read like a word
const PARTS = 32;

/** @typedef {() => string} Again makes the sentence in the language of now */
/** @type {Map<string, {again: Again, n: number}>} */
const made = new Map();
let count = 0;
/** @typedef {{how: Again, text: string}} Shown what stands there, and how it was made */
/** @type {WeakMap<Node, Map<string, Shown>>} by the attribute's name, "" for the node's own text */
const shown = new WeakMap();
/** @type {Set<WeakRef<Node>>} */
const nodes = new Set();
const gone = new FinalizationRegistry((/** @type {WeakRef<Node>} */ ref) => nodes.delete(ref));

/** Keep how a sentence is made. @param {string} text @param {Again} again @returns {string} the sentence */
export function remember(text, again) {
  made.delete(text);
  made.set(text, { again, n: ++count });
  if (made.size > LATEST) made.delete(made.keys().next().value ?? "");
  return text;
}

/** What makes this again: a sentence is made anew, what is none stays as it is. @param {unknown} fact
 * @returns {() => unknown} */
export function again(fact) {
  const known = typeof fact === "string" ? made.get(fact) : undefined;
  return known && count - known.n < PARTS ? known.again : () => fact;
}

/** A node, or one of its attributes, shows this from now on. @param {Node} node
 * @param {string} attribute "" for its text @param {unknown} text */
export function shows(node, attribute, text) {
  const how = typeof text === "string" ? made.get(text)?.again : undefined;
  let known = shown.get(node);
  if (!how || typeof text !== "string") {
    known?.delete(attribute);
    return;
  }
  if (!known) {
    shown.set(node, (known = new Map()));
    const ref = new WeakRef(node);
    nodes.add(ref);
    gone.register(node, ref);
  }
  known.set(attribute, { how, text });
}

/** Make every sentence on the page anew, in its place. What was taken away by other ways does not come back: it may
 * name somebody. */
export function speakAnew() {
  for (const ref of nodes) {
    const node = ref.deref();
    const known = node && shown.get(node);
    if (!node || !known) continue;
    for (const [attribute, { how, text }] of known) {
      const element = /** @type {Element} */ (node);
      const words = textOf(node);
      if ((attribute ? element.getAttribute(attribute) : words.textContent) !== text) {
        known.delete(attribute);
        continue;
      }
      const anew = remember(how(), how);
      if (attribute) element.setAttribute(attribute, anew);
      else if (anew !== text) words.textContent = anew;
      known.set(attribute, { how, text: anew });
    }
  }
}

/** Where a node has its words: what stands in an element beside its text stays. @param {Node} node @returns {Node} */
function textOf(node) {
  const beside = node instanceof Element && node.childElementCount > 0;
  return (beside && [...node.childNodes].find((child) => child.nodeType === Node.TEXT_NODE)) || node;
}
