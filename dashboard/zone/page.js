// The page of a zone's desk: its orders, loud until they are answered, and its answers. It reuses the operator page's line and watchdog.
import { Sound } from "../components/alert/sound.js";
import { begin, join, part } from "../shell/join.js";
import { clock, element, write } from "../shell/format.js";
import { Card } from "./card.js";

const begun = begin({ said: "timeline" });
const { base, store, desk } = begun;
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
part("alert").prepend(blocked);
sound.on(heard);
store.on("live", () => ring());
store.on("second", tick);
heard();

function lockedPanel() {
  const panel = element("section", "locked");
  const form = element("form");
  form.method = "get";
  form.action = `${base}sign-in`;
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

store.on("message", (message) => message.orders && show(message));
join(begun);
