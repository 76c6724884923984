// One incident in the middle of the supervisor page: its parts follow the moment that one drags to.
import { button } from "../../shell/build.js";
import { attributes, element, joined, monthAndYear, write } from "../../shell/format.js";
import { lasted } from "../../shell/rounding.js";
import { Asking } from "../reason/asking.js";
import { shape, shapeOf } from "../../shell/shapes.js";
import { classOf } from "../case/class.js";
import { Explain } from "./explain.js";
import { Known } from "./known.js";
import { Records } from "./records.js";
import { dayAndClock, Scrub } from "./scrub.js";
import { Track } from "./track.js";

const ANEW_S = 5; // an open incident goes on while one looks

/** @param {import("../../shell/room.js").Place} place @returns {import("../../shell/room.js").Room} */
export function mount(place) {
  const room = new Room(place);
  place.store.keys.listen({ why: () => room.why.answer() });
  return { start: () => room.ask(), clear: () => room.clear(), open: (id) => room.open(id), close: () => room.clear() };
}

/** @typedef {import("../../shell/wire.js").Story} Story */

class Room {
  /** @param {import("../../shell/room.js").Place} place */
  constructor({ middle, note, store, desk, base, channel, close }) {
    this.store = store;
    this.base = base;
    this.channel = channel;
    this.id = "";
    /** @type {Story | null} */
    this.story = null;
    /** @type {import("../../shell/wire.js").Ground | null} */
    this.ground = null;
    this.at = this.wanted = this.frame = this.seconds = 0;
    this.region = middle;
    this.root = element("div", "timeline");
    this.waiting = element("p", "waiting", { role: "status" });
    this.track = new Track(store);
    this.known = new Known(store);
    this.records = new Records(store, (at) => this.move(at));
    this.scrub = new Scrub(store, {
      move: (at) => this.soon(at),
      tell: (at) => this.known.sentence(at),
      note: (text) => write(note, text),
    });
    this.explain = new Explain(store, desk, () => this.ask());
    this.body = element("div", "body");
    this.sight = element("div", "sight", this.track.root, this.known.root);
    this.body.append(this.sight, this.scrub.root, this.explain.root, this.records.offsets, this.records.root);
    this.back = button("pill back", store.t("timeline.back"), close, element("kbd", "", "Esc"));
    this.glyph = element("span", "glyph");
    this.title = element("h2");
    this.about = element("p", "about");
    this.forms = ["pdf", "json"].map((form) =>
      element(
        "a",
        "pill",
        { "data-form": form, target: "_blank", rel: "noopener" },
        store.t(`timeline.evidence_${form}`),
      ),
    );
    this.room = middle.dataset.room ?? ""; // where a training room makes recordings
    const facts = { target: "_blank", rel: "noopener", hidden: true };
    this.record = element("a", "pill", facts, store.t("timeline.record"));
    this.files = element("span", "files", this.record, ...this.forms);
    this.why = new Asking(store, ({ what, on }) => what === "timeline" && on === this.id);
    const said = element("div", "said", this.title, this.about);
    const head = element("header", "", this.back, this.glyph, said, this.explain.opener, this.files);
    this.root.append(this.why.root, head, this.waiting, this.body);
    middle.append(this.root);
    channel.on((answer) => this._take(answer));
    store.on("second", () => this._second());
    store.on("language", () => this._show());
    this.clear();
  }

  /** @param {string} id */
  open(id) {
    if (id !== this.id) {
      this.clear();
      this.id = id;
      this.explain.begin(id);
      write(this.waiting, this.store.t("timeline.reading"));
    }
    this.back.focus();
    this.ask();
  }

