// The supervisor's panel of vigilance drills: what a trainer proposed, to be confirmed by another person, and what became of it.
import { clock, day, element, write } from "../../shell/format.js";

const WITHIN = [0, 5, 15, 30, 60];

/** @param {import("../../shell/room.js").Place} place @returns {import("../../shell/room.js").Room} */
export function mountDrills(place) {
  const drills = new Drills(place);
  return { start: () => drills.start(), clear: () => drills.clear() };
}

class Drills {
  /** @param {import("../../shell/room.js").Place} place */
  constructor({ middle, store, desk, channel }) {
    this.store = store;
    this.desk = desk;
    this.channel = channel;
    this.drawn = "";
    this.items = new Map();
    this.root = element("section", "drills card", { hidden: true });
    this.tool = button("pill drills", store.t("drills_title"), () => this.show(!!this.root.hidden), {
      hidden: true,
      "aria-expanded": "false",
    });
    middle.querySelector(".line").append(this.tool); // in the review's first line: the top bar has no room for it on a small screen
    this.root.setAttribute("aria-label", store.t("drills_title"));
    this.list = element("div");
    const close = button("pill", store.t("drills_hide"), () => this.show(false));
    const head = element("header", "", element("h2", "", store.t("drills_title")), close);
    this.root.append(head, element("p", "rules", store.t("drills_rules")), this.list);
    middle.prepend(this.root);
    channel.on((facts) => this._take(facts));
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.show(false);
    });
  }

  start() {
    this.channel.ask({});
  }

  clear() {
    this.drawn = "";
    this.items.clear();
    this.list.replaceChildren();
    this.root.hidden = true;
    this.tool.hidden = true;
  }

  /** @param {boolean} open */
  show(open) {
    this.root.hidden = !open;
    this.tool.setAttribute("aria-expanded", String(open));
    if (open) {
      this.channel.ask({});
      this.root.scrollIntoView({ block: "nearest" });
      this.root.querySelector("button").focus();
    } else this.tool.focus();
  }

  _take(facts) {
    const { store } = this;
    if (facts.news) {
      this.channel.ask({});
      return;
    }
    this.tool.hidden = !!facts.closed;
    const waiting = facts.waiting.filter((drill) => drill.state === "proposed" && !drill.own).length;
    write(this.tool, waiting ? `${store.t("drills_title")} · ${waiting}` : store.t("drills_title"));
    this.tool.classList.toggle("asks", waiting > 0);
    const drawn = JSON.stringify(facts);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = document.activeElement;
    const parts = [];
    if (facts.waiting.length)
      parts.push(
        element("h3", "", store.t("drills_waiting")),
        this._list(facts.waiting.map((drill) => this._item(drill, (one) => this._waiting(one)))),
      );
    if (facts.results.length)
      parts.push(
        element("h3", "", store.t("drills_results")),
        this._list(facts.results.map((drill) => this._item(drill, (one) => this._result(one)))),
      );
    if (!parts.length) parts.push(element("p", "none", store.t("drills_none")));
    this.list.replaceChildren(...parts);
    // Moving an element takes the focus from it.
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.list.contains(focused))
      focused.focus({ preventScroll: true });
  }

  /** What did not change keeps its element, and with it what was chosen there. */
  _item(drill, make) {
    const facts = JSON.stringify(drill);
    const known = this.items.get(drill.id);
    if (known?.facts === facts) return known.item;
    const item = make(drill);
    this.items.set(drill.id, { facts, item });
    return item;
  }

  _list(items) {
    const list = element("ol", "", ...items);
    return list;
  }

  _waiting(drill) {
    const { store } = this;
    const item = element("li", `drill is-${drill.state}`, { "data-drill": drill.id });
    const who = drill.to.length ? drill.to.join(", ") : store.t("drill_for_all");
    const about = [
      store.zone(drill.zone),
      drill.victim,
      store.t("drill_for", { who }),
      store.t("drill_by", { who: drill.by, time: clock(drill.at) }),
    ];
    item.append(element("strong", "", drill.story), element("p", "", about.filter(Boolean).join(" · ")));
    const buttons = element("div", "set");
    const button = (name, act) => {
      const made = button(`do ${name}`, store.t(`do.${name}`), (event) => event.detail < 2 && act(), {
        "aria-label": `${store.t(`do.${name}`)}: ${drill.story}`,
      });
      buttons.append(made);
    };
    if (drill.state === "proposed" && !drill.own) {
      const label = element("label", "", store.t("drill_within"));
      const within = element("select");
      for (const minutes of WITHIN) {
        const option = element(
          "option",
          "",
          minutes ? store.t("drill_minutes", { n: minutes }) : store.t("drill_at_once"),
        );
        option.value = String(minutes);
        option.selected = minutes === 30;
        within.append(option);
      }
      label.append(within);
      buttons.append(label);
      button("confirm_drill", () => this._ask("confirm_drill", { drill: drill.id, within_min: Number(within.value) }));
      item.append(element("p", "hint", store.t("drill_until", { time: clock(drill.before) })));
    } else if (drill.state === "proposed") item.append(element("p", "hint", store.t("drill_own")));
    else if (drill.state === "confirmed")
      item.append(element("p", "hint", store.t("drill_coming", { who: drill.confirmed_by, n: drill.within_min })));
    else item.append(element("p", "hint", store.t("drill_now")));
    button("cancel_drill", () => this._ask("cancel_drill", { drill: drill.id }));
    item.append(buttons);
    return item;
  }

  _result(drill) {
    const { store } = this;
    const item = element("li", "drill is-ended");
    const at = store.t("drill_at", {
      day: day(new Date(drill.at).toISOString().slice(0, 10), store.language),
      time: clock(drill.at),
    });
    const taken = drill.taken_by
      ? store.t("drill_taken", { who: drill.taken_by, s: seconds(drill.taken_ms) })
      : store.t("drill_not_taken");
    const said = [at, store.zone(drill.zone), drill.came ? taken : "", store.t(`drill_why.${drill.why || "over"}`)];
    item.append(element("strong", "", said.filter(Boolean).join(" · ")), element("p", "", drill.story));
    const desks = drill.desks.map(({ who, ms }) =>
      ms == null ? store.t("drill_unseen", { who }) : store.t("drill_shown", { who, s: seconds(ms) }),
    );
    if (desks.length) item.append(element("p", "desks", desks.join(" · ")));
    return item;
  }

  _ask(name, facts) {
    this.desk.ask(name, this.store.t("drill"), { do: name, ...facts });
  }
}

function seconds(ms) {
  return (ms / 1000).toFixed(1);
}
