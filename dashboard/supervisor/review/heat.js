// When: how many presses in each hour of the week, in Belgian time. The tint says how many, the mark under the hand says it in figures.
import { Chart, draw } from "./chart.js";
import { count, mark, number, sentence } from "./figure.js";

export class Heat extends Chart {
  constructor(review) {
    super(review, "heat");
  }

  paint({ heat, busiest }, width, height) {
    const { store, review } = this;
    this.title.textContent = store.t("heat_title");
    this.note.hidden = !busiest;
    if (busiest)
      this.note.replaceChildren(
        sentence(store, "busiest", {
          hour: review.when(busiest.at, "hour"),
          n: number(store, count(busiest.n, `hour:${busiest.key}`)),
        }),
      );
    const svg = draw("svg");
    const [left, top] = [52, 2];
    const [w, h] = [(width - left - 2) / 24, (height - 26 - top) / 7];
    const most = Math.max(1, ...heat);
    const names = review.weekdays();
    const on = (weekday, hour) => !!review.view.weekdays?.includes(weekday) && !!review.view.hours?.includes(hour);
    for (let weekday = 0; weekday < 7; weekday += 1) {
      if (h > 16 || weekday % 2 === 0)
        svg.append(
          draw(
            "text",
            { class: "axis", x: left - 10, y: top + (weekday + 0.5) * h + 5, "text-anchor": "end" },
            names[weekday],
          ),
        );
      for (let hour = 0; hour < 24; hour += 1) {
        const n = heat[weekday * 24 + hour];
        const cell = draw("rect", {
          class: n ? "cell" : "cell none",
          x: left + hour * w + 1,
          y: top + weekday * h + 1,
          width: Math.max(1, w - 2),
          height: Math.max(1, h - 2),
          rx: 2,
        });
        if (n) cell.style.fillOpacity = (0.16 + 0.84 * (n / most)).toFixed(2);
        mark(cell, store, count(n, `cell:${weekday}:${hour}`));
        cell.dataset.says = "";
        svg.append(
          this.choice(
            cell,
            `${weekday}:${hour}`,
            store.t("heat_cell", { day: names[weekday], hour, next: hour + 1, n }),
            on(weekday, hour),
          ),
        );
      }
    }
    for (let hour = 0; hour < 24; hour += 3)
      svg.append(
        draw(
          "text",
          { class: "axis", x: left + (hour + 0.5) * w, y: height - 6, "text-anchor": "middle" },
          String(hour),
        ),
      );
    return svg;
  }

  chosen(key) {
    const [weekday, hour] = key.split(":").map(Number);
    this.review.cell(weekday, hour);
  }
}
