// What every view is placed in: drawn again only when what it is of has changed, and alone in what it fails at.
import { Component, h } from "./kit.js";

/** @typedef {import("./kit.js").VNode} VNode */

/** A view by itself: one row, panel or mark. Where it throws, `plain` stands there until what it is `of` has changed,
 * and nothing beside it notices. Its props are told apart by what they are, one by one. @template P
 * @param {(props: P) => any} view @param {P} props @param {{of: unknown, plain?: (props: P) => any, key?: string}} is
 * @returns {VNode} */
export function alone(view, props, { of, plain = nothing, key }) {
  return h(/** @type {any} */ (Alone), { key, view, plain, of, props });
}

/** A button that does something for this page. @param {() => void} onClick @param {Record<string, unknown>} facts
 * @param {...any} inside */
export function doButton(onClick, facts, ...inside) {
  return h("button", /** @type {any} */ ({ class: "do", type: "button", onClick, ...facts }), inside);
}

const nothing = () => null;

/** @typedef {{view: (props: any) => any, plain: (props: any) => any, of: unknown, props: any}} Props
 * @extends {Component<Props>} */
class Alone extends Component {
  /** @type {unknown} of what its view threw at last */
  failed = undefined;

  /** @param {Readonly<Props>} next */
  shouldComponentUpdate(next) {
    const was = this.props.props;
    return next.of !== this.props.of || Object.entries(next.props).some(([name, fact]) => fact !== was[name]);
  }

  /** @param {unknown} error */
  componentDidCatch(error) {
    this.failed = this.props.of;
    globalThis.reportError?.(error); // as a fault of the page that nothing caught
    this.forceUpdate();
  }

  /** @param {Props} props */
  render({ view, plain, of, props }) {
    if (this.failed !== of) return h(view, props);
    return plain === nothing ? null : alone(plain, props, { of }); // it may fail as well
  }
}
