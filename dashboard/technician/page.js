// The bench page: the receiver, the devices it hears, and the one that is looked at. It reuses the operator page's line and watchdog.
import { touching } from "../access/touch.js";
import { DeskLine } from "../shell/desk.js";
import { Line } from "../components/alert/line.js";
import { Watchdog } from "../components/alert/watchdog.js";
import { clock, element, write } from "../shell/format.js";
import { Store } from "../shell/store.js";
import { Detail } from "./detail.js";
import { Devices } from "./devices.js";
import { Head } from "./head.js";

const CHOSEN = "vigie.bench";

const page = document.getElementById("vigie");
const part = (id) => document.getElementById(id);
document.documentElement.lang = page.dataset.language;
document.documentElement.dataset.theme = page.dataset.theme;
const store = new Store(JSON.parse(part("words").textContent), page.dataset.language);
const said = element("span");
said.id = "said";
said.setAttribute("role", "status");
part("foot").append(element("span", "hint", store.t("bench.keys")), said);
const desk = new DeskLine(store, said);
const watchdog = new Watchdog(
  store,
  new Line(),
  { banner: part("alert"), note: part("foot") },
  page.dataset.base,
  () => {},
);
const head = new Head(store, part);
const devices = new Devices(store, (chosen) => choose(chosen));
const locked = lockedPanel();
const none = element("p", "none");
part("devices").prepend(devices.root);
part("device").append(locked, none);
/** @type {Detail | null} */
let detail = null;
let chosen = kept();
devices.choose(chosen);
document.title = `Vigie · ${store.t("bench.title")}`;

setInterval(() => tick(), 1000);
store.on("live", () => tick());

touching(store);

function lockedPanel() {
  const panel = element("section", "locked");
  const form = element("form");
  form.method = "get";
  form.action = `${page.dataset.base}sign-in`;
  const next = element("input");
  next.type = "hidden";
  next.name = "next";
  next.value = "/bench";
  const go = element("button", "do primary", store.t("sign_in"));
  go.type = "submit";
  form.append(next, go);
  panel.append(element("h2", "", store.t("locked")), element("p", "", store.t("bench.locked")), form);
  panel.hidden = true;
  return panel;
}

/** What was chosen before this page was loaded anew. */
function kept() {
  try {
    const { address = "", device = "" } = JSON.parse(sessionStorage.getItem(CHOSEN) ?? "{}");
    return { address, device };
  } catch {
    return { address: "", device: "" };
  }
}

/** Only a person chooses. @param {{address: string, device: string}} wanted */
function choose(wanted) {
  chosen = wanted;
  sessionStorage.setItem(CHOSEN, JSON.stringify(chosen));
  detail?.root.remove();
  detail = null;
  devices.choose(chosen);
  store.send({ do: "select", ...chosen });
}

/** @param {{access: any, bench: any, selected: any}} message */
function show({ access, bench, selected }) {
  const who = access.state === "signed" ? access.name : "";
  locked.hidden = who !== "";
  part("devices").hidden = !who || !bench;
  head.show(who, bench);
  if (!who || !bench) {
    detail?.root.remove();
    detail = null;
    none.hidden = !who;
    write(none, who ? store.t("bench.no_service") : "");
    return;
  }
  devices.show(bench);
  const same = selected && (selected.address ? selected.address === chosen.address : selected.device === chosen.device);
  let leaves = false;
  // Its name may have changed: it was enrolled, or taken out of use.
  if (detail && (!same || selected.device !== detail.device)) {
    if (same) chosen.device = selected.device;
    leaves = same && detail.root.contains(document.activeElement);
    detail.root.remove();
    detail = null;
  }
  if (same) {
    if (!detail) {
      detail = new Detail(store, desk, selected, page.dataset.base);
      part("device").append(detail.root);
      if (leaves) detail.title.focus();
    }
    detail.show(selected, bench);
  }
  none.hidden = !!detail;
  write(none, store.t(!bench.adapter ? "bench.by_name" : bench.devices.length ? "bench.choose" : "bench.nothing"));
}

function tick() {
  write(part("clock"), clock(store.now()));
  devices.tick();
  detail?.tick();
}

const line = (window.vigieLine ??= { received: [] });
line.take = (text) => {
  store.take(text);
  show(JSON.parse(text));
  tick();
  watchdog.look();
};
line.opened = () => {
  store.send({ do: "hello" });
  store.send({ do: "select", ...chosen });
};
for (const text of line.received.splice(0)) line.take(text);
if (line.send) line.opened();
