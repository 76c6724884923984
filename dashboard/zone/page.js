// The page of a zone's desk: its orders, loud until they are answered, and its answers. It reuses the operator page's line and watchdog.
import { touching } from "../access/touch.js";
import { DeskLine } from "../shell/desk.js";
import { Line } from "../components/alert/line.js";
import { Sound } from "../components/alert/sound.js";
import { Watchdog } from "../components/alert/watchdog.js";
import { clock, element, write } from "../shell/format.js";
import { Store } from "../shell/store.js";
import { Card } from "./card.js";

const page = document.getElementById("vigie");
document.documentElement.lang = page.dataset.language;
document.documentElement.dataset.theme = page.dataset.theme;
const store = new Store(JSON.parse(document.getElementById("words").textContent), page.dataset.language);
const part = (id) => document.getElementById(id);
const said = element("span");
said.id = "said";
said.setAttribute("role", "status");
part("timeline").append(said);
const desk = new DeskLine(store, said);
const sound = new Sound();
const cards = new Map();
const none = element("p", "none");
const locked = lockedPanel();
part("orders").append(locked, none);
let waiting = 0;
let zone = "";

const blocked = element("div", "banner sound-blocked");
blocked.setAttribute("role", "alert");
const arm = element("button", "arm", store.t("sound_arm"));
arm.type = "button";
arm.addEventListener("click", () => sound.start());
blocked.append(element("strong", "", store.t("sound_blocked_long")), arm);
part("alert").append(blocked);
const watchdog = new Watchdog(
  store,
  new Line(),
  { banner: part("alert"), note: part("timeline") },
  page.dataset.base,
  () => {},
);

sound.on(heard);
store.on("live", () => ring());
store.on("second", tick);
setInterval(() => store.emit("second"), 1000);
heard();

touching(store);

function lockedPanel() {
  const panel = element("section", "locked");
  const form = element("form");
  form.method = "get";
  form.action = `${page.dataset.base}sign-in`;
  const go = element("button", "do primary", store.t("sign_in"));
  go.type = "submit";
  form.append(go);
  panel.append(element("h2", "", store.t("locked")), element("p"), form);
  panel.hidden = true;
  return panel;
}

/** @param {{zone: string, waiting: number, orders: any[]}} message */
function show(message) {
  zone = message.zone;
  waiting = message.waiting;
  write(part("zone"), zone ? store.t("zone.title", { zone: store.zone(zone) }) : store.t("zone.locked_title"));
  locked.hidden = zone !== "";
  write(locked.querySelector("p"), store.t("zone.locked", { n: waiting }));
  none.hidden = !zone || message.orders.length > 0;
  write(none, store.t("zone.none"));
  const known = new Set(message.orders.map((order) => order.order));
  for (const [key, card] of cards) {
    if (known.has(key)) continue;
    card.root.remove();
    cards.delete(key);
  }
  let place = none.nextElementSibling;
  for (const order of message.orders) {
    let card = cards.get(order.order);
    if (!card) {
      card = new Card(store, desk);
      cards.set(order.order, card);
    }
    card.show(order);
    if (card.root !== place) part("orders").insertBefore(card.root, place);
    else place = place.nextElementSibling;
  }
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

const line = (window.vigieLine ??= { received: [] });
line.take = (text) => {
  store.take(text);
  const message = JSON.parse(text);
  if (message.orders) show(message);
  watchdog.look();
};
line.opened = () => store.send({ do: "hello" });
for (const text of line.received.splice(0)) line.take(text);
if (line.send) line.opened();
