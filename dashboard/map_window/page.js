// The map window: the operator's map alone. It says whom it follows and, loudly, when it no longer does. It takes no
// command but to look.
import { otherTabs, tie } from "../access/form.js";
import { askMap } from "../components/map/ask.js";
import { TABLES } from "../components/shortcuts/tables.js";
import { follows as followed, keepView, holdView } from "../operator/view.js";
import { loadAnew } from "../shell/anew.js";
import { clock, write } from "../shell/format.js";
import { begin, join, part } from "../shell/join.js";
import { themes } from "../shell/theme.js";

const begun = begin({ said: "note", leave: keepView }, TABLES.map_window);
const { base, store, desk } = begun;
/** @type {import("../shell/wire.js").Follows | null} */
let follows = null;
holdView(store);

function say() {
  const lost = store.frozen > 0;
  if (!follows && !lost) return;
  const { desk = "", label = "", why = "", since = 0 } = follows ?? {};
  const alone = lost || why !== "";
  const whom = desk || store.t("map_window.desk");
  const reason = store.t(`map_window.why.${lost ? "lost" : why}`);
  const said = alone ? "map_window.alone" : label ? "map_window.follows" : "map_window.nothing";
  part("whom").classList.toggle("is-alone", alone);
  part("again").hidden = lost || why !== "other";
  write(part("follows"), store.t(said, { desk: whom, label, why: reason, time: clock(why ? since : store.frozen) }));
  document.title = store.t(alone ? "map_window.title_alone" : "map_window.title");
}

store.on("message", (/** @type {{follows?: import("../shell/wire.js").Follows}} */ message) => {
  if (!message.follows) return;
  follows = message.follows;
  say();
});
store.on("live language", say);
store.on("second", () => write(part("clock"), clock(store.now())));
otherTabs().onmessage = () => tie(store, base);
part("again").addEventListener("click", () => loadAnew(store));
themes(part("theme"), (theme) => write(part("theme"), store.t(theme)));

const looks = ["belgium", "follow", "layers"];
document.addEventListener("keydown", (event) => {
  const key = store.keys.key(event);
  const what = event.key === "Escape" ? "leave" : store.keys.wish(event);
  if (event.repeat || (event.key !== "Escape" && !key)) return;
  if (what === "leave" || looks.includes(what)) askMap(what);
  // Whoever means an alarm must not believe that it was heard.
  else if (/^(shift\+)?\p{L}$/u.test(key)) desk.say(store.t("map_window.no_key"), true);
});

join(begun, () => ({ follow: followed() }));
