// The bench page: the receiver, the devices it hears, and the one that is looked at. It reuses the operator page's line
// and watchdog.
import { lockedPanel } from "../access/locked.js";
import { KeySheet } from "../components/shortcuts/key_sheet.js";
import { Asking } from "../components/reason/asking.js";
import { TABLES } from "../components/shortcuts/tables.js";
import { redraw } from "../shell/build.js";
import { begin, join, part, titled } from "../shell/join.js";
import { clock, element, phrase, write } from "../shell/format.js";
import { Detail } from "./detail.js";
import { Devices } from "./devices.js";
import { Head } from "./head.js";

const CHOSEN = "bench"; // a device, by its name or address: `/devices` leads to one by the same

const begun = begin({ said: "foot" }, TABLES.technician);
const { base, store, desk } = begun;
part("foot").prepend(element("span", "hint", store.t("bench.keys")));
new KeySheet(store, desk, { put: (list) => part("device").prepend(list), opener: part("foot") }, "here").listen();
const why = new Asking(store, ({ what, on }) => what === "search" || on.startsWith(`${detail?.device ?? ""} `));
store.keys.listen({ why: () => why.answer() });
const head = new Head(store, part);
const devices = new Devices(store, (chosen) => choose(chosen));
const locked = lockedPanel(store, base, element("p", "", store.t("bench.locked")), "/bench");
const none = element("p", "none");
part("devices").prepend(devices.root);
part("device").append(why.root, locked, none);
/** @type {Detail | null} */
let detail = null;
let chosen = { address: "", device: "" };
titled(store, () => phrase`Vigie · ${store.t("bench.title")}`);

store.on("second live", () => tick());

// What was chosen before this page was loaded anew.
store.on("drafts", () => {
  const { address = "", device = "" } = store.drafts.get(CHOSEN) ?? {};
  if (!chosen.address && !chosen.device && (address || device)) choose({ address, device });
});

/** Only a person chooses. @param {{address: string, device: string}} wanted */
function choose(wanted) {
  chosen = wanted;
  store.drafts.set(CHOSEN, chosen);
  drop();
  devices.choose(chosen);
  store.send({ do: "select", ...chosen });
}

function drop() {
  detail?.root.remove();
  detail = null;
}

/** @param {{access: {state: string, name: string, ways?: string[]}, bench: import("./detail.js").Bench | null,
 *  selected: import("./detail.js").Selected | null}} message */
function show({ access, bench, selected }) {
  const who = access.state === "signed" ? access.name : "";
  locked.hidden = who !== "";
  const beside = (access.ways ?? []).filter((page) => page !== "bench");
  redraw(part("ways"), beside, () =>
    beside.map((page) => element("a", { class: "do", href: base + page }, store.t(`to_${page}`))),
  );
  part("devices").hidden = !who || !bench;
  head.show(who, bench);
  if (!who || !bench) {
    drop();
    none.hidden = !who;
    write(none, who ? store.t("bench.no_service") : "");
    return;
  }
  devices.show(bench);
  const same =
    !!selected && (selected.address ? selected.address === chosen.address : selected.device === chosen.device);
  let leaves = false;
  // Its name may have changed: it was enrolled, or taken out of use.
  if (detail && (!same || selected.device !== detail.device)) {
    if (same) chosen.device = selected.device;
    leaves = same && detail.root.contains(document.activeElement);
    drop();
  }
  if (same) {
    if (!detail) {
      detail = new Detail(store, desk, selected, base);
      part("device").append(detail.root);
      if (leaves) detail.title.focus();
    }
    detail.show(selected, bench);
  }
  none.hidden = !!detail;
  why.update();
  write(none, store.t(!bench.adapter ? "bench.by_name" : bench.devices.length ? "bench.choose" : "bench.nothing"));
}

function tick() {
  write(part("clock"), clock(store.now()));
  devices.tick();
  detail?.tick();
}

store.on("message", (/** @type {any} */ message) => {
  show(message);
  tick();
});
const select = () => store.send({ do: "select", ...chosen });
join(begun, () => ({}), select);
