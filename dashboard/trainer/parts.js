// Small parts of the training room's views: a titled panel, a button that deletes, a table's cells, times as people
// write them.
import { button, headings, parts } from "../shell/build.js";
import { attributes, element, ticking, write } from "../shell/format.js";

/** A button that deletes what has this title. It asks once more, and neither a held key nor a double click is the
 * answer. @param {import("../shell/store.js").Store} store @param {string} title @param {() => void} drop */
export function deleting(store, title, drop) {
  let sure = false;
  const made = button("do drop", "", (event) => {
    if (event.detail > 1) return;
    const was = sure;
    ask(!was);
    made.focus(); // what leaves the button takes its question back
    if (was) drop();
  });
  const ask = (/** @type {boolean} */ now) => {
    sure = now;
    made.classList.toggle("danger", sure);
    write(made, store.t(sure ? "training.delete_sure" : "training.delete"));
    attributes(made, { "aria-label": `${made.textContent}: ${title}` });
  };
  ask(false);
  made.addEventListener("keydown", (event) => event.repeat && event.key === "Enter" && event.preventDefault());
  made.addEventListener("blur", () => ask(false));
  return made;
}

/** A panel with its heading. @param {string} name @param {string} title @param {...(Node | string)} inside */
export function panel(name, title, ...inside) {
  return element("section", { class: `card ${name}`, "aria-label": title }, element("h2", "", title), ...inside);
}

/** Seconds as people read them: 0:40, 12:05.5. @param {number} s */
export function timeText(s) {
  const tenths = Math.round(s * 10) % 10;
  return ticking(Math.floor(Math.round(s * 10) / 10) * 1000) + (tenths ? `.${tenths}` : "");
}

/** What was typed as seconds: 90, 1:30, 1:02:05, 12.5; NaN when it is none. @param {string} text */
export function timeOf(text) {
  const found = /^\s*(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5}(?:[.,]\d)?)\s*$/.exec(text);
  if (!found) return NaN;
  const [hours, minutes, seconds] = [found[1], found[2], found[3].replace(",", ".")].map((part) => Number(part ?? 0));
  return found[2] !== undefined && seconds >= 60 ? NaN : hours * 3600 + minutes * 60 + seconds;
}

/** A file's name of plain letters. @param {string} text */
export function slug(text) {
  const plain = text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80);
}

/** A table's cell that is written only when it changes. @param {HTMLElement} row @param {string} name
 * @param {string} text */
export function cell(row, name, text) {
  const found = slot(row, name);
  write(found, text);
  return found;
}

/** A table's cell for more than text. @param {HTMLElement} row @param {string} name @returns {HTMLElement} */
export function slot(row, name) {
  const found = row.querySelector(`:scope > [data-cell="${name}"]`);
  if (found) return found;
  const made = element("td", { "data-cell": name });
  row.append(made);
  return made;
}

/** What stands in a cell as a name and a line under it. @param {HTMLElement} row @param {string} name
 * @param {string} text @param {string} under */
export function named(row, name, text, under) {
  const made = slot(row, name);
  if (!made.firstChild) made.append(element("b"), element("span", "under"));
  const [first, second] = parts(made);
  write(first, text);
  write(second, under);
  return made;
}

/** @param {string} label @param {string[]} names of the columns, in words */
export function table(label, names) {
  const body = element("tbody");
  return { root: element("table", { "aria-label": label }, element("thead", "", headings(names)), body), body };
}

/** What stands on a line of time: what follows by itself is one band, as long as it goes on without a longer gap.
 * @param {[number, string][]} marks when what came, s @param {number} gap s */
export function folded(marks, gap) {
  /** @type {{at: number, until: number, type: string}[]} */
  const made = [];
  /** @type {{at: number, until: number, type: string} | null} */
  let band = null;
  for (const [at, type] of marks) {
    if (type === "auto" && band && at - band.until <= gap) {
      band.until = at;
      continue;
    }
    const one = { at, until: at, type };
    made.push(one);
    if (type === "auto") band = one;
  }
  return made;
}
