// Whether this shift's test press is due, overdue, failed or passed: in words, and how grave that is.
import { clock } from "../../shell/format.js";

/** @param {import("../../shell/store.js").Store} store @returns {{text: string, grave: "" | "late" | "failed"}} */
export function shiftTest(store) {
  const { due, test, start } = store.together.shift;
  if (due == null) return { text: "", grave: "" };
  const failed = !!test && !test.ok && test.at >= (start ?? 0);
  const late = store.now() > due;
  const key = failed ? "test_failed" : late ? "test_overdue" : "test_due";
  return {
    text: store.t(key, { time: clock(failed ? test.at : due).slice(0, 5) }),
    grave: failed ? "failed" : late ? "late" : "",
  };
}
