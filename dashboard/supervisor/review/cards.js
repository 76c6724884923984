// The numbers: first the promise, then what the profile asks for, each with its count, its interval and what it means.
import { element } from "../../shell/format.js";
import { apart, between, limit, meaning, number, sentence } from "./figure.js";

/** @typedef {import("./figure.js").Figure} Figure */

export class Pledge {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.store = review.store;
    this.root = element("section", "card promise");
    this.root.setAttribute("aria-label", this.store.t("promise"));
  }

  show({ promise }) {
    const { store } = this;
    const { within, counted, share, quantiles, real } = promise;
    const big = element("p", "big");
    big.append(
      number(store, within, "main"),
      element("span", "of", ` ${store.t("promise_of")} `),
      number(store, counted, "main"),
    );
    const parts = [element("h3", "", store.t("promise"))];
    if (counted.value) {
      parts.push(big, element("p", "within", store.t("promise_within", { limit: limit(within.limit_s) })));
      const rest = element("p", "rest");
      if (share) rest.append(number(store, share), " ", element("span", "between", between(share)));
      else rest.append(sentence(store, "few_share", { n: number(store, counted) }));
      parts.push(rest, this._lasts(quantiles));
    } else parts.push(element("p", "few", store.t("promise_none")));
    const standing = element("p");
    standing.append(apart(store, sentence(store, "real_presses", { n: number(store, real) }), promise));
    parts.push(standing, definition(store, within));
    this.root.replaceChildren(...parts);
  }

  _lasts(figures) {
    const line = element("p", "lasts");
    for (const figure of figures.filter(told)) {
      if (line.childNodes.length) line.append(" · ");
      line.append(`${this.store.t(`stat.${figure.stat}`)} `, number(this.store, figure));
    }
    return line;
  }
}

export class Cards {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    this.store = review.store;
    this.root = element("div", "cards");
  }

  show(facts) {
    const { store } = this;
    const held = this.root.contains(document.activeElement);
    const { targets, target, quantiles, beside, quality, load } = facts;
    const cards = targets.map((one) => this._share(one));
    cards.push(this._lasts(target.interval, quantiles));
    cards.push(this._beside(beside));
    if (load) cards.push(this._load(load));
    const look = this._quality(quality);
    cards.push(look);
    this.root.replaceChildren(...cards);
    if (held) look.querySelector("button")?.focus();
  }

  _card(title, figure) {
    const card = element("section", "card number");
    card.append(element("h3", "", title));
    if (figure) card.title = meaning(this.store, figure);
    return card;
  }

  /** The share within a target; below 20 counted how many of how many, and why no share. */
  _share(target) {
    const { store } = this;
    const card = this._card(
      store.t(target.under ? "card_under" : "card_within", {
        what: store.t(`short.${target.interval}`),
        limit: limit(target.limit_s),
      }),
      target.figure ?? target.within,
    );
    const line = element("p", "value");
    if (target.figure)
      line.append(number(store, target.figure, "main"), " ", element("span", "between", between(target.figure)));
    else
      line.append(
        number(store, target.within, "main"),
        ` ${store.t("promise_of")} `,
        number(store, target.counted, "main"),
      );
    const basis = element("p", "basis");
    if (target.figure) basis.append(sentence(store, "basis", { n: number(store, target.counted) }));
    else basis.append(store.t(target.counted.value ? "few_short" : "none_counted"));
    if (target.promised) basis.append(` · ${store.t("promised", { share: `${target.promised * 100} %` })}`);
    card.append(line, basis, definition(store, target.figure ?? target.within));
    return card;
  }

  _lasts(interval, figures) {
    const { store } = this;
    const [median, ...rest] = figures;
    const card = this._card(store.t("card_lasts", { what: store.t(`short.${interval}`) }), median);
    if (!median) {
      card.append(element("p", "value none", "–"), element("p", "basis", store.t("none_counted")));
      return card;
    }
    const line = element("p", "value");
    line.append(number(store, median, "main"), " ");
    if (between(median)) line.append(element("span", "between", between(median)));
    else
      line.append(
        sentence(store, "counted_n", {
          n: number(store, { stat: "count", scope: `counted ${interval}`, n: median.n, value: median.n }),
        }),
      );
    const others = element("p", "basis");
    rest.filter(told).forEach((one, n) => {
      const part = element("span", "part");
      part.append(`${store.t(`stat.${one.stat}`)} `, number(store, one));
      part.title = [meaning(store, one), between(one)].filter(Boolean).join(" ");
      others.append(...(n ? [" · "] : []), part);
    });
    card.append(line, others, definition(store, median));
    return card;
  }

  _beside(beside) {
    const { store } = this;
    const [median] = beside.quantiles;
    const card = this._card(store.t(`short.${beside.interval}`), median ?? beside.within);
    const line = element("p", "value");
    if (median) line.append(number(store, median, "main"), " ", element("span", "between", store.t("stat.median")));
    else line.append(element("span", "none", "–"));
    const basis = element("p", "basis");
    const { figure, within, counted } = beside;
    const words = store.t(beside.under ? "in_under" : "in_within", { limit: limit(beside.limit_s) });
    if (figure) basis.append(number(store, figure), ` ${words} · `, number(store, counted), ` ${store.t("counted")}`);
    else basis.append(number(store, within), ` ${store.t("promise_of")} `, number(store, counted), ` ${words}`);
    card.append(line, basis, definition(store, median ?? within));
    return card;
  }

  _quality({ rows, kinds }) {
    const { store, review } = this;
    const card = this._card(store.t("quality"), rows);
    const line = element("p", `value${rows.value ? " look" : ""}`);
    line.append(number(store, rows, "main"));
    if (rows.value) {
      const go = element("button", "link", store.t(review.view.only === "look" ? "only_all" : "quality_rows"));
      go.type = "button";
      go.addEventListener("click", () => review.toggleOnly("look"));
      line.append(go);
    } else line.append(element("span", "between", store.t("quality_rows")));
    const basis = element("p", "basis");
    Object.entries(kinds).forEach(([kind, figure], n) =>
      basis.append(...(n ? [" · "] : []), number(store, figure), ` ${store.t(`problem.${kind}`)}`),
    );
    if (!rows.value) basis.append(store.t("quality_none"));
    card.append(line, basis);
    card.append(definition(store, rows));
    return card;
  }

  /** ISA-18.2: how many alarms a desk is given in ten minutes. */
  _load(load) {
    const { store } = this;
    const card = this._card(store.t("load"), load.peak);
    const line = element("p", "value");
    line.append(
      number(store, load.peak, "main"),
      " ",
      element("span", "between", store.t("load_peak", { desk: load.desk || store.t("not_known"), shift: load.shift })),
    );
    const basis = element("p", "basis");
    basis.append(
      sentence(store, "load_rest", { day: number(store, load.a_day), flood: number(store, load.flood) }),
      ` · ${store.t(`load.${load.standing}`)}`,
    );
    card.append(line, basis, definition(store, load.peak));
    return card;
  }
}

/** What a number means, on paper under it; on the screen it is under the hand and at the foot. */
function definition(store, figure) {
  return element("p", "definition", meaning(store, figure));
}

/** Whether there are enough for such a percentile to be anything but the longest. @param {Figure} figure */
function told(figure) {
  return figure.n >= ({ p90: 10, p95: 20, p99: 100 }[figure.stat] ?? 0);
}
