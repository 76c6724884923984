// When: how many presses in each hour of the week, in Belgian time. The tint says how many, the mark under the hand
// says it in figures.
import { draw } from "../../shell/build.js";
import { write } from "../../shell/format.js";
import { axis, Chart } from "./chart.js";
import { count, mark, number, sentence } from "./figure.js";

export class Heat extends Chart {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    super(review, "heat");
  }

  /** @override @param {import("./facts.js").Facts} facts @param {number} width @param {number} height */
  paint({ heat, busiest }, width, height) {
    const { store, review } = this;
    write(this.title, store.t("heat_title"));
    this.note.hidden = !busiest;
    if (busiest) {
      const n = number(store, count(busiest.n, `hour:${busiest.key}`));
      this.note.replaceChildren(
        sentence(store, "busiest", { hour: review.when(busiest.at, "hour") + busiest.offset, n }),
      );
    }
    const svg = draw("svg");
    const [left, top] = [52, 2];
    const [w, h] = [(width - left - 2) / 24, (height - 26 - top) / 7];
    const most = Math.max(1, ...heat);
    const names = review.weekdays();
    const { weekdays = [], hours = [] } = review.view;
    for (let weekday = 0; weekday < 7; weekday += 1) {
      if (h > 16 || weekday % 2 === 0)
        svg.append(axis(left - 10, top + (weekday + 0.5) * h + 5, "end", names[weekday]));
      for (let hour = 0; hour < 24; hour += 1) {
        const n = heat[weekday * 24 + hour];
        const at = { x: left + hour * w + 1, y: top + weekday * h + 1 };
        const size = { width: Math.max(1, w - 2), height: Math.max(1, h - 2), rx: 2 };
        const cell = draw("rect", { class: n ? "cell" : "cell none", ...at, ...size });
        if (n) cell.style.fillOpacity = (0.16 + 0.84 * (n / most)).toFixed(2);
        const words = store.t("heat_cell", { day: names[weekday], hour, next: hour + 1, n });
        const on = weekdays.includes(weekday) && hours.includes(hour);
        svg.append(
          this.choice(mark(cell, store, count(n, `cell:${weekday}:${hour}`)), `${weekday}:${hour}`, words, on),
        );
      }
    }
    for (let hour = 0; hour < 24; hour += 3)
      svg.append(axis(left + (hour + 0.5) * w, height - 6, "middle", String(hour)));
    return svg;
  }

  /** The hours that have any. @override @param {import("./facts.js").Facts} facts */
  rows({ heat }) {
    const names = this.review.weekdays();
    return heat.flatMap((n, at) => {
      const [weekday, hour] = [Math.floor(at / 24), at % 24];
      const cells = [`${names[weekday]} ${hour}:00\u2013${hour + 1}:00`, String(n)];
      return n ? [{ key: `${weekday}:${hour}`, cells }] : [];
    });
  }

  /** @override @param {string} key */
  chosen(key) {
    const [weekday, hour] = key.split(":").map(Number);
    this.review.cell(weekday, hour);
  }
}
