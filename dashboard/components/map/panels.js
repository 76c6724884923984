// What stands on the map's corners: where the selected alarm is, the buttons and layers, the scale bar, the legend.

/** @type {[Parameters<typeof shapeIcon>[0], string][]} */
const LEGEND = [
  ["triangle", "press"],
  ["circle", "acknowledged"],
  ["diamond", "routed"],
  ["square", "scene"],
  ["unit", "routed"],
  ["protected", "place"],
];
const SCALE_PX = 140;

class Panels {
  /** @param {Foreign} model @param {MapState} state @param {(what: string, facts?: object) => void} wish
   *  @param {(key: string, facts?: Record<string, string | number>) => string} word */
  constructor(model, state, wish, word) {
    this.model = model;
    this.state = state;
    this.wish = wish;
    /** @type {{whole: boolean, seen: boolean, count: number, lost: number, nowhere: boolean}} what the view shows of
     * the alarms */
    this.shows = { whole: true, seen: false, count: 0, lost: 0, nowhere: false };
    this.text = "";
    this.word = word;
    /** @type {(() => void)[]} what says each word that stands here for good */
    this.sayings = [];
    /** @type {[drawn: boolean, bare: boolean]} whose streets were drawn last */
    this.sources = [false, false];
    /** @type {(() => void)[]} what writes the key on each button */
    this.keys = [];
    this.place = element("div", "panel place");
    this.place.setAttribute("role", "status");
    this.leave = element("button", "panel destination");
    this.leave.type = "button";
    this.leave.append(element("span", "name"), element("kbd", "", "Esc"));
    this.leave.addEventListener("click", () => wish("leave"));
    this.head = element("div", "head");
    this.head.append(this.place, this.leave);
    this.buttons = element("div", "panel buttons");
    this.all = this.button("all", "belgium", () => wish("belgium"));
    this.follow = this.button("follow", "follow", () => wish("follow"));
    this.layers = this.button("layers", "layers", () => wish("layers"));
    this.choices = element("div", "panel choices");
    this.choices.setAttribute("role", "group");
    this.says(() => (this.choices.ariaLabel = word("layers")));
    this.window = model.apart
      ? this.button("window", "map_window", () => document.dispatchEvent(new Event("vigie:map-window")))
      : null;
    if (this.window) this.choices.append(this.window);
    this.bar = element("div", "panel scale");
    this.rule = element("div", "rule");
    this.measure = element("span", "measure");
    this.bar.append(this.rule, this.measure);
    this.legend = this.makeLegend();
    this.credit = element("div", "panel credit");
    this.credit.hidden = true;
    this.corner = element("div", "corner");
    this.corner.append(this.legend, this.credit);
    const written = () => this.keys.forEach((write) => write());
    document.addEventListener("vigie:keys", written);
    written();
    this.nowhere = element("div", "nowhere");
    this.nowhere.ariaHidden = "true"; // its row and its panel say it
    this.says(() => (this.nowhere.textContent = word("nowhere")));
    this.elements = [this.nowhere, this.head, this.buttons, this.choices, this.bar, this.corner];
  }

  /** @param {string} name @param {string} key by its name on the page @param {() => void} onClick */
  button(name, key, onClick) {
    const made = element("button", "map-button");
    made.type = "button";
    const text = element("span", "");
    const cap = element("kbd", "");
    made.append(text, cap);
    this.says(() => (text.textContent = made.ariaLabel = this.word(name)));
    this.keys.push(() => {
      const label = window.vigieKeys?.[key] ?? "";
      cap.textContent = label;
      cap.hidden = !label;
      if (label) made.setAttribute("aria-keyshortcuts", label.replace("⇧", "Shift+"));
      else made.removeAttribute("aria-keyshortcuts");
    });
    made.addEventListener("click", onClick);
    this.buttons.append(made);
    return made;
  }

  makeLegend() {
    const legend = element("ul", "panel legend");
    this.says(() => (legend.ariaLabel = this.word("legend")));
    for (const [shape, colour] of LEGEND) {
      const item = element("li", "");
      const text = element("span", "");
      item.append(shapeIcon(shape, `var(--map-${colour})`), text);
      this.says(() => (text.textContent = this.word(shape)));
      legend.append(item);
    }
    return legend;
  }

  /** A word is said now, and in the next language. @param {() => void} saying */
  says(saying) {
    this.sayings.push(saying);
    saying();
  }

  /** Say everything in another language. */
  speak() {
    for (const saying of this.sayings) saying();
    this.update();
    this.source(...this.sources);
  }

