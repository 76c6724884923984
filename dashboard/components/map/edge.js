// Alarms that are off the map, or under one of its panels, as arrows with their distance from the map's centre.

const EDGE_PX = 8;

/** Keyed by incident, moved in place, so that a press of a mouse button finds the arrow it aimed at. */
class Edge {
  /** @param {HTMLElement} layer @param {(incident: string) => void} onFly
   *  @param {(key: string, facts?: Record<string, string | number>) => string} word */
  constructor(layer, onFly, word) {
    this.layer = layer;
    this.onFly = onFly;
    this.word = word;
    /** @type {Map<string, {el: HTMLButtonElement, arrow: SVGSVGElement, name: HTMLElement, distance: HTMLElement, look:
     * string}>} */
    this.arrows = new Map();
  }

  /** @param {View} view @param {Laid[]} alarms as they are drawn @param {Box[]} taken panels over the map
   *  @param {Box[]} marks where alarms stand: an arrow covers none */
  draw(view, alarms, taken, marks) {
    const [cx, cy] = [(view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2];
    const boxes = [...taken, ...marks];
    /** @type {Set<string>} */
    const seen = new Set();
    const perPx = perPxOf(view);
    for (const { id, mark, name: called, ...spot } of alarms) {
      const name = called || this.word(mark.shape); // of a locked page's alarms no more is known
      const [x, y] = [spot.x + spot.dx - view.x0 / perPx, spot.y + spot.dy + view.y1 / perPx];
      if (this.visible(view, x, y, taken)) continue;
      seen.add(id);
      const arrow = this.arrow(id, mark.shape);
      const distance = lengthText(groundMetres(cx, cy, mark.x ?? 0, mark.y ?? 0), this.word("decimal"));
      if (arrow.name.textContent !== name || arrow.distance.textContent !== distance) {
        arrow.name.textContent = name;
        arrow.distance.textContent = distance;
        this.say(arrow);
      }
      this.place(view, arrow, x, y, boxes, marks);
    }
    for (const [key, { el }] of this.arrows) {
      if (seen.has(key)) continue;
      el.remove();
      this.arrows.delete(key);
    }
  }

  /** Say each arrow anew, in another language; its figure follows when the map is drawn. */
  speak() {
    for (const arrow of this.arrows.values()) this.say(arrow);
  }

  /** @param {{el: HTMLElement, name: HTMLElement, distance: HTMLElement}} arrow */
  say({ el, name, distance }) {
    el.ariaLabel = this.word("off_map", { name: name.textContent ?? "", distance: distance.textContent ?? "" });
  }

  /** @param {View} view @param {number} x @param {number} y @param {Box[]} taken */
  visible(view, x, y, taken) {
    if (x < EDGE_PX || y < EDGE_PX || x > view.width - EDGE_PX || y > view.height - EDGE_PX) return false;
    return !taken.some((box) => x > box.left && x < box.right && y > box.top && y < box.bottom);
  }

  /** @param {string} incident @param {keyof typeof COLOUR_OF} look its shape */
  arrow(incident, look) {
    const known = this.arrows.get(incident);
    if (known?.look === look) return known;
    known?.el.remove();
    const colour = `var(--map-${COLOUR_OF[look]})`;
    const el = element("button", "edge");
    el.type = "button";
    el.style.borderColor = colour;
    const name = element("span", "name");
    const distance = element("span", "");
    const arrow = shapeIcon("arrow", colour);
    el.append(shapeIcon(look, colour), name, distance, arrow);
    el.addEventListener("click", () => this.onFly(incident));
    this.layer.append(el);
    const made = { el, arrow, name, distance, look };
    this.arrows.set(incident, made);
    return made;
  }

  /** As near to the way from the centre to the alarm as the edge and what stands there already allow. Where nothing is
   * free it covers what stands there, but no mark. @param {View} view
   * @param {{el: HTMLElement, arrow: SVGSVGElement}} arrow @param {number} x @param {number} y @param {Box[]} boxes
   * @param {Box[]} marks */
  place(view, { el, arrow }, x, y, boxes, marks) {
    const [w, h] = [el.offsetWidth, el.offsetHeight];
    const [mx, my] = [view.width / 2, view.height / 2];
    const inside = Math.min(
      1,
      (mx - w / 2 - EDGE_PX) / Math.max(1e-9, Math.abs(x - mx)),
      (my - h / 2 - EDGE_PX) / Math.max(1e-9, Math.abs(y - my)),
    );
    /** @type {[number, number]} */
    const aimed = [mx + (x - mx) * inside, my + (y - my) * inside];
    const [ax, ay] = this.free(view, aimed, w, h, boxes) ?? this.free(view, aimed, w, h, marks) ?? aimed;
    boxes.push({ left: ax - w / 2, right: ax + w / 2, top: ay - h / 2, bottom: ay + h / 2 });
    el.style.transform = `translate(${Math.round(ax - w / 2)}px, ${Math.round(ay - h / 2)}px)`;
    arrow.style.transform = `rotate(${Math.atan2(y - ay, x - ax)}rad)`;
  }

  /** Along the edge first, then away from it.
   * @param {View} view @param {[number, number]} aimed @param {number} w @param {number} h @param {Box[]} boxes
   * @returns {[number, number] | null} */
  free(view, [x, y], w, h, boxes) {
    const onSide = Math.min(x - w / 2, view.width - x - w / 2) <= EDGE_PX + 1;
    const stepsOf = (/** @type {number} */ size, /** @type {number} */ step) =>
      Array.from({ length: 2 * Math.ceil(size / step) }, (_, i) => (i % 2 ? 1 : -1) * Math.ceil(i / 2) * step);
    const down = stepsOf(view.height, h + 4);
    const across = stepsOf(view.width, 24);
    const [along, away] = onSide ? [down, across] : [across, down];
    for (const a of away) {
      for (const b of along) {
        const [cx, cy] = onSide ? [x + a, y + b] : [x + b, y + a];
        const box = { left: cx - w / 2, right: cx + w / 2, top: cy - h / 2, bottom: cy + h / 2 };
        if (box.left < EDGE_PX - 1 || box.right > view.width - EDGE_PX + 1) continue;
        if (box.top < EDGE_PX - 1 || box.bottom > view.height - EDGE_PX + 1) continue;
        if (!boxes.some((other) => overlap(box, other))) return [cx, cy];
      }
    }
    return null;
  }
}
