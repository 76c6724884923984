// The auditor page: notices, the list, what stands beside it, the chain; tied to the store, which then hears the
// server.
import { lockedPanel } from "../access/locked.js";
import { KeySheet } from "../components/shortcuts/key_sheet.js";
import { TABLES } from "../components/shortcuts/tables.js";
import { button } from "../shell/build.js";
import { clock, dayOf, element, joined, phrase, write } from "../shell/format.js";
import { themes } from "../shell/theme.js";
import { begin, join, part, titled, ways } from "../shell/join.js";
import { Beside } from "./beside.js";
import { Chain } from "./chain.js";
import { List } from "./list.js";
import { Notices } from "./notices.js";
import { People } from "./people.js";
import { whole } from "./wire.js";

const DAY_MS = 86_400_000;
const RENEW_MS = 2000;

const begun = begin({ said: "foot" }, TABLES.auditor);
const { base, store, desk } = begun;
const people = new People();
const view = whole(dayOf(Date.now() - 6 * DAY_MS), dayOf(Date.now()));
/** @type {import("./wire.js").Audit | null} */
let audit = null;
let asked = 0; // the number of what was asked for last
let renewed = 0; // that of what nobody asked for: something new was told
let renewing = 0;
let who = "";

const chain = new Chain(store, part("chain"));
const beside = new Beside(store, desk, part("beside"), people, {
  day: (day) => store.send({ do: "digest", day }),
});
beside.view = view;
const notices = new Notices(store, part("notices"), people, (notice) => open(notice));
const list = new List(store, part("list"), people, view, {
  ask: () => ask(),
  open: (look) => store.send({ do: "row", seq: look.seq }),
});
const files = ["csv", "json"].map((form) =>
  button("do", store.t(`audit.export.${form}`), () => {
    wanted = form;
    store.send({ do: "export", view });
  }),
);
let wanted = "csv";
const theme = button("do", "", () => {});
themes(theme, (other) => write(theme, store.t(other)));
part("tools").append(...files, ways(store, "auditor", base));
part("language").before(theme);
part("foot").prepend(
  element("span", "", store.t("audit.foot.pseudonyms")),
  element("span", "", store.t("audit.foot.names")),
);
const locked = lockedPanel(store, base, element("p", "", store.t("audit.locked")), "/auditor");
part("list").prepend(locked);
new KeySheet(store, desk, { put: (sheet) => part("beside").prepend(sheet), opener: part("foot") }, "here").listen();
titled(store, () => phrase`Vigie · ${store.t("audit.title")}`);
store.keys.listen({
  find: () => list.find(),
  verify: () => chain.verify(),
  notice_seen: () => void beside.deal("seen"),
  notice_explained: () => void beside.deal("explained"),
  notice_handed_on: () => void beside.deal("handed_on"),
  notice_note: () => beside.note?.focus(),
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (beside.reason.open) beside.reason.hide();
  else if (beside.opened) beside.opened = null;
  else if (beside.notice) open(null);
  else return;
  beside.show();
});

function ask() {
  if (!who) return;
  if (beside.notice && beside.notice.id !== view.notice) {
    beside.about(null);
    notices.chosen = "";
  }
  store.send({ do: "list", n: ++asked, view, start: list.start });
}

/** The list as it is now, but for a later part of it; no row moves under a hand. */
function renew() {
  renewing = list.held ? setTimeout(renew, RENEW_MS) : 0;
  if (renewing || list.start) return;
  renewed = asked + 1;
  ask();
}

/** @param {import("./wire.js").Notice | null} notice */
function open(notice) {
  beside.about(notice);
  beside.opened = null;
  notices.chosen = notice?.id ?? "";
  list.everything(notice?.id);
  if (audit) notices.show(audit);
}

store.answers("list", (found) => {
  if (found.n !== asked) return; // what was asked for later is on its way
  beside.part = found;
  // What was opened is of the list that stood before.
  if (!found.rows.some((/** @type {import("./wire.js").Look} */ row) => row.seq === beside.opened?.look.seq))
    beside.opened = null;
  list.take(found, found.n === renewed);
  beside.show();
  counted();
});
store.answers("row", (found) => {
  beside.opened = found;
  beside.show();
  beside.body.scrollTo({ top: 0 });
});
store.answers("named", ({ person, name }) => {
  if (!name || name === "?") return desk.say(store.t("audit.name_none"), true);
  people.named.set(person, name);
  list.show();
  beside.show();
  if (audit) notices.show(audit);
});
store.answers("digest", (digest) => {
  beside.digest = digest;
  beside.show();
});
store.answers("export", (word) => {
  // Why it is taken is asked there first: this page is not left.
  const link = element("a", { href: `${base}audit/${word}.${wanted}`, target: "_blank", rel: "noopener" });
  link.click();
});

function counted() {
  const listed = beside.part?.listed;
  const facts = listed
    ? [store.t("audit.sum", { n: listed.count }), store.t("audit.sum_people", { n: Object.keys(listed.people).length })]
    : [];
  write(part("counted"), joined(facts));
}

/** @param {{access: {state: string, name: string, ways?: string[]}, audit?: import("./wire.js").Audit}} message */
function show(message) {
  const { access } = message;
  const now = access.state === "signed" ? access.name : "";
  if (now !== who) {
    beside.empty();
    list.empty();
    write(part("counted"), "");
    asked++;
  }
  locked.hidden = now !== "";
  for (const id of ["notices", "beside", "chain", "tools"]) part(id).hidden = !now;
  part("list").classList.toggle("closed", !now);
  write(part("who"), now);
  const came = now !== who || !audit?.ready;
  const more = audit?.looks !== message.audit?.looks;
  who = now;
  audit = message.audit ?? null;
  beside.audit = audit;
  if (!now || !audit) return;
  notices.show(audit);
  const chosen = audit.notices.find((notice) => notice.id === beside.notice?.id);
  if (chosen) beside.notice = chosen;
  beside.show();
  if (came && audit.ready) {
    ask();
    store.send({ do: "digest", day: dayOf(store.now() - DAY_MS) });
  } else if (more && !renewing) renewing = setTimeout(renew, RENEW_MS);
}

store.on("message", (/** @type {any} */ message) => show(message));
store.on("language", () => {
  if (audit) notices.show(audit);
  counted();
});
store.on("second live", () => write(part("clock"), clock(store.now())));
join(begun);
