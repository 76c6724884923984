// Who is on shift, since when, whether their page can be seen and heard, what they have; what is offered here; the way
// to hand over the whole desk and to the sheet.
import { button, find } from "../../shell/build.js";
import { attributes, clock, element, phrase, write } from "../../shell/format.js";
import { h, render } from "../../shell/kit.js";
import { Sheet } from "../../shell/sheet.js";
import { alone } from "../../shell/views.js";
import { coversWords } from "../coverage/words.js";
import { heldWords } from "./held.js";
import { shiftTest } from "./test.js";

const BESIDE = new Set(["devices", "drills"]); // these open beside this page, which goes on sounding

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Offer} Offer
 *  @typedef {{page: People, store: Store}} Props */

export class People extends Sheet {
  /** @param {Store} store @param {{ask: (form: string, about?: object) => void}} actions
   * @param {import("../../shell/desk.js").DeskLine} desk @param {{bar: HTMLElement, panel: HTMLElement}} places
   * @param {string} base the address the pages stand under; "" where there are no other pages */
  constructor(store, actions, desk, { bar, panel }, base) {
    const root = element("section", "help people", { "aria-label": store.t("people") });
    super(panel, find(bar, ".shift"), root, () => this._draw());
    this.store = store;
    this.actions = actions;
    this.desk = desk;
    this.base = base;
    /** @type {Set<string>} the offers that were told */
    this.told = new Set();
    this.opener.addEventListener("click", () => this.show());
    this.offers = button("pill offers", "", () => this.show(true));
    this.opener.after(this.offers);
    store.on("together desk live second", () => this.update());
    // Whoever chooses an alarm wants to see it.
    store.on("select", () => this.show(false));
    store.on("access", () => store.locked && this.show(false));
  }

  /** @param {boolean} on */
  show(on = !this.open) {
    if (!on || this.open || !this.desk.gate("people", "", () => this.show(true))) super.show(on);
  }

  /** The handover sheet, beside this page, which goes on sounding. */
  sheet() {
    if (!this.store.locked) open(`${this.base}sheet`, "_blank", "noopener");
  }

  update() {
    const { store } = this;
    const { people, offers } = store.together;
    attributes(this.opener, { title: store.t("people_open", { n: people.length || store.shift }) });
    this.offers.hidden = offers.length === 0;
    write(this.offers, store.t("offers_n", { n: offers.length }));
    attributes(this.offers, { "aria-label": store.t("offers_label", { n: offers.length }) });
    // A new offer is said once, in words that are read aloud.
    const fresh = offers.find((offer) => !this.told.has(`${offer.id} ${offer.at}`));
    this.told = new Set(offers.map((offer) => `${offer.id} ${offer.at}`));
    if (fresh) this.desk.say(store.t("offer_one", { who: fresh.giver, labels: fresh.label }));
    super.update();
  }

  _draw() {
    const { store } = this;
    const { people, me, offers } = store.together;
    const props = { store, language: store.language };
    const parts = [
      this.title(store.t("people"), store.t("people_hide")),
      [...groups(offers)].map(([key, group]) => h(Offered, { page: this, store, offers: group, key })),
      h(
        "ul",
        {},
        people.map((person) =>
          alone(Person, { ...props, person, mine: person.key === me }, { of: person, plain: Name, key: person.key }),
        ),
      ),
      h(Test, { store }),
      h(Buttons, { page: this, store }),
    ];
    render(parts, this.root);
  }
}

/** What is offered here: alarm by alarm, or a whole desk as one. @param {Offer[]} offers */
function groups(offers) {
  /** @type {Map<string, Offer[]>} */
  const found = new Map();
  for (const offer of offers) {
    const key = offer.whole ? JSON.stringify([offer.giver, offer.note]) : offer.id;
    found.set(key, [...(found.get(key) ?? []), offer]);
  }
  return found;
}