  update() {
    const { destination } = this.model;
    const { placing, follow, layers, open } = this.state;
    const place = this.where();
    const lines = [];
    if (placing) lines.push(element("div", "placing", this.word("placing")));
    if (place.length) {
      const line = element("div", "where");
      line.append(
        element("b", "", place[0]),
        ...place.slice(1).map((/** @type {string} */ part) => element("span", "", part)),
      );
      lines.push(line);
    }
    // How many nobody has the page says: it alone knows which are its own.
    const { lost, nowhere } = this.shows;
    const notices = [window.vigieUnowned, lost && this.word("without_position", { n: lost })]
      .filter(Boolean)
      .join(" · ");
    if (notices) lines.push(element("div", "notice", notices));
    const text = lines.map((line) => line.textContent).join("\n");
    if (text !== this.text) this.place.replaceChildren(...lines);
    this.text = text;
    this.place.hidden = !lines.length;
    this.nowhere.hidden = !nowhere || placing;
    this.leave.hidden = !destination;
    if (this.leave.firstElementChild) this.leave.firstElementChild.textContent = destination;
    this.leave.setAttribute(
      "aria-label",
      this.word("leave").replace("{name}", () => destination),
    );
    this.place.closest(".map")?.classList.toggle("is-placing", placing);
    this.follow.setAttribute("aria-pressed", String(follow));
    this.layers.setAttribute("aria-expanded", String(open));
    this.choices.hidden = !open;
    this.drawChoices(layers);
    this.legend.hidden = layers.legend === false;
  }

  /** What the map shows: the whole country, else the selected alarm's place if it is in view, else what is in the
   * middle. */
  where() {
    const { whole, seen, count, lost } = this.shows;
    // A zone is named, what is in view is counted: one that is open beyond the edge is not none.
    if (whole) return [this.word("all"), this.word("open_n", { n: count + lost })];
    const { place, middle } = this.model;
    return [...(seen && place.length ? place : middle), this.word("in_view_n", { n: count })];
  }

  /** @param {Record<string, boolean>} layers */
  drawChoices(layers) {
    for (const [name, shown] of Object.entries(layers)) {
      /** @type {HTMLInputElement} */
      const input = this.choices.querySelector(`input[name=${name}]`) ?? this.choice(name);
      input.checked = shown;
    }
  }

  /** @param {string} name */
  choice(name) {
    const label = element("label", "");
    const input = element("input", "");
    input.type = "checkbox";
    input.name = name;
    input.addEventListener("change", () => this.wish("layer", { name, value: input.checked }));
    const text = element("span", "");
    label.append(input, text);
    this.says(() => (text.textContent = this.word(`layer_${name}`)));
    this.choices.insertBefore(label, this.window);
    return input;
  }

  /** Whose streets are drawn; or, near by, that there are none; and whose addresses stand beside the map.
   * @param {boolean} drawn @param {boolean} bare */
  source(drawn, bare) {
    this.sources = [drawn, bare];
    const { credit = "", problem = false, partial = false, addresses: holders = "" } = this.model.streets;
    const addresses = holders && this.word("addresses").replace("{credit}", () => holders);
    const near = problem ? this.word("bad_streets") : this.word("no_streets");
    const own = [partial && this.word("some_streets"), !holders.includes(credit) && credit];
    const text = [...(bare ? [near] : drawn ? own : []), addresses].filter(Boolean).join(" · ");
    if (this.credit.textContent !== text) this.credit.textContent = text;
    this.credit.hidden = !text;
  }

  /** True at the middle of the map: the projection's scale is 1/cos(latitude). @param {View} view */
  scale(view) {
    const perPx = ((view.x1 - view.x0) / view.width) * Math.cos(latitude((view.y0 + view.y1) / 2));
    const metres = roundLength(perPx * SCALE_PX);
    this.rule.style.width = `${(metres / perPx).toFixed(1)}px`;
    this.measure.textContent = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
  }

  /** How much of each corner's height they take, with the space between. */
  heights() {
    const high = (/** @type {HTMLElement} */ one) => (one.offsetHeight ? one.offsetHeight + 8 : 0);
    const buttons = high(this.buttons) + (this.choices.hidden ? 0 : high(this.choices));
    return { scale: high(this.bar), legend: high(this.corner), buttons };
  }

  /** @returns {Box[]} where the panels stand, in pixels of the map @param {HTMLElement} region */
  boxes(region) {
    return boxesOf([this.buttons, this.choices, this.bar, this.place, this.leave, this.legend, this.credit], region);
  }
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} className @param {string} [text] */
function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Where elements that are shown stand, in pixels of the map. @param {Element[]} elements @param {HTMLElement} region
 * @returns {Box[]} */
function boxesOf(elements, region) {
  const origin = region.getBoundingClientRect();
  return elements
    .filter((el) => !(el instanceof HTMLElement && el.hidden))
    .map((el) => el.getBoundingClientRect())
    .map(({ left, right, top, bottom }) => ({
      left: left - origin.left,
      right: right - origin.left,
      top: top - origin.top,
      bottom: bottom - origin.top,
    }));
}
