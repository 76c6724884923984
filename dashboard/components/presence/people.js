// Who is on shift, since when, whether their page can be seen and heard, what they have; what is offered here; the way
// to hand over the whole desk and to the sheet. It stands over the case's facts, as the list of keys does, and covers
// no alarm.
import { button, find } from "../../shell/build.js";
import { attributes, clock, element, phrase, textOf, write } from "../../shell/format.js";
import { coversWords } from "../coverage/words.js";
import { heldWords } from "./held.js";
import { shiftTest } from "./test.js";

/** @typedef {import("../../shell/wire.js").Offer} Offer */

const BESIDE = new Set(["devices", "drills"]); // these open beside this page, which goes on sounding

export class People {
  /** @param {import("../../shell/store.js").Store} store @param {{ask: (form: string, about?: object) => void}} actions
   * @param {import("../../shell/desk.js").DeskLine} desk @param {{bar: HTMLElement, panel: HTMLElement}} places
   * @param {string} base the address the pages stand under; "" where there are no other pages */
  constructor(store, actions, desk, { bar, panel }, base) {
    this.store = store;
    this.actions = actions;
    this.desk = desk;
    this.panel = panel;
    this.base = base;
    this.root = element("section", "help people", { "aria-label": store.t("people") });
    this.drawn = "";
    /** @type {Set<string>} */
    this.told = new Set();
    this.button = find(bar, ".shift");
    this.button.addEventListener("click", () => this.show(!this.open));
    this.offers = keyed("pill offers", "", () => this.show(true));
    this.offers.hidden = true;
    this.button.after(this.offers);
    store.on("together desk live", () => this.update());
    store.on("second", () => this.open && this.update());
    // Whoever chooses an alarm wants to see it.
    store.on("select", () => this.show(false));
    store.on("access", () => store.locked && this.show(false));
  }

  get open() {
    return this.root.isConnected;
  }

  /** @param {boolean} on */
  show(on) {
    if (on === this.open || (on && this.desk.gate("people", "", () => this.show(true)))) return;
    this.button.setAttribute("aria-expanded", String(on));
    if (!on) {
      const inside = this.root.contains(document.activeElement);
      this.root.remove();
      if (inside) this.button.focus();
      return;
    }
    this.drawn = "";
    this.panel.prepend(this.root);
    this.update();
    find(this.root, "button").focus();
  }