/** @param {Props & {offers: Offer[]}} props */
function Offered({ page: { desk, actions }, store, offers }) {
  const answer = (/** @type {string} */ does, some = offers, more = {}) => {
    for (const { id, label } of some) desk.ask(does, label, { do: does, incident: id, ...more });
  };
  const [{ id: incident, giver: who, note, whole }, ...rest] = offers;
  // One reason for all of them.
  const after = (/** @type {{reason: string}} */ { reason }) => answer("decline_hand_over", rest, { reason });
  const n = offers.length;
  const labels = offers.map((offer) => offer.label).join(", ");
  const [accept, decline] = n > 1 ? ["accept_all", "decline_all"] : ["do.accept_hand_over", "do.decline_hand_over"];
  return h(
    "section",
    { class: "offer" },
    h("strong", {}, store.t(whole ? "offer_whole" : "offer_one", { who, labels })),
    note && h("p", {}, note),
    h(
      "div",
      { class: "buttons" },
      press(store.t(accept, { n }), () => answer("accept_hand_over"), { class: "do primary" }),
      press(store.t(decline, { n }), () => actions.ask("decline_hand_over", { label: labels, incident, after })),
    ),
  );
}

/** @param {{store: Store, person: import("../../shell/wire.js").Person, mine: boolean}} props */
function Person({ store, person, mine }) {
  const { name, since, screen, heard } = person;
  const covers = coversWords(store, person.covers);
  const labels = heldWords(store, person);
  const said = (/** @type {boolean} */ well, /** @type {string} */ key) =>
    h("span", { class: well ? "" : "bad" }, store.t(key));
  return h(
    "li",
    {},
    h("b", {}, mine ? phrase`${name} (${store.t("people_me")})` : name),
    h(
      "div",
      { class: "facts-of" },
      h("span", {}, store.t("people_since", { time: clock(since).slice(0, 5) })),
      said(screen === "visible", `screen.${screen}`),
      screen !== "gone" && said(heard, heard ? "heard.yes" : "heard.no"),
      covers && h("span", {}, covers),
    ),
    h("div", { class: "holds" }, labels ? store.t("people_holds", { labels }) : store.t("people_holds_none")),
  );
}

/** @param {{person: import("../../shell/wire.js").Person}} props */
const Name = ({ person }) => h("li", {}, h("b", {}, person.name));

/** The shift's test: what is to be done, or when it passed. @param {{store: Store}} props */
function Test({ store }) {
  const { text, grave } = shiftTest(store);
  const { test } = store.together.shift;
  if (text) return h("p", {}, h("b", { class: `test ${grave}` }, text), phrase` · ${store.t("test_how")}`);
  const passed = (/** @type {NonNullable<typeof test>} */ { at, took_ms: took, feed }) =>
    store.t("test_long", { time: clock(at).slice(0, 5), s: Math.ceil(took / 1000), feed });
  return h("p", {}, test && passed(test));
}

/** @param {Props} props */
function Buttons({ page, store }) {
  const { base, actions } = page;
  const { ready } = store.together;
  const none = store.receivers().length ? "" : "alone";
  const why = !store.live ? "lost_trying" : ready ? none : "refused.nothing_owned";
  const give = () => (why ? page.desk.say(store.t(why), true) : actions.ask("hand_over_desk", { n: ready }));
  const link = (/** @type {string} */ words, href = words) =>
    h("a", { class: "do", href: base + href, target: "_blank", rel: "noopener" }, store.t(words));
  const beside = (store.access?.ways ?? []).filter((way) => BESIDE.has(way));
  return h(
    "div",
    { class: "buttons" },
    press(store.t("do.hand_over_desk"), give, { "aria-disabled": !!why, title: why && store.t(why) }),
    base && [
      press(store.t("do.note_sheet"), () => actions.ask("note_sheet")),
      link("sheet"),
      link("own", "figures"),
      beside.map((way) => link(`to_${way}`, way)),
    ],
  );
}

/** A button that does nothing more at the second click of a double one. @param {string} text @param {() => void} does
 *  @param {object} [facts] */
function press(text, does, facts) {
  const onClick = (/** @type {MouseEvent} */ { detail }) => detail < 2 && does();
  return h("button", { class: "do", type: "button", onClick, ...facts }, text);
}
