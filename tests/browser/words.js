// What stands on a page: every visible text, every name that assistive technology reads, and what a hand did there.
(() => {
  const UNREAD = ["SCRIPT", "STYLE", "TEXTAREA", "NOSCRIPT", "TEMPLATE", "IFRAME"];
  const NAMED = [
    "aria-label",
    "aria-description",
    "aria-valuetext",
    "aria-roledescription",
    "title",
    "placeholder",
    "alt",
  ];

  /** @typedef {{where: string, text: string}} Said */

  /** Every element, those inside open shadow roots too. @param {Document | ShadowRoot} root @returns {Element[]} */
  const all = (root = document) =>
    [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);

  /** @param {Element} one @returns {Element | null} */
  const above = (one) =>
    one.assignedSlot ?? one.parentElement ?? /** @type {ShadowRoot} */ (one.getRootNode()).host ?? null;

  /** @param {Element} one */
  const says = (one) =>
    one.tagName.toLowerCase() + (one.id ? `#${one.id}` : "") + [...one.classList].map((name) => `.${name}`).join("");

  /** @param {Element} one */
  const path = (one) => {
    const named = [];
    for (let at = /** @type {Element | null} */ (one); at && named.length < 4; at = above(at)) named.unshift(says(at));
    return named.join(" > ");
  };

  /** Whether a part of the map has something over it: what lies under the list of keys is drawn again when that is
   * gone. @param {Element} one */
  const covered = (one) => {
    const root = one.getRootNode();
    if (!(root instanceof ShadowRoot)) return false;
    let host = root.host;
    for (let at = host.getRootNode(); at instanceof ShadowRoot; at = host.getRootNode()) host = at.host;
    const { left, top, width, height } = one.getBoundingClientRect();
    const over = document.elementFromPoint(left + width / 2, top + height / 2);
    return over !== null && !host.contains(over) && !over.contains(host);
  };

  /** @param {Element} one */
  const visible = (one) =>
    (one.checkVisibility({ visibilityProperty: true }) && !covered(one)) || one.closest("option, optgroup") !== null;

  /** Every text and name on the page, as it is read. @returns {Said[]} */
  function texts() {
    /** @type {Said[]} */
    const found = [{ where: "document.title", text: document.title }];
    for (const one of all()) {
      if (UNREAD.includes(one.tagName) || !visible(one)) continue;
      for (const name of NAMED) {
        const text = one.getAttribute(name);
        if (text) found.push({ where: `${path(one)} @${name}`, text });
      }
      if (one instanceof HTMLInputElement && ["submit", "button", "reset"].includes(one.type))
        found.push({ where: `${path(one)} @value`, text: one.value });
      for (const side of ["::before", "::after"]) {
        const { content } = getComputedStyle(one, side);
        if (/\p{L}/u.test(content) && content.startsWith('"'))
          found.push({ where: `${path(one)} ${side}`, text: content });
      }
      for (const node of one.childNodes)
        if (node instanceof Text && /\p{L}/u.test(node.data)) found.push({ where: path(one), text: node.data });
    }
    return found;
  }

  /** Which of its rows stands at the top of what is scrolled: rows of longer words are higher. @param {Element} one */
  function first(one) {
    const { top } = one.getBoundingClientRect();
    return [...one.querySelectorAll("li, tr, section, dt")].findIndex(
      (row) => row.getBoundingClientRect().bottom > top + 1,
    );
  }

  /** What a hand did on this page, and that it is this page: nothing of it may change with the language.
   *  @param {boolean} [begins] the focus is compared with this moment's from now on */
  function hand(begins = false) {
    const marked = /** @type {{wordsHeld?: Element | null}} */ (window);
    if (begins) marked.wordsHeld = document.activeElement;
    // What may be chosen comes with what the desk tells, and is not typed.
    const fields = all().filter((one) => one.matches("input:not([type=radio], [type=checkbox]), textarea"));
    return {
      loaded: performance.timeOrigin,
      focus: marked.wordsHeld === document.activeElement,
      typed: fields.filter(visible).map((one) => /** @type {HTMLInputElement} */ (one).value),
      open: all()
        .filter((one) => one.matches("form, .help, .spelling") && visible(one))
        .map(says),
      chosen: all()
        .filter((one) => one.matches("[aria-current=page], [aria-selected=true], .alarm.selected") && visible(one))
        .map(says),
      scrolled: all()
        .filter((one) => one.scrollTop > 0 && visible(one))
        .map((one) => [one.id || one.classList[0], first(one)]),
    };
  }

  /** What follows a switch by itself is done: an answer of the server, a frame. */
  const settled = () => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 150));

  Object.assign(window, { words: { texts, hand, settled } });
})();
