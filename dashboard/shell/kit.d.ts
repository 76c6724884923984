// What the kit gives, as its package says it. `kit.js` itself is vendored: the pages load no package.
export { Component, h, render } from "preact";
export type { ComponentChildren, JSX, VNode } from "preact";
