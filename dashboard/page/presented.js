// Tells the desk which alarms were really painted on a visible page, and whether they could be heard.

export class Presenter {
  #context;
  #reported = new Set();
  #waiting = false;

  constructor(context) {
    this.#context = context;
    document.addEventListener("visibilitychange", () => this.painted());
  }

  /** Call it after rows changed: reports those not yet reported, after the frame that shows them. */
  painted() {
    if (this.#waiting || document.visibilityState !== "visible") return;
    const open = [...this.#context.state.rows.values()].filter((row) => row.state !== "closed").map((row) => row.id);
    const fresh = open.filter((id) => !this.#reported.has(id));
    if (!fresh.length) return;
    this.#waiting = true;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.#waiting = false;
      if (document.visibilityState !== "visible") return;
      fresh.forEach((id) => this.#reported.add(id));
      this.#context.send({ do: "presented", ids: fresh, audible: this.#context.sound.armed });
      this.painted();
    }));
  }
}
