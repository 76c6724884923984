// What pages are built of: buttons, forms, labelled fields, tables, lists by key, pictures, lines that one drags along.
import { attributes, element } from "./format.js";

/** @typedef {import("./format.js").Part} Part @typedef {import("./format.js").Attributes} Attributes */

/** @template {keyof SVGElementTagNameMap} T @param {T} tag @param {Attributes} [facts]
 * @param {...(Node | string)} inside */
export function draw(tag, facts = {}, ...inside) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  attributes(made, facts);
  made.append(...inside);
  return made;
}

/** @param {string} look @param {string} text @param {(event: MouseEvent) => void} press @param {...Part} inside */
export function button(look, text, press, ...inside) {
  const made = element("button", look, text, ...inside);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

/** A form that this page answers itself. @param {string | Record<string, string>} look @param {() => void} send
 * @param {...Part} inside */
export function form(look, send, ...inside) {
  const made = element("form", look, ...inside);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return made;
}

/** A label over its input. @param {string} text @param {HTMLElement} input */
export function labelled(text, input, look = "") {
  return element("label", `labelled ${look}`.trim(), element("span", "name", text), input);
}

let labels = 0;

/** A label beside its control. @param {string} text @param {HTMLElement} control */
export function beside(text, control, look = "field") {
  control.id = `field-${++labels}`;
  return element("div", look, element("label", { for: control.id }, text), control);
}

/** One of several to choose, before its words. @param {string} look @param {string} text
 * @param {Attributes} facts of the input: its `type` and more @param {(input: HTMLInputElement) => void} [change]
 * @param {...Part} more what stands after the words */
export function choice(look, text, facts, change, ...more) {
  const input = element("input", facts);
  if (change) input.addEventListener("change", () => change(input));
  return element("label", look, input, element("span", "name", text), ...more);
}

/** @param {HTMLElement} root @param {(event: KeyboardEvent) => void} leave */
export function onEscape(root, leave) {
  root.addEventListener("keydown", (event) => event.key === "Escape" && leave(event));
}

/** The element that must stand there. @template {keyof HTMLElementTagNameMap} T
 *  @overload @param {ParentNode} root @param {T} selector @returns {HTMLElementTagNameMap[T]} */
/** @overload @param {ParentNode} root @param {string} selector @returns {HTMLElement} */
/** @param {ParentNode} root @param {string} selector */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`There is no ${selector}`);
  return found;
}

/** @param {Iterable<readonly [string, string]>} choices value and words @param {string} [chosen] */
export function options(choices, chosen) {
  return Array.from(choices, ([value, words]) => {
    const made = element("option", { value }, words);
    made.selected = value === chosen;
    return made;
  });
}

/** @param {Iterable<readonly [string, string]>} choices value and words @param {string} [chosen] */
export function select(choices, chosen) {
  return element("select", "", ...options(choices, chosen));
}

/** A table's row of column headings, in words; "" over what says itself what it is. @param {string[]} names */
export function headings(names) {
  return element("tr", "", ...names.map((name) => (name ? element("th", { scope: "col" }, name) : element("td"))));
}

/** @param {Element} target @param {boolean} on @param {string} [as] */
export function current(target, on, as = "true") {
  if (on) target.setAttribute("aria-current", as);
  else target.removeAttribute("aria-current");
}

/** The elements of an element of ours. @param {Element} of @returns {HTMLElement[]} */
export function parts(of) {
  return /** @type {HTMLElement[]} */ ([...of.children]);
}

/** Keep one part a key: a new key's is made, a part whose key is gone leaves the page. @template P
 * @param {Map<string, P>} known @param {string[]} keys @param {(key: string, n: number) => P} make
 * @param {(part: P) => Element} root @returns {P[]} in the order of the keys */
export function kept(known, keys, make, root) {
  for (const [key, part] of known) {
    if (keys.includes(key)) continue;
    root(part).remove();
    known.delete(key);
  }
  return keys.map((key, n) => {
    const part = known.get(key) ?? make(key, n);
    known.set(key, part);
    return part;
  });
}

/** Put elements in a place, in their order; what stands in its place already is left, with its focus.
 *  @param {Element} place @param {Element[]} elements @param {Element | null} [first] that they stand from */
export function arrange(place, elements, first = place.firstElementChild) {
  let next = first;
  for (const one of elements) {
    if (one === next) next = next.nextElementSibling;
    else place.insertBefore(one, next);
  }
}

/** Fill a list by key; a row's element stays as long as its key. @template F @param {Element} list @param {F[]} facts
 * @param {(fact: F) => string} key @param {(fact: F) => HTMLElement} make
 * @param {(row: HTMLElement, fact: F) => void} fill */
export function keyed(list, facts, key, make, fill) {
  const known = new Map(parts(list).map((row) => [row.dataset.key, row]));
  const rows = facts.map((fact) => {
    const name = key(fact);
    const row = known.get(name) ?? make(fact);
    row.dataset.key = name;
    known.delete(name);
    fill(row, fact);
    return row;
  });
  for (const row of known.values()) row.remove();
  arrange(list, rows);
}

/** @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/** Draw what stands in an element anew when its facts changed. @param {Element} target @param {unknown} facts
 * @param {() => (Node | string)[]} make */
export function redraw(target, facts, make) {
  const text = JSON.stringify(facts);
  if (drawn.get(target) === text) return;
  drawn.set(target, text);
  target.replaceChildren(...make());
}

/** Which way an arrow key leads: right and down are more. */
export const ARROWS = new Map([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
]);

/** Answer keys by their names, bare ones only. @param {Record<string, () => void>} does @param {KeyboardEvent} event */
export function keys(does, event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(does, event.key)) return;
  event.preventDefault();
  does[event.key]();
}

/** A line that one drags along. @param {HTMLElement} line @param {(share: number) => void} go 0 to 1
 * @param {HTMLElement} [grip] what is dragged */
export function drags(line, go, grip = line) {
  const follow = (/** @type {PointerEvent} */ event) => {
    const box = line.getBoundingClientRect();
    go(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    follow(event);
    line.focus({ preventScroll: true });
  });
  grip.addEventListener("pointermove", (event) => grip.hasPointerCapture(event.pointerId) && follow(event));
}

/** Put a text where it can be pasted from. False where the browser keeps it: only over https or on this machine it does
 * not. @param {string} text */
export async function copied(text) {
  const done = navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  return (await done) ?? false;
}

/** The width of a part in px of letters of 16: what has room beside another is the same with larger ones.
 * @param {Element} part */
export function room(part) {
  return (part.clientWidth * 16) / parseFloat(getComputedStyle(document.documentElement).fontSize);
}