  /** Forget what was shown: nobody is signed in here, or the review is back. */
  clear() {
    this.id = "";
    this.why.update();
    this.story = null;
    this.explain.begin("");
    for (const part of [this.title, this.about, this.waiting, this.records.offsets]) write(part, "");
    for (const part of [this.glyph, this.records.body, this.scrub.bars, this.scrub.marks, this.scrub.figures])
      part.replaceChildren();
    this.scrub.slider.removeAttribute("aria-valuetext");
    for (const fact of Object.values(this.known.facts)) write(fact, "");
    this.track.show(null, null);
    this.body.hidden = this.files.hidden = this.explain.opener.hidden = true;
  }

  ask() {
    if (this.id) this.channel.ask({ incident: this.id, have: this.story?.records ?? 0 });
  }

  _second() {
    if (!this.story?.open || !this.store.live || this.store.locked) return;
    this.seconds += 1;
    if (this.seconds % ANEW_S === 0) this.ask();
  }

  /** @param {{id: string, story: Story, ground: import("../../shell/wire.js").Ground, failed?: string}} answer */
  _take({ id, story, ground, failed }) {
    if (id !== this.id) return;
    if (failed) {
      if (!this.story) write(this.waiting, this.store.t(`timeline.failed.${failed}`));
      return;
    }
    const first = !this.story;
    const atEnd = !this.story || this.at >= this.story.end;
    const focused = document.activeElement === this.back;
    [this.story, this.ground] = [story, ground];
    write(this.waiting, "");
    this.body.hidden = this.files.hidden = false;
    if (atEnd) this.at = story.end;
    this._show();
    if (first && focused) this.scrub.slider.focus({ preventScroll: true });
  }

  /** All that is shown, at the moment that one looks at. */
  _show() {
    const { story, ground } = this;
    if (!story) return;
    this._about(story);
    this.known.show(story);
    this.scrub.show(story);
    this.records.show(story);
    this.explain.show(story);
    this.track.show(story, ground);
    // Of an erased one there are intervals alone.
    for (const part of [this.sight, this.records.root, this.records.offsets]) part.hidden = story.erased;
    this.scrub.root.classList.toggle("lengths", story.erased);
    this.move(this.at);
  }

  /** @param {Story} story */
  _about(story) {
    const { store } = this;
    const last = story.known[story.known.length - 1];
    attributes(this.region, { role: "region", "aria-label": store.t("timeline.region", { label: story.label }) });
    this.glyph.replaceChildren(shape(shapeOf(last.state, "press"), 24));
    write(this.title, story.label);
    const about = [
      story.erased ? monthAndYear(story.pressed, store.language) : dayAndClock(story.pressed, store.language),
      !!story.held_up_s && store.t("timeline.held_up_for", { time: lasted(story.held_up_s) }),
      story.province || store.zone(last.zone, last.abroad),
      !!last.order_zone && !last.order_over && store.t("routed_to", { zone: store.zone(last.order_zone) }),
      story.drill && store.t("timeline.drill"),
      classOf(store, last),
      story.open ? store.t("timeline.still_open") : store.t(`outcome.${story.outcome}`),
      story.erased && store.t("timeline.erased"),
    ];
    write(this.about, joined(about));
    this.record.hidden = !this.room || !store.may("page trainer") || story.open || story.erased;
    this.record.href = `${this.room}#incident=${encodeURIComponent(this.id)}`;
    for (const link of this.forms) {
      const { form = "" } = link.dataset;
      link.href = `${this.base}evidence/${encodeURIComponent(this.id)}.${form}`;
      attributes(link, {
        "aria-label": store.t("timeline.evidence_label", { label: story.label, form: form.toUpperCase() }),
      });
    }
  }

  /** Many moves of a hand are one picture. @param {number} at */
  soon(at) {
    this.wanted = at;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.move(this.wanted);
    });
  }

  /** Every part shows this moment. @param {number} at */
  move(at) {
    if (!this.story) return;
    this.at = this.scrub.scale.clamp(at);
    this.scrub.place(this.at);
    this.known.move(this.at);
    // At the end stands all there is, also what was written long afterwards.
    this.records.move(this.at >= this.story.end ? Infinity : this.at);
    this.track.move(this.at);
  }
}
