// Whether the log is what was written: checked on demand, with how far it is, and the digest to compare with the
// handover sheet's.
import { Cap } from "../components/actions/cap.js";
import { clockAndDay, duration, number } from "../shell/format.js";
import { h, render } from "../shell/kit.js";
import { Shape } from "../shell/shapes.js";
import { doButton } from "../shell/views.js";

/** @typedef {import("./wire.js").Verdict} Verdict @typedef {import("../shell/store.js").Store} Store */

export class Chain {
  /** @param {Store} store @param {HTMLElement} root */
  constructor(store, root) {
    this.store = store;
    this.root = root;
    /** @type {Verdict | null} */
    this.verdict = null;
    this.state = ""; // "", "checking", "failed", "done"
    this.far = { done: 0, total: 1 };
    store.answers("verifying", (far) => {
      this.far = far;
      this.show();
    });
    store.answers("verified", (verdict) => {
      this.verdict = verdict;
      this.state = verdict ? "done" : "failed";
      this.show();
    });
    store.on("language keys", () => this.show());
    this.show();
  }

  verify() {
    if (this.state === "checking" || !this.store.live) return;
    this.state = "checking";
    this.far = { done: 0, total: 1 };
    this.show();
    this.store.send({ do: "verify" });
  }

  show() {
    const { store, verdict, state, far } = this;
    const checking = state === "checking";
    const bad = state === "failed" || (state === "done" && !verdict?.ok);
    this.root.className = bad ? "bad" : state === "done" ? "ok" : "";
    const name = { checking: "audit.verifying", failed: "audit.verify_failed" }[state] ?? "audit.unverified";
    const glyph = verdict?.ok && state === "done" ? "closed" : bad ? "press" : "device";
    const bar = { max: Math.max(1, far.total), value: far.done, "aria-label": store.t("audit.verifying") };
    render(
      [
        h(
          "div",
          { class: "verdict", role: "status" },
          h(Shape, { name: glyph, size: 18 }),
          state === "done" && verdict ? h(Verified, { store, verdict }) : h("strong", {}, store.t(name)),
        ),
        checking && h("progress", bar),
        doButton(() => this.verify(), { disabled: checking }, store.t("do.verify"), h(Cap, { store, name: "verify" })),
      ],
      this.root,
    );
  }
}

/** @param {{store: Store, verdict: Verdict}} props */
function Verified({ store, verdict }) {
  const counts = /** @type {const} */ (["records", "streams", "checkpoints"]);
  const facts = Object.fromEntries(counts.map((name) => [name, number(store.words, verdict[name])]));
  const at = clockAndDay(verdict.at_ms, store.now(), store.language);
  const took = duration(store.words, verdict.took_ms);
  const { ok, findings, more } = verdict;
  const n = findings.length + more;
  return [
    h("strong", {}, ok ? store.t("audit.verified") : store.t("audit.not_verified", { n })),
    h("span", {}, store.t("audit.verified_facts", facts)),
    h("span", {}, store.t("audit.checked", { at, took })),
    h("span", { class: "head" }, h("span", {}, store.t("audit.head")), h("code", {}, verdict.head)),
    n > 0 &&
      h(
        "ul",
        { class: "findings" },
        findings.map((text, at) => h("li", { key: at }, text)),
        more > 0 && h("li", {}, store.t("audit.findings_more", { n: more })),
      ),
  ];
}
