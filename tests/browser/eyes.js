// What a page is to people with other eyes and hands: how large what one aims at is, where the focus is, what is read
// aloud by itself.
(() => {
  const CONTROLS =
    "a[href], button, input:not([type='hidden']), select, textarea, summary, [role='button'], [role='slider'], [role='radio'], [role='option']";

  const ON_THE_MAP = "svg.ways *"; // what lies on the map is where it is: one moves the map

  /** Every element, those inside open shadow roots too. @param {Element | ShadowRoot} root @returns {Element[]} */
  const all = (root = document.body) =>
    [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);

  /** An element and those it stands in. @param {Element} one @returns {Element[]} */
  function up(one) {
    const root = /** @type {ShadowRoot} */ (one.getRootNode());
    const above = one.assignedSlot ?? one.parentElement ?? root.host;
    return above ? [one, ...up(above)] : [one];
  }

  /** @param {Element} one */
  const says = (one) => [one.tagName.toLowerCase(), ...(one.id ? [`#${one.id}`] : []), ...one.classList].join(".");
  /** @param {Element} one */
  const path = (one) => up(one).slice(0, 3).map(says).reverse().join(" > ");
  /** @param {Element} one */
  const unseen = (one) => getComputedStyle(one).clipPath === "inset(50%)";
  /** @param {Element} one */
  const visible = (one) =>
    one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !up(one).some(unseen);

  /** What takes the click of an element: itself, the label about it, or what it lays over its neighbourhood.
   * @param {Element} one */
  function aim(one) {
    const label = one.closest("label");
    const sizes = [one, ...(label ? [label] : [])].map((part) => part.getBoundingClientRect());
    for (const pseudo of ["::before", "::after"]) {
      const { position, content, width, height } = getComputedStyle(one, pseudo);
      if (position === "absolute" && content !== "none")
        sizes.push(new DOMRect(0, 0, parseFloat(width), parseFloat(height)));
    }
    return [Math.max(...sizes.map((size) => size.width)), Math.max(...sizes.map((size) => size.height))];
  }

  /** What one aims at that is smaller than `least` px; what `dense` selects than 24 px; what stands `inPlace` may be of
   * any size. A link in a sentence is as high as its line (WCAG 2.5.8). @param {number} least @param {string} dense
   * @param {string} inPlace */
  function targets(least, dense, inPlace) {
    const found = all()
      .filter((one) => one.matches(CONTROLS) && !one.matches(inPlace) && visible(one))
      .filter((one) => !(one.matches("a") && getComputedStyle(one).display === "inline"))
      .flatMap((one) => {
        const [wide, high] = aim(one);
        const must = one.matches(dense) ? 24 : least;
        return wide < must - 0.5 || high < must - 0.5 ? `${path(one)}: ${Math.round(wide)} x ${Math.round(high)}` : [];
      });
    return [...new Set(found)];
  }

  /** The element that has the focus. @param {Document | ShadowRoot} root @returns {Element | null} */
  function active(root = document) {
    const one = root.activeElement;
    return one?.shadowRoot?.activeElement ? active(one.shadowRoot) : one;
  }

  /** Whether a border or an outline is seen that stands for the focus on this element. @param {Element} one */
  function ringed(one) {
    // a mark's own line
    if (one instanceof SVGElement && parseFloat(getComputedStyle(one).strokeWidth) >= 2.5) return true;
    return up(one)
      .slice(0, 7)
      .flatMap((at) => [getComputedStyle(at), getComputedStyle(at, "::after")])
      .some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
  }

  const known = new WeakMap();
  let last = 0;
  /** The number of an element, which stays. @param {Element} one */
  const number = (one) => known.get(one) ?? (known.set(one, ++last), last);

  /** What has the focus, and what is wrong with how it shows: out of the window, under something, or without a ring. */
  function focused() {
    const one = active();
    if (!one || one === document.body || one.matches(ON_THE_MAP)) return null;
    const found = { id: number(one), wrong: "" };
    const label = getComputedStyle(one).opacity === "0" || unseen(one) ? (one.closest("label") ?? one) : one;
    const { left, right, top, bottom, width, height } = label.getBoundingClientRect();
    const seen = [];
    for (const dx of [0.1, 0.5, 0.9])
      for (const dy of [0.1, 0.5, 0.9]) {
        const [x, y] = [left + width * dx, top + height * dy];
        const root = /** @type {Document | ShadowRoot} */ (label.getRootNode());
        const by = root.elementFromPoint(x, y);
        seen.push(
          by && (by === label || by.contains(label) || label.contains(by)) ? "" : by ? path(by) : "the window's edge",
        );
      }
    const hidden = seen.filter(Boolean);
    if (hidden.length > 6)
      found.wrong = `${path(one)} is under ${hidden[0]} (${[left, top, right, bottom].map(Math.round)})`;
    else if (!ringed(label) && !ringed(one)) found.wrong = `${path(one)} has no ring`;
    return found;
  }

  /** @type {{how: string, text: string}[]} */
  let heard = [];
  const LIVE = "[role='alert'], [role='status'], [role='log'], [aria-live]";
  /** Begin to write down what the live regions of the page say. */
  function listen() {
    heard = [];
    new MutationObserver((changes) => {
      const regions = new Set();
      for (const { target } of changes) {
        const one = target instanceof Element ? target : target.parentElement;
        const region = one?.closest(LIVE);
        if (region?.checkVisibility({ visibilityProperty: true })) regions.add(region); // unseen ones are read too
      }
      for (const region of regions) {
        const loud = region.getAttribute("role") === "alert" || region.getAttribute("aria-live") === "assertive";
        const text = (region.textContent ?? "").trim();
        if (text) heard.push({ how: loud ? "assertive" : "polite", text: `${path(region)}: ${text}` });
      }
    }).observe(document.documentElement, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ["hidden"],
    });
  }

  /** What is pressed or closed to the hand and looks like what is not, where the system chooses the colours.
   * @returns {string[]} */
  function alike() {
    /** @param {Element} one */
    const look = (one) => {
      const { backgroundColor, color, borderColor } = getComputedStyle(one);
      return `${backgroundColor} ${color} ${borderColor}`;
    };
    /** A box that the browser draws says itself whether it is checked. @param {Element} one */
    const boxed = (one) => {
      const box = one.matches("label") && one.querySelector("input");
      return (
        box && getComputedStyle(box).appearance !== "none" && getComputedStyle(box).opacity !== "0" && !unseen(box)
      );
    };
    const seen = all().filter((one) => one instanceof HTMLElement && visible(one) && !boxed(one));
    return [
      ['[aria-pressed="true"]', '[aria-pressed="false"]'],
      [
        "button:is(:disabled, [aria-disabled='true'])",
        "button:not(:disabled, [aria-disabled='true'], [aria-pressed='true'])",
      ],
      ["label:has(:checked)", "label:has(:is([type='radio'], [type='checkbox'])):not(:has(:checked))"],
    ].flatMap(([on, off]) => {
      const others = new Set(seen.filter((one) => one.matches(off)).map(look));
      return seen
        .filter((one) => one.matches(on) && others.has(look(one)))
        .map((one) => `${path(one)} looks as if it were not ${on}`);
    });
  }

  /** Parts of a page that there must be one of, and are not. @returns {string[]} */
  function parts() {
    const wrong = [];
    for (const which of ["main, [role='main']", "h1"]) {
      const n = [...document.querySelectorAll(which)].filter(
        (one) => one.checkVisibility({ visibilityProperty: true }) || getComputedStyle(one).display === "contents",
      ).length;
      if (n !== 1) wrong.push(`${n} ${which}`);
    }
    if (!document.title.trim()) wrong.push("no title");
    if (!document.documentElement.lang) wrong.push("no language");
    return wrong;
  }

  /** @type {Element | null} */
  let held = null;
  const hold = () => void (held = active());
  const back = () => held instanceof HTMLElement && held.focus({ preventScroll: true });

  Object.assign(globalThis, {
    eyes: { targets, alike, hold, back, focused, listen, parts, heard: () => heard, forget: () => void (heard = []) },
  });
})();
