// The line of moments that one drags along, and under it each response time as a bar on the same line, with its
// targets.
import { drags, keys, room } from "../../shell/build.js";
import { attributes, clock, element, joined, colon, moment, ticking, write } from "../../shell/format.js";
import { lasted, limit as limited } from "../../shell/rounding.js";
import { Scale } from "./scale.js";

const MINUTE_MS = 60_000;
const HELD = "pressed->received";

export class Scrub {
  /** @param {import("../../shell/store.js").Store} store
   * @param {{move: (at: number) => void, tell: (at: number) => string, note: (text: string) => void}} does */
  constructor(store, does) {
    this.store = store;
    this.does = does;
    this.at = this.pressed = 0;
    /** @type {number[]} */
    this.moments = [];
    this.scale = new Scale(0, 1);
    this.root = element("div", "scrub");
    this.slider = element("div", "slider", {
      tabindex: 0,
      role: "slider",
      "aria-label": store.t("timeline.scrub"),
      "aria-orientation": "horizontal",
    });
    this.marks = element("div", "marks");
    this.handle = element("div", "handle");
    this.slider.append(this.marks, this.handle);
    this.figures = element("div", "figures");
    this.bars = element("ul", "bars");
    this.missing = element("p", "missing");
    this.now = element("div", "nowline");
    const lane = element("div", "lane-over", this.now);
    const head = element("div", "span head");
    const hint = element("span", "name", store.t("timeline.scrub_hint"));
    head.append(hint, this.slider, element("span", "value"));
    const under = element("div", "span under", element("span", "name"), this.figures, element("span", "value"));
    this.root.append(head, under, this.bars, this.missing, lane);
    for (const part of [this.slider, this.bars]) drags(this.slider, (share) => this._go(this.scale.at(share)), part);
    new ResizeObserver(() => this._figures()).observe(this.figures);
    this.slider.addEventListener("keydown", (event) => this._key(event));
  }

  /** @param {import("../../shell/wire.js").Story} story */
  show(story) {
    this.pressed = story.pressed;
    // Between the times of a paper much happened before our first record: there the line is one.
    this.scale = new Scale(story.start, story.end, story.held_up_s ? story.received : undefined);
    const moments = [story.start, ...story.happenings.map((one) => one.at)];
    this.moments = [...new Set(moments.map((at) => this.scale.clamp(at)))].sort((a, b) => a - b);
    const end = Math.round((this.scale.end - this.scale.start) / 1000);
    attributes(this.slider, { "aria-valuemin": 0, "aria-valuemax": end });
    this.marks.replaceChildren(...this.moments.map((at) => at_(element("i"), this.scale.share(at))));
    if (this.scale.held) this.marks.prepend(stretch(element("i", "held"), 0, this.scale.held));
    this._figures();
    this.bars.replaceChildren(...story.bars.map((bar) => this._bar(bar, story)));
    const spans = joined(story.missing.map((name) => spanName(this.store, name)));
    write(this.missing, spans && this.store.t("timeline.missing", { spans }));
    this.missing.hidden = !spans;
  }

  _figures() {
    const { scale, pressed } = this;
    const ticks = scale.ticks(room(this.figures), pressed);
    this.figures.replaceChildren(
      ...ticks.map((s) => at_(element("span", "", ticking(s * 1000)), scale.share(pressed + s * 1000))),
    );
  }

  /** Show this moment; what follows it is told by `does.move`. @param {number} at */
  place(at) {
    this.at = this.scale.clamp(at);
    const share = `${this.scale.share(this.at) * 100}%`;
    this.handle.style.left = share;
    this.now.style.left = share;
    const now = Math.round((this.at - this.scale.start) / 1000);
    attributes(this.slider, { "aria-valuenow": now, "aria-valuetext": this.does.tell(this.at) });
  }

  /** @param {import("../../shell/wire.js").Bar} bar @param {import("../../shell/wire.js").Story} story */
  _bar(bar, { held_up_s: held }) {
    const { name: span, start, end, seconds, original_s: original, entered_s, limits = [] } = bar;
    const { store, scale } = this;
    const { two_clocks: two } = bar;
    const name = spanName(store, span);
    const from = scale.share(start);
    const missed = limits.filter((limit) => limit.missed);
    const lane = element("span", "lane");
    if (original != null) lane.append(stretch(element("i", "original"), from, scale.share(start + original * 1000)));
    lane.append(stretch(element("i", missed.length ? "bar missed" : "bar"), from, scale.share(end)));
    for (const { limit_s: limit } of limits)
      if (start + limit * 1000 <= scale.end)
        lane.append(at_(element("i", "target"), scale.share(start + limit * 1000)));
    const value = element("span", "value", element("b", "", lasted(seconds)));
    if (original != null) value.append(element("span", "was", store.t("timeline.before", { time: lasted(original) })));
    /** @param {{profile: string, limit_s: number}} limit */
    const facts = ({ profile, limit_s: limit }) => ({ profile, time: limited(limit) });
    const [strict = limits[0]] = missed.sort((a, b) => b.limit_s - a.limit_s);
    if (strict?.missed) value.append(element("span", "over", store.t("timeline.over", facts(strict))));
    else if (strict) value.append(element("span", "goal", store.t("timeline.target", facts(strict))));
    if (held && span === HELD) value.append(element("span", "late", store.t("timeline.held")));
    if (two) value.append(element("span", "clocks", store.t("timeline.two_clocks")));
    const said = joined([
      store.t(`definition.${span}`),
      ...limits.map((one) => store.t("timeline.target", facts(one))),
      two && store.t("timeline.by_ours", { time: lasted(entered_s) }),
    ]);
    const spoken = element("span", "visually-hidden", said);
    const row = element(
      "li",
      "span",
      { "data-span": span },
      element("span", { class: "name", title: name }, name),
      lane,
      value,
      spoken,
    );
    row.addEventListener("pointerenter", () => this.does.note(colon(store.words, name, said)));
    return row;
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const { at, scale, moments } = this;
    const later = () => moments.find((moment) => moment > at) ?? scale.end;
    const earlier = () => moments.findLast((moment) => moment < at) ?? scale.start;
    /** @type {Record<string, () => number>} */
    const to = {
      ArrowRight: later,
      ArrowUp: later,
      ArrowLeft: earlier,
      ArrowDown: earlier,
      PageUp: () => at + MINUTE_MS,
      PageDown: () => at - MINUTE_MS,
      Home: () => scale.start,
      End: () => scale.end,
    };
    keys(Object.fromEntries(Object.entries(to).map(([key, next]) => [key, () => this._go(next())])), event);
  }

  /** @param {number} at */
  _go(at) {
    this.at = this.scale.clamp(at); // the next key counts from here, whether or not it was painted
    this.does.move(this.at);
  }
}

/** A response time's name in words. @param {import("../../shell/store.js").Store} store @param {string} name */
export function spanName(store, name) {
  const [from, to] = name.split("->");
  return store.t("timeline.span", { from: store.t(`time.${from}`), to: store.t(`time.${to}`) });
}

/** What a moment is called, with the day. @param {number} ms @param {string} language */
export function dayAndClock(ms, language) {
  const day = moment(ms, language, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  return `${day} ${clock(ms)}`;
}

/** @template {HTMLElement} E @param {E} part @param {number} share */
function at_(part, share) {
  part.style.left = `${share * 100}%`;
  return part;
}

/** @template {HTMLElement} E @param {E} part @param {number} from @param {number} to */
function stretch(part, from, to) {
  part.style.width = `${Math.abs(to - from) * 100}%`;
  return at_(part, Math.min(from, to));
}
