// What stands on a page in no language of its own: every visible text and every name that assistive technology reads. In the
// pseudo-language each sentence stands in ⟦ ⟧ (reports/catalogue.py): letters outside them were never translated, or are data.
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
  const INLINE = /^(inline|contents|ruby)/;

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

  /** The element whose line a text stands in: a sentence may run over several inline elements. @param {Element} one */
  const line = (one) => {
    let at = one;
    while (INLINE.test(getComputedStyle(at).display)) {
      const next = above(at);
      if (!next || next.tagName === "BODY") break;
      at = next;
    }
    return at;
  };

  /** Whether a part of the map has something over it: what lies under the list of keys is drawn again when that is gone. @param {Element} one */
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

  /** What is outside of all brackets; `depth` goes on from text to text of one line. @param {string} text @param {number} depth
   *  @returns {[string, number]} */
  const outside = (text, depth) => {
    let left = "";
    for (const sign of text) {
      if (sign === "⟦") depth += 1;
      else if (sign === "⟧") depth = Math.max(0, depth - 1);
      else left += depth ? " " : sign;
    }
    return [left, depth];
  };

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

  /** What of the page stands outside of all brackets, and has letters. @returns {Said[]} */
  function untranslated() {
    /** @type {Said[]} */
    const found = [];
    /** @type {Map<Element, number>} */
    const depths = new Map();
    const title = outside(document.title, 0)[0];
    found.push({ where: "document.title", text: title });
    for (const said of texts().slice(1))
      if (/ (@|::)/.test(said.where)) found.push({ ...said, text: outside(said.text, 0)[0] });
    /** @param {Document | ShadowRoot} root */
    const walk = (root) => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node instanceof Element && node.shadowRoot) walk(node.shadowRoot);
        const one = node.parentElement;
        if (!(node instanceof Text) || !one || UNREAD.includes(one.tagName) || !visible(one)) continue;
        const of = line(one);
        const [text, depth] = outside(node.data, depths.get(of) ?? 0);
        depths.set(of, depth);
        found.push({ where: path(one), text });
      }
    };
    walk(document);
    return found.filter(({ text }) => /\p{L}/u.test(text));
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
        .filter((one) => one.matches("[aria-current=page], [aria-selected=true], .row.is-selected") && visible(one))
        .map(says),
      scrolled: all()
        .filter((one) => one.scrollTop > 0 && visible(one))
        .map((one) => [one.id || one.classList[0], first(one)]),
    };
  }

  /** What follows a switch by itself is done: an answer of the server, a frame. */
  const settled = () => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 150));

  Object.assign(window, { words: { texts, untranslated, hand, settled } });
})();
