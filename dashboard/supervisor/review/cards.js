// The numbers: first the promise, then what the profile asks for, each with its count, its interval and what it means.
import { button } from "../../shell/build.js";
import { attributes, element, phrase, together } from "../../shell/format.js";
import { bare, limit, percent } from "../../shell/rounding.js";
import { apart, between, count, dotted, meaning, number, outOf, ranged, sentence } from "./figure.js";

/** @typedef {import("./figure.js").Figure} Figure
 *  @typedef {import("../../shell/build.js").Part} Part
 *  @typedef {import("./facts.js").Facts} Facts */

export class Pledge {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.store = review.store;
    this.root = element("section", { class: "card promise", "aria-label": this.store.t("promise") });
  }

  /** @param {Facts} facts */
  show({ promise }) {
    const { store } = this;
    const { within, counted, share, quantiles, real } = promise;
    const [some, of, all] = outOf(store, within, counted, "main");
    const few = () => [sentence(store, "few_share", { n: number(store, counted) })];
    const lasts = quantiles.map((figure) => [phrase`${store.t(`stat.${figure.stat}`)} `, number(store, figure)]);
    const numbers = counted.value
      ? [
          element("p", "big", some, element("span", "of", of), all),
          element("p", "within", store.t("promise_within", { limit: limit(within.limit_s ?? 0) })),
          element("p", "rest", ...(share ? ranged(store, share) : few())),
          element("p", "lasts", ...dotted(lasts)),
        ]
      : [element("p", "few", store.t("promise_none"))];
    this.root.replaceChildren(
      element("h3", "", store.t("promise")),
      ...numbers,
      element("p", "", apart(store, sentence(store, "real_presses", { n: number(store, real) }), promise)),
      definition(store, within),
    );
  }
}

export class Cards {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    this.store = review.store;
    this.root = element("div", "cards");
  }

  /** @param {Facts} facts */
  show({ targets, target, quantiles, beside, quality, load }) {
    const held = this.root.contains(document.activeElement);
    const cards = [
      ...targets.map((one) => this._share(one)),
      this._lasts(target.interval, quantiles),
      this._beside(beside),
    ];
    if (load) cards.push(this._load(load));
    const look = this._quality(quality);
    this.root.replaceChildren(...cards, look);
    if (held) look.querySelector("button")?.focus();
  }

  /** @param {string} title @param {Figure | undefined} figure what it is about; none: nothing was counted
   * @param {Part[]} value @param {Part[]} basis */
  _card(title, figure, value, basis, look = "value") {
    const card = element(
      "section",
      "card number",
      element("h3", "", title),
      element("p", look, ...value),
      element("p", "basis", ...basis),
      figure && definition(this.store, figure),
    );
    if (figure) attributes(card, { title: meaning(this.store, figure) });
    return card;
  }

  /** The share within a target; below 20 counted how many of how many, and why no share.
   * @param {Facts["targets"][0]} target */
  _share({ under, interval, limit_s, within, counted, figure, promised }) {
    const { store } = this;
    const title = store.t(under ? "card_under" : "card_within", {
      what: store.t(`short.${interval}`),
      limit: limit(limit_s),
    });
    const value = figure ? ranged(store, figure, "main") : outOf(store, within, counted, "main");
    const basis = figure
      ? sentence(store, "basis", { n: number(store, counted) })
      : store.t(counted.value ? "few_short" : "none_counted");
    const aim = promised && phrase` · ${store.t("promised", { share: bare(percent(promised)) })}`;
    return this._card(title, figure ?? within, value, [basis, aim || ""]);
  }

  /** @param {string} interval @param {Figure[]} figures */
  _lasts(interval, [median, ...rest]) {
    const { store } = this;
    const title = store.t("card_lasts", { what: store.t(`short.${interval}`) });
    if (!median) return this._card(title, undefined, ["–"], [store.t("none_counted")], "value none");
    const counted = count(median.n, `counted ${interval}`, interval);
    const value = between(median)
      ? ranged(store, median, "main")
      : [number(store, median, "main"), " ", sentence(store, "counted_n", { n: number(store, counted) })];
    const others = rest.map((one) => {
      const part = element("span", "part", phrase`${store.t(`stat.${one.stat}`)} `, number(store, one));
      attributes(part, { title: together(" ", [meaning(store, one), between(one)]) });
      return [part];
    });
    return this._card(title, median, value, dotted(others));
  }

  /** @param {Facts["beside"]} beside */
  _beside({ interval, limit_s, under, quantiles, figure, within, counted }) {
    const { store } = this;
    const [median] = quantiles;
    const words = store.t(under ? "in_under" : "in_within", { limit: limit(limit_s) });
    return this._card(
      store.t(`short.${interval}`),
      median ?? within,
      median
        ? [number(store, median, "main"), " ", element("span", "between", store.t("stat.median"))]
        : [element("span", "none", "–")],
      figure
        ? [number(store, figure), phrase` ${words} · `, number(store, counted), phrase` ${store.t("counted")}`]
        : [...outOf(store, within, counted), phrase` ${words}`],
    );
  }

  /** @param {Facts["quality"]} quality */
  _quality({ rows, kinds }) {
    const { store, review } = this;
    const words = store.t(review.view.only === "look" ? "only_all" : "quality_rows");
    const look = rows.value
      ? button("link", words, () => review.toggleOnly("look"))
      : element("span", "between", store.t("quality_rows"));
    const found = Object.entries(kinds).map(([kind, figure]) => [
      number(store, figure),
      phrase` ${store.t(`problem.${kind}`)}`,
    ]);
    const basis = [...dotted(found), rows.value ? "" : store.t("quality_none")];
    return this._card(
      store.t("quality"),
      rows,
      [number(store, rows, "main"), look],
      basis,
      rows.value ? "value look" : "value",
    );
  }

  /** ISA-18.2: how many alarms a desk is given in ten minutes. @param {NonNullable<Facts["load"]>} load */
  _load({ peak, desk, shift, a_day, flood, standing }) {
    const { store } = this;
    const words = store.t("load_peak", { desk: desk || store.t("not_known"), shift });
    const rest = sentence(store, "load_rest", { day: number(store, a_day), flood: number(store, flood) });
    return this._card(
      store.t("load"),
      peak,
      [number(store, peak, "main"), " ", element("span", "between", words)],
      [rest, phrase` · ${store.t(`load.${standing}`)}`],
    );
  }
}

/** What a number means, on paper under it; on the screen it is under the hand and at the foot.
 * @param {import("../../shell/store.js").Store} store @param {Figure} figure */
function definition(store, figure) {
  return element("p", "definition", meaning(store, figure));
}
