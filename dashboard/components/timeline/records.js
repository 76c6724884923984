// Every record of an incident: when by our clock, when by the other one, who, what. The newest that is known at the
// moment is marked.
import { headings } from "../../shell/build.js";
import { sentence } from "../case/history.js";
import { attributes, clock, clockAndDay, day, element, joined, phrase, write } from "../../shell/format.js";
import { lasted } from "../../shell/rounding.js";

export class Records {
  /** @param {import("../../shell/store.js").Store} store @param {(at: number) => void} move */
  constructor(store, move) {
    this.store = store;
    this.root = element("div", "records", { tabindex: 0, role: "region" });
    this.offsets = element("p", "offsets");
    this.body = element("tbody");
    const names = ["entered", "happened", "who", "what"].map((key) => store.t(`timeline.${key}`));
    this.head = element("thead", "", headings(names));
    this.root.append(element("table", "", this.head, this.body));
    /** @type {{at: number, tr: HTMLElement}[]} */
    this.rows = [];
    this.body.addEventListener("click", (event) => {
      const chosen = this.rows.find((one) => one.tr.contains(/** @type {Node} */ (event.target)));
      if (chosen) move(chosen.at);
    });
  }

  /** @param {import("../../shell/wire.js").Story} story */
  show(story) {
    const { store } = this;
    attributes(this.root, { "aria-label": store.t("timeline.events", { n: story.happenings.length }) });
    const said = story.offsets.map((one) => {
      const parts = [
        store.t("timeline.offset", {
          feed: one.feed,
          n: one.count,
          median: lasted(one.median_s),
          least: lasted(one.least_s),
          most: lasted(one.most_s),
        }),
      ];
      if (one.held_up) parts.push(store.t("timeline.held_up", { n: one.held_up }));
      return joined(parts);
    });
    write(this.offsets, joined(said));
    this.offsets.hidden = !said.length;
    this.rows = story.happenings.map((one) => ({ at: one.at, tr: this._row(one) }));
    const { scrollTop } = this.root;
    this.body.replaceChildren(...this.rows.flatMap(({ tr }, n) => [...this._day(story.happenings[n].day), tr]));
    this.root.scrollTop = scrollTop; // a hand may be reading there
    /** @type {HTMLElement | null} */
    this.marked = null;
  }

  /** Mark the newest record that is known at this moment, and keep it in sight. @param {number} at */
  move(at) {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const half = (low + high) >> 1;
      if (this.rows[half].at <= at) low = half + 1;
      else high = half;
    }
    const tr = this.rows[low - 1]?.tr ?? null;
    if (tr === this.marked) return;
    this.marked?.removeAttribute("aria-current");
    this.marked = tr;
    this.known = low;
    if (!tr) return;
    tr.setAttribute("aria-current", "true");
    const { root } = this;
    const top = tr.offsetTop - this.head.offsetHeight;
    if (top < root.scrollTop) root.scrollTop = top;
    else if (tr.offsetTop + tr.offsetHeight > root.scrollTop + root.clientHeight)
      root.scrollTop = tr.offsetTop + tr.offsetHeight - root.clientHeight;
  }

  /** The line over the first record of a day. @param {string} [iso] */
  _day(iso) {
    if (!iso) return [];
    return [element("tr", "day", element("th", { colspan: 4, scope: "rowgroup" }, day(iso, this.store.language)))];
  }

  /** @param {import("../../shell/wire.js").Happening} one */
  _row(one) {
    const { store } = this;
    const tr = element("tr", one.clock, { "data-version": String(one.version) });
    const happened = element(
      "td",
      "",
      element("span", "at", exact(store, one.happened, one.at)),
      element("span", "clock", store.t(`clock.${one.clock}`)),
    );
    const { line } = one;
    // Both clocks stand beside it: a sentence need not say again when it was entered.
    const parts = [sentence(store, { ...line, entered: undefined, what: line.code === "unit_seen" ? "" : line.what })];
    if (line.code === "unit_seen") parts.push(store.t(`unit.${line.what}`));
    if (one.held_up_s) parts.push(store.t("timeline.held_up_for", { time: lasted(one.held_up_s) }));
    if (one.was) parts.push(store.t("timeline.was", { time: clockAndDay(one.was, one.at, store.language) }));
    if (one.gone) parts.push(store.t("timeline.gone"));
    tr.append(
      element("td", "at", exact(store, one.at, one.at)),
      happened,
      element("td", "who", one.who),
      element("td", "what", joined(parts)),
    );
    return tr;
  }
}

/** The time of day with tenths of a second, with its day where that is not the one it was `entered`.
 *  @param {import("../../shell/store.js").Store} store @param {number} ms @param {number} entered */
function exact(store, ms, entered) {
  const tenths = String(Math.floor((((ms % 1000) + 1000) % 1000) / 100));
  return phrase`${clockAndDay(ms, entered, store.language)}${store.t("decimal")}${tenths}`;
}
