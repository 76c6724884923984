// What is wrong with a page whose window is small or whose words are long: found by looking at every piece of its text
// and at everything one presses.
(() => {
  const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const SCROLLING = ".hidden-pinned, .hidden-facts"; // they scroll what is higher than its frame: zoomed, nothing is
  const ON_THE_MAP = "svg.ways"; // what lies on the map is where it is: one moves the map
  const UNREAD = ["SCRIPT", "STYLE", "OPTION", "TEXTAREA", "NOSCRIPT"];
  // of a language the code is in sight
  const SHOWING = "select:not(.language), input:is(:not([type]), [type='text'], [type='search'], [type='password'])";
  const NEAR_PX = 3;
  const ARROW_PX = 20; // of a list that opens
  const QUIET_MS = 200; // what a page does when its size has changed is done by then

  /** @typedef {{left: number, right: number, top: number, bottom: number}} Box */
  /** @typedef {Box & {one: Element, text: string}} Piece */

  /** Every element, those inside open shadow roots too. @param {Element | ShadowRoot} root @returns {Element[]} */
  const all = (root = document.body) =>
    [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);

  /** An element and those it stands in. @param {Element} one @returns {Element[]} */
  function up(one) {
    const root = /** @type {ShadowRoot} */ (one.getRootNode());
    const above = one.assignedSlot ?? one.parentElement ?? root.host;
    return above ? [one, ...up(above)] : [one];
  }

  /** @param {Element} at */
  const unseen = (at) => getComputedStyle(at).clipPath === "inset(50%)";
  /** @param {Element} one */
  const visible = (one) =>
    one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !up(one).some(unseen);
  /** @param {string} text */
  const words = (text) => text.replace(/\s+/g, " ").trim();
  /** @param {Element} one */
  const named = (one) => {
    const [label] = /** @type {HTMLInputElement} */ (one).labels ?? [];
    return words(one.getAttribute("aria-label") || label?.textContent || one.textContent || "").replace(/\d+/g, "#");
  };
  /** @param {Element} one */
  const says = (one) => [one.tagName.toLowerCase(), ...(one.id ? [`#${one.id}`] : []), ...one.classList].join(".");
  /** @param {Element} one */
  const path = (one) => up(one).slice(0, 3).map(says).reverse().join(" > ");
  const controls = () => all().filter((one) => one.matches(CONTROLS) && !one.closest(ON_THE_MAP) && visible(one));
  /** @param {Element} one */
  const known = (one) => `${one.tagName} ${named(one)}`;

  /** The lines of text that are seen, each no higher than its letters. @returns {Piece[]} */
  function lines() {
    return all().flatMap((one) => {
      const own = [...one.childNodes].filter((node) => node.nodeType === 3 && words(node.textContent ?? ""));
      if (!own.length || UNREAD.includes(one.tagName) || !visible(one)) return [];
      const half = parseFloat(getComputedStyle(one).fontSize) * 0.35;
      return own.flatMap((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()].map(({ left, right, top, bottom }) => {
          const middle = (top + bottom) / 2;
          return { one, text: words(node.textContent ?? ""), left, right, top: middle - half, bottom: middle + half };
        });
      });
    });
  }

  /** What of a line its ancestors let be seen, and which of them cuts off what nobody can scroll to.
   * @param {Piece} line */
  function shown(line) {
    const seen = { ...line };
    for (const at of up(line.one)) {
      if (at === document.body) break;
      const { overflowX, overflowY, contain, textOverflow } = getComputedStyle(at);
      const frame = at.getBoundingClientRect();
      const painted = /paint|strict|content/.test(contain);
      const wide = seen.left < frame.left - NEAR_PX || seen.right > frame.right + NEAR_PX;
      const high = seen.top < frame.top - NEAR_PX || seen.bottom > frame.bottom + NEAR_PX;
      const told = textOverflow === "ellipsis" && up(at).some((by) => /** @type {HTMLElement} */ (by).title);
      for (const [out, overflow] of /** @type {[boolean, string][]} */ ([
        [wide, overflowX],
        [high, overflowY],
      ])) {
        if (!out || (overflow === "visible" && !painted)) continue;
        if (/auto|scroll/.test(overflow)) return { seen: null, cut: null };
        return { seen: null, cut: told ? null : at };
      }
    }
    return { seen, cut: null };
  }

  /** What stays while the rest scrolls under it is compared with its own alone. @param {Element} one */
  const layer = (one) => up(one).find((at) => ["sticky", "fixed"].includes(getComputedStyle(at).position));

  /** Lines over lines. @param {Piece[]} found @returns {string[]} */
  function overlapping(found) {
    const sorted = found.toSorted((a, b) => a.top - b.top);
    return sorted.flatMap((a, n) => {
      const wrong = [];
      for (const b of sorted.slice(n + 1)) {
        if (b.top >= a.bottom - NEAR_PX) break;
        const [wide, high] = [
          Math.min(a.right, b.right) - Math.max(a.left, b.left),
          Math.min(a.bottom, b.bottom) - b.top,
        ];
        if (wide > NEAR_PX && high > NEAR_PX && a.one !== b.one && layer(a.one) === layer(b.one))
          wrong.push(`"${a.text}" over "${b.text}" (${path(a.one)} | ${path(b.one)})`);
      }
      return wrong;
    });
  }

  /** What is painted over a point of an element. @param {Element} one @param {number} x @param {number} y */
  function over(one, x, y) {
    const root = /** @type {Document | ShadowRoot} */ (one.getRootNode());
    for (const at of root.elementsFromPoint(x, y)) {
      if (at.contains(one) || one.contains(at)) return null;
      const { backgroundColor, backgroundImage } = getComputedStyle(at);
      if (backgroundImage !== "none" || !/, 0\)$/.test(backgroundColor)) return at;
    }
    return null;
  }

  /** What hinders an element from being hit where the browser brings what gets the focus. @param {Element} one */
  function hindered(one) {
    const at = getComputedStyle(one).opacity === "0" ? (one.closest("label") ?? one) : one;
    at.scrollIntoView({ block: "nearest", inline: "nearest" });
    const { left, right, top, bottom } = at.getBoundingClientRect();
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    if (right - left < 4 || bottom - top < 4) return "has no size";
    if (x < 0 || x > innerWidth || y < 0 || y > innerHeight) return "is out of the window";
    if ((top < -NEAR_PX || bottom > innerHeight + NEAR_PX) && bottom - top < innerHeight / 2)
      return "is partly out of the window";
    // Of what is higher than its window some may be under what stays, as long as its beginning is not.
    const tall = bottom - top > innerHeight / 2;
    const by = over(at, x, tall ? Math.max(top, 0) + 8 : y);
    return by && `is under ${path(by)}`;
  }

  /** The pieces of a line that a browser may not part: runs of letters. @param {Node} node */
  function* broken(node) {
    const range = document.createRange();
    for (const { index, 0: word } of (node.textContent ?? "").matchAll(/\p{L}+/gu)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) yield word;
    }
  }

  /** The frame that is drawn around a text: what has an edge or a ground of its own. @param {Element} one */
  const framed = (one) =>
    up(one).find((at) => {
      const { borderLeftStyle, borderRightStyle, borderRightColor, backgroundColor, display } = getComputedStyle(at);
      const edge = borderLeftStyle !== "none" && borderRightStyle !== "none" && !/, 0\)$/.test(borderRightColor);
      return display !== "inline" && (edge || !/, 0\)$/.test(backgroundColor));
    });

  /** By how much what a field shows is wider than its room. @param {Element} one */
  function tooWide(one) {
    const field = /** @type {HTMLInputElement & HTMLSelectElement} */ (one);
    const text = one.matches("select") ? (field.selectedOptions[0]?.label ?? "") : field.value || field.placeholder;
    const { font, paddingLeft, paddingRight, display } = getComputedStyle(one);
    const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    pen.font = font;
    const arrow = one.matches("select") ? ARROW_PX : 0;
    const room = one.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - arrow;
    return display === "none" ? 0 : Math.ceil(pen.measureText(text).width - room);
  }

  /** Where words have too little room: parted inside, over the edge of their frame, one under the other like a list, or
   * wider than the field that shows them. */
  function cramped() {
    const wrong = [];
    for (const one of all()) {
      if (UNREAD.includes(one.tagName) || one.closest("svg") || !visible(one)) continue;
      for (const node of one.childNodes) {
        if (node.nodeType !== 3 || !words(node.textContent ?? "")) continue;
        const text = words(node.textContent ?? "");
        // A code goes over its line wherever that ends.
        if (one.localName !== "code")
          for (const word of broken(node)) wrong.push(`BROKEN: "${word}" of "${text}" (${path(one)})`);
        const range = document.createRange();
        range.selectNodeContents(node);
        const rects = [...range.getClientRects()];
        const tops = new Set(rects.map(({ top }) => Math.round(top)));
        if (tops.size > 4 && text.split(" ").length < tops.size * 1.4)
          wrong.push(`STACKED: "${text}" in ${tops.size} lines (${path(one)})`);
        const frame = framed(one);
        const about = up(one);
        const within = about.slice(0, about.indexOf(frame ?? document.body) + 1);
        // What scrolls is reached; what is cut off is found by `faults`.
        if (!frame || within.some((at) => getComputedStyle(at).overflowX !== "visible")) continue;
        const { left, right } = frame.getBoundingClientRect();
        const { borderLeftWidth, borderRightWidth } = getComputedStyle(frame);
        const [from, to] = [left + parseFloat(borderLeftWidth), right - parseFloat(borderRightWidth)];
        const out = Math.max(...rects.map((rect) => Math.max(from - rect.left, rect.right - to)));
        if (out > 0.5) wrong.push(`EDGE: "${text}" by ${out.toFixed(1)} px (${path(one)}) over ${says(frame)}`);
      }
    }
    for (const one of all().filter((field) => field.matches(SHOWING) && visible(field))) {
      const by = tooWide(one);
      if (by > 0 && !(/** @type {HTMLElement} */ (one).title))
        wrong.push(`FIELD: "${named(one)}" by ${by} px (${path(one)})`);
    }
    return [...new Set(wrong)];
  }

  function faults() {
    const { scrollWidth, clientWidth } = document.documentElement;
    const wrong = scrollWidth > clientWidth ? [`WIDE: the page, by ${scrollWidth - clientWidth} px`] : [];
    const found = lines();
    /** @type {Piece[]} */
    const free = [];
    for (const line of found) {
      if (line.one.closest("svg")) continue;
      const { seen, cut } = shown(line);
      if (cut) wrong.push(`CUT: "${line.text}" (${path(line.one)}) by ${says(cut)}`);
      if (seen) free.push(seen);
      if (seen && seen.right > clientWidth + NEAR_PX) wrong.push(`OUT: "${line.text}" (${path(line.one)})`);
    }
    wrong.push(...overlapping(free).map((one) => `OVER: ${one}`));
    const now = controls();
    const texts = found.map(({ one }) => one).filter((one) => getComputedStyle(one).pointerEvents !== "none");
    for (const one of new Set([...now, ...texts.filter((text) => !text.closest(CONTROLS))])) {
      const why = one.isConnected && hindered(one);
      if (why) wrong.push(`HIDDEN: ${path(one)} "${named(one)}" ${why}`);
    }
    scrollTo(0, 0);
    return [...new Set(wrong)];
  }

  Object.assign(globalThis, {
    zoom: {
      // What stands below is said where something does.
      named: () => [
        ...new Set(
          controls()
            .filter((one) => !one.matches(SCROLLING) && !one.closest(".below"))
            .map(known),
        ),
      ],
      settled: () => new Promise((done) => setTimeout(() => requestAnimationFrame(done), QUIET_MS)),
      faults,
      cramped,
    },
  });
})();
