// Whether the log is what was written: checked on demand, with how far it is, and the digest to compare with the
// handover sheet's.
import { button, redraw } from "../shell/build.js";
import { clockAndDay, duration, element, number } from "../shell/format.js";
import { shape } from "../shell/shapes.js";

export class Chain {
  /** @param {import("../shell/store.js").Store} store @param {HTMLElement} root */
  constructor(store, root) {
    this.store = store;
    this.root = root;
    /** @type {import("./wire.js").Verdict | null} */
    this.verdict = null;
    this.state = ""; // "", "checking", "failed", "done"
    this.said = element("div", { class: "verdict", role: "status" });
    this.bar = element("progress", { max: 1, value: 0, "aria-label": store.t("audit.verifying"), hidden: true });
    this.again = button("do", store.t("do.verify"), () => this.verify(), {}, store.keys.cap("verify"));
    root.append(this.said, this.bar, this.again);
    store.answers("verifying", ({ done, total }) => {
      this.bar.max = Math.max(1, total);
      this.bar.value = done;
    });
    store.answers("verified", (verdict) => {
      this.verdict = verdict;
      this.state = verdict ? "done" : "failed";
      this.show();
    });
    store.on("language", () => this.show());
    this.show();
  }

  verify() {
    if (this.state === "checking" || !this.store.live) return;
    this.state = "checking";
    this.bar.value = 0;
    this.show();
    this.store.send({ do: "verify" });
  }

  show() {
    const { store, verdict } = this;
    this.bar.hidden = this.state !== "checking";
    this.again.disabled = this.state === "checking";
    const bad = this.state === "failed" || (this.state === "done" && !verdict?.ok);
    this.root.className = bad ? "bad" : this.state === "done" ? "ok" : "";
    redraw(this.said, [this.state, verdict, store.language], () => {
      if (this.state !== "done" || !verdict) {
        const name = { checking: "audit.verifying", failed: "audit.verify_failed" }[this.state] ?? "audit.unverified";
        return [shape(bad ? "press" : "device", 18), element("strong", "", store.t(name))];
      }
      const counts = /** @type {const} */ (["records", "streams", "checkpoints"]);
      const facts = Object.fromEntries(counts.map((name) => [name, number(store.words, verdict[name])]));
      const at = clockAndDay(verdict.at_ms, store.now(), store.language);
      const took = duration(store.words, verdict.took_ms);
      const findings = verdict.findings.map((text) => element("li", "", text));
      const left = verdict.more ? element("li", "", store.t("audit.findings_more", { n: verdict.more })) : "";
      const n = verdict.findings.length + verdict.more;
      return [
        shape(verdict.ok ? "closed" : "press", 18),
        element("strong", "", verdict.ok ? store.t("audit.verified") : store.t("audit.not_verified", { n })),
        element("span", "", store.t("audit.verified_facts", facts)),
        element("span", "", store.t("audit.checked", { at, took })),
        element("span", "head", element("span", "", store.t("audit.head")), element("code", "", verdict.head)),
        ...(n ? [element("ul", "findings", ...findings, left)] : []),
      ];
    });
  }
}