  update() {
    const { store } = this;
    const { people, offers } = store.together;
    attributes(this.button, { title: store.t("people_open", { n: people.length || store.shift }) });
    this.offers.hidden = offers.length === 0;
    write(this.offers, store.t("offers_n", { n: offers.length }));
    attributes(this.offers, { "aria-label": store.t("offers_label", { n: offers.length }) });
    this._tell(offers);
    if (!this.open) return;
    const drawn = JSON.stringify([store.together, store.live, shiftTest(store)]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const kept =
      document.activeElement instanceof HTMLElement && this.root.contains(document.activeElement)
        ? document.activeElement.dataset.key
        : "";
    this.root.replaceChildren(this._head(), ...this._offers(), this._people(), this._test(), this._buttons());
    if (kept) (this.root.querySelector(`[data-key="${CSS.escape(kept)}"]`) ?? find(this.root, "button")).focus();
  }

  /** Say a new offer once, in words that are read aloud. @param {Offer[]} offers */
  _tell(offers) {
    const keys = new Set(offers.map((offer) => `${offer.id} ${offer.at}`));
    const fresh = offers.find((offer) => !this.told.has(`${offer.id} ${offer.at}`));
    this.told = keys;
    if (fresh) this.desk.say(this.store.t("offer_one", { who: fresh.giver, labels: fresh.label }));
  }

  _head() {
    const head = element(
      "div",
      "title",
      element("h3", "", this.store.t("people")),
      keyed("do", this.store.t("people_hide"), () => this.show(false), "hide"),
    );
    return head;
  }

  /** What is offered here: alarm by alarm, or a whole desk as one. */
  _offers() {
    const { store } = this;
    /** @type {Map<string, Offer[]>} */
    const groups = new Map();
    for (const offer of store.together.offers) {
      const key = offer.whole ? JSON.stringify([offer.giver, offer.note]) : offer.id;
      groups.set(key, [...(groups.get(key) ?? []), offer]);
    }
    return [...groups].map(([key, offers]) => {
      const [{ giver, note, whole }] = offers;
      const labels = offers.map((offer) => offer.label).join(", ");
      const root = element(
        "section",
        "offer",
        element("strong", "", store.t(whole ? "offer_whole" : "offer_one", { who: giver, labels })),
      );
      if (note) root.append(element("p", "", note));
      const several = offers.length > 1;
      const accept = store.t(several ? "accept_all" : "do.accept_hand_over", { n: offers.length });
      const decline = store.t(several ? "decline_all" : "do.decline_hand_over", { n: offers.length });
      const buttons = element(
        "div",
        "buttons",
        keyed("do primary", accept, () => this._accept(offers), `accept ${key}`),
        keyed("do", decline, () => this._decline(offers, labels), `decline ${key}`),
      );
      root.append(buttons);
      return root;
    });
  }

  /** @param {Offer[]} offers */
  _accept(offers) {
    for (const offer of offers)
      this.desk.ask("accept_hand_over", offer.label, { do: "accept_hand_over", incident: offer.id });
  }

  /** One reason for all of them. @param {Offer[]} offers @param {string} label */
  _decline(offers, label) {
    const [first, ...rest] = offers;
    const after = (/** @type {Record<string, unknown>} */ { reason }) => {
      for (const offer of rest)
        this.desk.ask("decline_hand_over", offer.label, { do: "decline_hand_over", incident: offer.id, reason });
    };
    this.actions.ask("decline_hand_over", { label, incident: first.id, after });
  }

  _people() {
    const { store } = this;
    const list = element("ul");
    for (const person of store.together.people) {
      const item = element("li");
      const mine = person.key === store.together.me;
      const name = element("b", "", mine ? phrase`${person.name} (${store.t("people_me")})` : person.name);
      const here = element("span", person.screen === "visible" ? "" : "bad", store.t(`screen.${person.screen}`));
      const heard = element("span", person.heard ? "" : "bad", store.t(person.heard ? "heard.yes" : "heard.no"));
      const covers = coversWords(store, person.covers);
      const labels = heldWords(store, person);
      const facts = element(
        "div",
        "facts-of",
        element("span", "", store.t("people_since", { time: clock(person.since).slice(0, 5) })),
        here,
        ...(person.screen === "gone" ? [] : [heard]),
        covers && element("span", "", covers),
      );
      item.append(
        name,
        facts,
        element("div", "holds", labels ? store.t("people_holds", { labels }) : store.t("people_holds_none")),
      );
      list.append(item);
    }
    return list;
  }

  /** The shift's test: what is to be done, or when it passed. */
  _test() {
    const { store } = this;
    const { text, grave } = shiftTest(store);
    const { test } = store.together.shift;
    const said = element("p");
    if (text) said.append(element("b", `test ${grave}`, text), textOf(phrase` · ${store.t("test_how")}`));
    else if (test)
      write(
        said,
        store.t("test_long", { time: clock(test.at).slice(0, 5), s: Math.ceil(test.took_ms / 1000), feed: test.feed }),
      );
    return said;
  }

  _buttons() {
    const { store } = this;
    const root = element("div", "buttons");
    const { ready } = store.together;
    const none = store.receivers().length ? "" : "alone";
    const why = !store.live ? "lost_trying" : ready ? none : "refused.nothing_owned";
    const give = () => {
      if (why) this.desk.say(store.t(why), true);
      else this.actions.ask("hand_over_desk", { n: ready });
    };
    const whole = keyed("do", store.t("do.hand_over_desk"), give, "whole");
    attributes(whole, { "aria-disabled": !!why, title: why && store.t(why) });
    root.append(whole);
    if (!this.base) return root;
    const aside = { target: "_blank", rel: "noopener" };
    const { base } = this;
    /** @param {string} words @param {string} href @param {string} key */
    const link = (words, href, key) => element("a", "do", { href, "data-key": key, ...aside }, store.t(words));
    const note = keyed("do", store.t("do.note_sheet"), () => this.actions.ask("note_sheet"), "note");
    root.append(note, link("sheet", `${base}sheet`, "sheet"), link("own", `${base}figures`, "figures"));
    for (const page of store.access?.ways ?? [])
      if (BESIDE.has(page)) root.append(link(`to_${page}`, `${base}${page}`, page));
    return root;
  }
}

/** A button that does nothing more at the second click of a double one. @param {string} name @param {string} text
 * @param {() => void} click @param {string} [key] what it is called by, when the list is drawn anew */
function keyed(name, text, click, key = "") {
  return button(name, text, (event) => event.detail < 2 && click(), { "data-key": key });
}
