// The keys of every page, in the order in which people use them: the list of keys says them, and the pages act by them.
import { ACTIONS } from "../actions/table.js";

/** @typedef {import("../../shell/shortcuts.js").Row} Row */

/** @param {string} name @param {string} key @param {string} [words] @returns {Row} */
const own = (name, key, words = `key_${name}`) => ({ name, key, words });
/** @param {string} key @param {string} words @returns {Row} */
const fixed = (key, words) => ({ key, words: `key_${words}` });

const [take, route, listen, ...actions] = ACTIONS.filter(({ key }) => key).map(({ name, key, shift }) =>
  own(name, `${shift ? "shift+" : ""}${key}`, `do.${name}`),
);
const find = own("find", "/", "key_find_place");
const stay = own("stay", "i");
const why = own("why", "shift+y");
const places = [own("copy_place", "shift+c"), own("spell_place", "shift+n")];
const sheet = own("sheet", "shift+p", "sheet");
const help = own("help", "?");
const tab = fixed("Tab ⇧Tab", "tab");
const map = [own("belgium", "0"), own("follow", "f"), own("layers", "m")];

/** @type {Record<"operator" | "supervisor" | "auditor" | "trainer" | "technician" | "zone" | "map_window", Row[]>} */
export const TABLES = {
  operator: [
    own("unowned", "u"),
    fixed("↑ ↓", "move"),
    take,
    listen,
    route,
    { name: "digit", key: "1 2 3 4 5 6 7 8 9", words: "key_digit", stays: true },
    fixed("⌫", "zones"),
    ...actions,
    own("more", ","),
    ...places,
    why,
    own("raise", "h", "raise"),
    own("from_paper", "shift+h", "from_paper"),
    fixed("Ctrl+↵", "send"),
    own("fly", "g"),
    ...map,
    own("map_window", "shift+m"),
    fixed("← → ↑ ↓ + −", "map"),
    find,
    own("people", "w"),
    sheet,
    own("others", "shift+u"),
    own("sound", "v"),
    own("sound_test", "shift+v"),
    stay,
    tab,
    fixed("Esc", "back"),
    help,
  ],
  supervisor: [
    find,
    sheet,
    why,
    stay,
    fixed("← → ↑ ↓", "marks"),
    fixed("T", "table"),
    fixed("↵", "choose"),
    fixed("← →", "record"),
    fixed("PgUp PgDn", "minute"),
    fixed("Home End", "ends"),
    tab,
    fixed("Esc", "out"),
    help,
  ],
  auditor: [
    own("find", "/", "key_audit_find"),
    own("verify", "v", "do.verify"),
    own("notice_seen", "s", "do.notice_seen"),
    own("notice_explained", "e", "do.notice_explained"),
    own("notice_handed_on", "h", "do.notice_handed_on"),
    own("notice_note", "n", "audit.note"),
    fixed("↑ ↓ Home End", "audit_rows"),
    fixed("PgUp PgDn", "audit_pages"),
    tab,
    fixed("Esc", "close"),
    help,
  ],
  trainer: [
    own("find", "/", "key_find"),
    fixed("← →", "step"),
    fixed("PgUp PgDn", "mark"),
    fixed("Home End", "ends"),
    fixed("Ctrl+Z", "undo"),
    fixed("Ctrl+⇧+Z", "redo"),
    fixed("Ctrl+S", "save"),
    fixed("↵", "remark"),
    tab,
    fixed("Esc", "tool"),
    help,
  ],
  technician: [fixed("↑ ↓", "devices"), fixed("↵", "device"), why, tab, fixed("Esc", "close"), help],
  zone: [own("next_order", "n"), own("presses_seen", "s"), ...places, tab, fixed("Esc", "close"), help],
  map_window: map,
};

/** The keys of a replay's or an exercise's operator page: no past is kept there. */
export const DRESSED = TABLES.operator.filter(({ name }) => !["find", "sheet", "map_window"].includes(name ?? ""));
