// The line of moments that one drags along, and under it each response time as a bar on the same line, with its targets.
import { clock, element, ticking, write } from "../../shell/format.js";
import { Scale } from "./scale.js";

const MINUTE_MS = 60_000;

export class Scrub {
  /** @param {import("../../shell/store.js").Store} store @param {{move: (at: number) => void, tell: (at: number) => string, note: (text: string) => void}} does */
  constructor(store, does) {
    this.store = store;
    this.does = does;
    this.at = 0;
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
    for (const part of [this.slider, this.bars]) this._drags(part);
    new ResizeObserver(() => this._figures()).observe(this.figures);
    this.slider.addEventListener("keydown", (event) => this._key(event));
  }

  /** @param {any} story */
  show(story) {
    this.scale = new Scale(story.start, story.end);
    this.moments = [...new Set(story.happenings.map((one) => this.scale.clamp(one.at)))].sort((a, b) => a - b);
    const end = Math.round((this.scale.end - this.scale.start) / 1000);
    this.slider.setAttribute("aria-valuemin", "0");
    this.slider.setAttribute("aria-valuemax", String(end));
    this.marks.replaceChildren(...this.moments.map((at) => at_(element("i"), this.scale.share(at))));
    this._figures();
    this.bars.replaceChildren(...story.bars.map((bar) => this._bar(bar)));
    write(
      this.missing,
      story.missing.length
        ? this.store.t("timeline.missing", {
            spans: story.missing.map((name) => spanName(this.store, name)).join(" · "),
          })
        : "",
    );
    this.missing.hidden = !story.missing.length;
  }

  _figures() {
    const { scale } = this;
    const ticks = scale.ticks(this.figures.clientWidth);
    this.figures.replaceChildren(
      ...ticks.map((s) => at_(element("span", "", ticking(s * 1000)), scale.share(scale.start + s * 1000))),
    );
  }

  /** Show this moment; what follows it is told by `does.move`. @param {number} at */
  place(at) {
    this.at = this.scale.clamp(at);
    const share = `${this.scale.share(this.at) * 100}%`;
    this.handle.style.left = share;
    this.now.style.left = share;
    this.slider.setAttribute("aria-valuenow", String(Math.round((this.at - this.scale.start) / 1000)));
    this.slider.setAttribute("aria-valuetext", this.does.tell(this.at));
  }

  _bar(bar) {
    const { store, scale } = this;
    const row = element("li", "span");
    const name = spanName(store, bar.name);
    const lane = element("span", "lane");
    const from = scale.share(bar.start);
    if (bar.original_s != null)
      lane.append(stretch(element("i", "original"), from, scale.share(bar.start + bar.original_s * 1000)));
    const missed = bar.limits?.filter((limit) => limit.missed) ?? [];
    lane.append(stretch(element("i", missed.length ? "bar missed" : "bar"), from, scale.share(bar.end)));
    for (const limit of bar.limits ?? []) {
      const share = scale.share(bar.start + limit.limit_s * 1000);
      if (bar.start + limit.limit_s * 1000 <= scale.end) lane.append(at_(element("i", "target"), share));
    }
    const value = element("span", "value", element("b", "", signed(store, bar.seconds)));
    if (bar.original_s != null)
      value.append(element("span", "was", store.t("timeline.before", { time: signed(store, bar.original_s) })));
    const strict = missed.sort((a, b) => b.limit_s - a.limit_s)[0] ?? bar.limits?.[0];
    if (strict) {
      const key = strict.missed ? "timeline.over" : "timeline.target";
      value.append(
        element(
          "span",
          strict.missed ? "over" : "goal",
          store.t(key, { profile: strict.profile, time: ticking(strict.limit_s * 1000) }),
        ),
      );
    }
    if (bar.two_clocks) value.append(element("span", "clocks", store.t("timeline.two_clocks")));
    row.append(element("span", "name", name), lane, value);
    row.dataset.span = bar.name;
    const said = [
      bar.definition,
      ...(bar.limits ?? []).map((one) =>
        store.t("timeline.target", { profile: one.profile, time: ticking(one.limit_s * 1000) }),
      ),
    ];
    if (bar.two_clocks) said.push(store.t("timeline.by_ours", { time: signed(store, bar.entered_s) }));
    const note = `${name}: ${said.join(" · ")}`;
    row.addEventListener("pointerenter", () => this.does.note(note));
    row.append(element("span", "visually-hidden", said.join(" · ")));
    return row;
  }

  /** Drag anywhere on the line or the bars. @param {HTMLElement} part */
  _drags(part) {
    const follow = (event) => {
      const box = this.slider.getBoundingClientRect();
      this._go(this.scale.at((event.clientX - box.left) / box.width));
    };
    part.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      part.setPointerCapture(event.pointerId);
      follow(event);
      this.slider.focus({ preventScroll: true });
      event.preventDefault();
    });
    part.addEventListener("pointermove", (event) => {
      if (part.hasPointerCapture(event.pointerId)) follow(event);
    });
  }

  _key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { at, scale, moments } = this;
    const next = {
      ArrowRight: () => moments.find((moment) => moment > at) ?? scale.end,
      ArrowLeft: () => moments.findLast((moment) => moment < at) ?? scale.start,
      ArrowUp: () => moments.find((moment) => moment > at) ?? scale.end,
      ArrowDown: () => moments.findLast((moment) => moment < at) ?? scale.start,
      PageUp: () => at + MINUTE_MS,
      PageDown: () => at - MINUTE_MS,
      Home: () => scale.start,
      End: () => scale.end,
    }[event.key];
    if (!next) return;
    event.preventDefault();
    this._go(next());
  }

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

/** A length of time with its sign; under a minute with tenths. @param {import("../../shell/store.js").Store} store @param {number} seconds */
export function signed(store, seconds) {
  const text =
    Math.abs(seconds) < 60
      ? store.t("timeline.signed", { n: Math.abs(seconds).toFixed(1) })
      : ticking(Math.abs(seconds) * 1000);
  return seconds < 0 ? `−${text}` : text;
}

/** What a moment is called, with the day. @param {number} ms @param {string} language */
export function dayAndClock(ms, language) {
  const day = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    timeZone: "Europe/Brussels",
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
  return `${day.format(ms)} ${clock(ms)}`;
}

function at_(part, share) {
  part.style.left = `${share * 100}%`;
  return part;
}

function stretch(part, from, to) {
  part.style.left = `${Math.min(from, to) * 100}%`;
  part.style.width = `${Math.abs(to - from) * 100}%`;
  return part;
}
