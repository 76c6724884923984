// What scrolls, with a button that says how many of its lines stand below its edge: they are counted, never merely
// gone.
import { Component, h } from "../../shell/kit.js";

const SEEN_PX = 24; // of a line: with that it is begun

/** @typedef {{name: string, label: string, lines: string, more: (n: number) => object, least?: number, yields?:
 * string[], children?: any}} Props `lines`: a selector of what is counted; `more`: the button's words; `least`: px of
 * the frame in which there is room for a line at all; `yields`: the looks in which what may go has gone, one after the
 * other, when room is short */

/** @extends {Component<Props, {n: number}>} */
export class Scrolling extends Component {
  state = { n: 0 };
  /** @type {HTMLElement | null} */
  box = null;
  seen = globalThis.ResizeObserver && new ResizeObserver(() => this.count());

  componentDidMount() {
    if (this.box) this.seen?.observe(this.box);
    this.count();
  }

  componentDidUpdate() {
    this.count();
  }

  componentWillUnmount() {
    this.seen?.disconnect();
  }

  count() {
    const { box } = this;
    const { lines, least = 0, yields = [] } = this.props;
    if (!box) return;
    box.classList.remove(...yields);
    for (const look of yields) if (box.scrollHeight > box.clientHeight) box.classList.add(look);
    // The frame is measured: the bar itself takes from what scrolls.
    const frame = box.parentElement?.clientHeight ?? 0;
    const bottom = box.scrollTop + box.clientHeight;
    const below = (/** @type {HTMLElement} */ line) => line.offsetTop + Math.min(line.offsetHeight, SEEN_PX) > bottom;
    const all = /** @type {HTMLElement[]} */ ([...box.querySelectorAll(lines)]);
    const n = frame < least ? 0 : all.filter(below).length;
    if (n !== this.state.n) this.setState({ n });
  }

  /** @param {Props} props */
  render({ name, label, more, children }) {
    const { n } = this.state;
    const { box } = this;
    const on = () => box?.scrollBy({ top: box.clientHeight * 0.8 });
    const place = (/** @type {HTMLElement | null} */ at) => void (this.box = at);
    const facts = { tabIndex: 0, role: "group", "aria-label": label, ref: place, onScroll: () => this.count() };
    return [
      h("div", { class: name, ...facts }, children),
      h("button", { class: `hidden-${name}`, type: "button", hidden: n === 0, onClick: on, ...more(n) }),
    ];
  }
}
