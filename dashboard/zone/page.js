// The page of a zone's desk: its orders, loud until they are answered, and its answers. It reuses the operator page's line and watchdog.
import { lockedPanel } from "../access/locked.js";
import { Sound } from "../components/alert/sound.js";
import { arrange, button, kept } from "../shell/build.js";
import { begin, join, part } from "../shell/join.js";
import { clock, element, write } from "../shell/format.js";
import { Card } from "./card.js";

const begun = begin({ said: "timeline" });
const { base, store, desk } = begun;
const sound = new Sound();
/** @type {Map<string, Card>} */
const cards = new Map();
const none = element("p", "none");
const why = element("p");
const locked = lockedPanel(store, base, why);
part("orders").append(locked, none);
let waiting = 0;

const blocked = element(
  "div",
  { class: "banner sound-blocked", role: "alert" },
  element("strong", "", store.t("sound_blocked_long")),
  button("arm", store.t("sound_arm"), () => sound.start()),
);
part("alert").prepend(blocked);
sound.on(heard);
store.on("live", () => ring());
store.on("second", tick);
heard();

/** @param {{zone: string, waiting: number, orders: import("./card.js").Order[]}} message */
function show({ zone, orders, ...message }) {
  waiting = message.waiting;
  write(part("zone"), zone ? store.t("zone.title", { zone: store.zone(zone) }) : store.t("zone.locked_title"));
  locked.hidden = zone !== "";
  write(why, store.t("zone.locked", { n: waiting }));
  none.hidden = !zone || orders.length > 0;
  write(none, store.t("zone.none"));
  const ids = orders.map((order) => order.order);
  const shown = kept(
    cards,
    ids,
    () => new Card(store, desk),
    (card) => card.root,
  );
  for (const [n, order] of orders.entries()) shown[n].show(order);
  const roots = shown.map((card) => card.root);
  arrange(part("orders"), roots, none.nextElementSibling);
  ring();
}

function ring() {
  const lost = document.body.classList.contains("lost");
  sound.play(lost ? "lost" : waiting ? "press" : "", 1);
  document.title = lost ? store.t("title_lost") : waiting ? `(${waiting}) ▲ Vigie` : "Vigie";
}

function heard() {
  blocked.hidden = sound.armed;
  write(part("armed"), sound.armed ? store.t("sound_armed") : "");
}

function tick() {
  sound.look();
  write(part("clock"), clock(store.now()));
  for (const card of cards.values()) card.tick();
}

store.on("message", (/** @type {any} */ message) => message.orders && show(message));
join(begun);
