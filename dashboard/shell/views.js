// What every view is placed in: drawn again only when what it is of has changed, and alone in what it fails at.
import { Component, h } from "./kit.js";

/** @typedef {import("./kit.js").VNode} VNode */

/** One row, panel or mark by itself: where its view throws, `plain` stands there until what it is `of` has changed, and nothing
 * beside it notices. Its view's props are told apart by what they are, one by one.
 * @template P @extends {Component<{view: (props: P) => VNode, plain: (props: P) => VNode, of: unknown, props: P}>} */
export class Alone extends Component {
  /** @type {unknown} what its view threw at last */
  failed = undefined;

  /** @param {Readonly<{of: unknown, props: P}>} next */
  shouldComponentUpdate(next) {
    const [was, is] = [/** @type {any} */ (this.props.props), /** @type {any} */ (next.props)];
    return next.of !== this.props.of || Object.keys(is).some((name) => is[name] !== was[name]);
  }

  /** @param {unknown} error */
  componentDidCatch(error) {
    this.failed = this.props.of;
    globalThis.reportError?.(error); // as a fault of the page that nothing caught
    this.forceUpdate();
  }

  render() {
    const { view, plain, of, props } = this.props;
    return h(/** @type {any} */ (this.failed === of ? plain : view), /** @type {any} */ (props));
  }
}
