// The live floor: every open alarm by urgency and age, who has it, what the watch does next and when.
import { element, ticking, write, writeParts } from "../page/format.js";
import { shape, shapeOf } from "../page/shapes.js";
import { Store } from "../page/store.js";
import { done, upcoming } from "../watch/words.js";

export class Floor {
  /** @param {HTMLElement} root @param {Store} store @param {import("../actions/desk.js").DeskLine} desk
   *  @param {import("./middle.js").Middle} middle @param {string} base */
  constructor(root, store, desk, middle, base) {
    this.store = store;
    this.desk = desk;
    this.middle = middle;
    this.base = base;
    this.rows = new Map();
    this.scroller = element("div", "scroller");
    const head = element("h2");
    this.count = element("b");
    head.append(element("span", "", store.t("floor")), this.count);
    this.list = element("ol", "alarms");
    this.none = element("p", "none", store.t("floor.none"));
    this.scroller.append(head, this.list, this.none);
    root.append(this.scroller);
    store.on("rows desk together", () => this.update());
    store.on("second live", () => this.tick());
  }

  /** All open alarms, whichever centre's: what waits for the supervisor first, then what nobody has, then by age. */
  open() {
    const { store } = this;
    const group = (row) => (store.called(row) ? 0 : Store.needs(row) ? 1 : 2);
    return [...store.rows.values()]
      .filter((row) => row.state !== "closed")
      .sort((a, b) => group(a) - group(b) || a.received - b.received || (a.id < b.id ? -1 : 1));
  }

  update() {
    const rows = this.open();
    const known = new Set();
    let next = this.list.firstElementChild;
    for (const row of rows) {
      known.add(row.id);
      const drawn = this._row(row);
      if (drawn.li !== next) this.list.insertBefore(drawn.li, next);
      else next = next.nextElementSibling;
    }
    for (const [id, drawn] of this.rows) {
      if (known.has(id)) continue;
      drawn.li.remove();
      this.rows.delete(id);
    }
    write(this.count, String(rows.length));
    this.none.hidden = rows.length > 0;
  }

  tick() {
    for (const drawn of this.rows.values()) this._ticking(drawn);
  }

  _row(row) {
    const drawn = this.rows.get(row.id) ?? this._make(row.id);
    const { store } = this;
    drawn.row = row;
    drawn.li.className = `row is-${row.state}${Store.needs(row) ? " needs" : ""}`;
    drawn.li.dataset.state = row.state;
    drawn.li.dataset.owner = row.owner ?? "";
    const name = shapeOf(row.state, "press");
    if (drawn.shape !== name) drawn.glyph.replaceChildren(shape((drawn.shape = name)));
    write(drawn.pick, row.label);
    drawn.pick.setAttribute("aria-label", store.t("floor.open", { label: row.label }));
    this._ticking(drawn);
    return drawn;
  }

  _make(id) {
    const li = element("li", "row");
    li.dataset.incident = id;
    const drawn = { li, row: null, shape: "" };
    for (const name of ["glyph", "head", "age", "line who", "line next"]) {
      const made = element("span", name);
      drawn[name.split(" ").pop()] = made;
      li.append(made);
    }
    drawn.pick = element("button", "pick");
    drawn.pick.type = "button";
    drawn.pick.addEventListener("click", () => this.middle.open(id));
    drawn.head.append(drawn.pick);
    this.rows.set(id, drawn);
    return drawn;
  }

  _ticking(drawn) {
    const { store } = this;
    const { row } = drawn;
    write(drawn.age, ticking(store.now() - row.received));
    writeParts(drawn.who, [row.owner || store.t("nobody"), store.t(`state.${row.state}`)]);
    const parts = [...done(store, row), upcoming(store, row)].filter(Boolean);
    const text = parts.map((part) => part.join(":")).join();
    if (drawn.nexts === text) return;
    drawn.nexts = text;
    drawn.next.replaceChildren(...parts.map(([kind, words]) => element("span", kind, words)));
  }
}
