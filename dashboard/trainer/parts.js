// Small parts of the training room's views: a titled panel, a button, a field with its label, times as people write them.
import { element, ticking, write } from "../shell/format.js";

/** A button. @param {string} look @param {string} text @param {() => void} press */
export function button(look, text, press) {
  const made = element("button", look, text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

/** A button that deletes what has this title. It asks once more, and neither a held key nor a double click is the answer.
 *  @param {import("../shell/store.js").Store} store @param {string} title @param {() => void} drop */
export function deleting(store, title, drop) {
  const made = button("do drop", "", () => {});
  let sure = false;
  const ask = (now) => {
    sure = now;
    made.classList.toggle("danger", sure);
    write(made, store.t(sure ? "training.delete_sure" : "training.delete"));
    made.setAttribute("aria-label", `${made.textContent}: ${title}`);
  };
  ask(false);
  made.addEventListener("keydown", (event) => event.repeat && event.key === "Enter" && event.preventDefault());
  made.addEventListener("click", (event) => {
    if (event.detail > 1) return;
    const was = sure;
    ask(!was);
    made.focus(); // what leaves the button takes its question back
    if (was) drop();
  });
  made.addEventListener("blur", () => ask(false));
  return made;
}

/** A panel with its heading. @param {string} name @param {string} title @param {...(Node | string)} inside */
export function panel(name, title, ...inside) {
  const made = element("section", `card ${name}`);
  made.setAttribute("aria-label", title);
  made.append(element("h2", "", title), ...inside);
  return made;
}

/** A label over its input. @param {string} text @param {HTMLElement} input */
export function labelled(text, input, look = "") {
  const made = element("label", `labelled ${look}`.trim());
  made.append(element("span", "name", text), input);
  return made;
}

/** @param {[string, string][]} choices value and words @param {string} chosen */
export function select(choices, chosen) {
  const made = element("select");
  for (const [value, words] of choices) {
    const option = element("option", "", words);
    option.value = value;
    option.selected = value === chosen;
    made.append(option);
  }
  return made;
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

/** Fill a list by key; a row's element stays as long as its key. @param {HTMLElement} list @param {any[]} facts
 *  @param {(fact: any) => string} key @param {(fact: any) => HTMLElement} make @param {(row: HTMLElement, fact: any) => void} fill */
export function keyed(list, facts, key, make, fill) {
  const known = new Map(parts(list).map((row) => [row.dataset.key, row]));
  /** @type {Element | null} */
  let next = list.firstElementChild;
  for (const fact of facts) {
    const name = key(fact);
    let row = known.get(name);
    if (!row) {
      row = make(fact);
      row.dataset.key = name;
    }
    known.delete(name);
    fill(row, fact);
    if (row === next) next = next.nextElementSibling;
    else list.insertBefore(row, next);
  }
  for (const row of known.values()) row.remove();
}

/** A table's cell that is written only when it changes. @param {HTMLElement} row @param {string} name @param {string} text */
export function cell(row, name, text) {
  const found = slot(row, name);
  write(found, text);
  return found;
}

/** A table's cell for more than text. @param {HTMLElement} row @param {string} name */
export function slot(row, name) {
  let found = row.querySelector(`:scope > [data-cell="${name}"]`);
  if (!found) {
    found = element("td");
    found.dataset.cell = name;
    row.append(found);
  }
  return found;
}

/** @param {string[]} names of the columns, in words */
export function table(label, names) {
  const made = element("table");
  made.setAttribute("aria-label", label);
  const head = element("tr");
  for (const name of names) {
    const column = element("th", "", name);
    column.scope = "col";
    head.append(column);
  }
  const top = element("thead");
  top.append(head);
  const body = element("tbody");
  made.append(top, body);
  return { root: made, body };
}

/** The elements of an element of ours. @param {Element} of @returns {HTMLElement[]} */
export function parts(of) {
  return /** @type {HTMLElement[]} */ ([...of.children]);
}
