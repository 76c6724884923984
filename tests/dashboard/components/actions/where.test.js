// The place field: what is said of a place beside its name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { known } from "../../../../dashboard/components/actions/where.js";

Object.assign(globalThis, {
  window: globalThis,
  sessionStorage: { getItem: () => null },
  document: { visibilityState: "hidden" },
});
const { Store } = await import("../../../../dashboard/shell/store.js");

test("an address says to how many metres, a street that it is no position, and either which number is not known", () => {
  const words = {
    m: "{n} m",
    place_address: "address, ± {m}",
    place_other_number: "no {number}",
    place_station: "station",
    place_street: "street",
    place_no_number: "no {number}: street",
    place_unknown: "unknown there",
    place_elsewhere: "another municipality than {town}",
    place_missed: "not in {town}",
  };
  const store = new Store(words);
  const said = (/** @type {Partial<import("../../../../dashboard/components/actions/where.js").Found>} */ facts) =>
    known(store, { kind: "", name: "", place: "", zone: "", zone_name: "", asked: "", ...facts }).replace(
      "\u00a0",
      " ",
    );
  assert.equal(said({ kind: "address", accuracy_m: 1 }), "address, ± 1 m");
  assert.equal(said({ kind: "address", accuracy_m: 1, asked: "12b" }), "no 12b · address, ± 1 m");
  assert.equal(said({ kind: "street" }), "street");
  assert.equal(said({ kind: "street", asked: "16" }), "no 16: street");
  assert.equal(said({ kind: "station", accuracy_m: 150 }), "station");
  assert.equal(said({ kind: "municipality" }), "");
  // What was typed of a town and is not its own comes first: then how sure the other place is.
  const other = { kind: "address", accuracy_m: 1, missed: "Doornik" };
  assert.equal(said({ ...other, elsewhere: true }), "another municipality than Doornik · address, ± 1 m");
  assert.equal(said(other), "not in Doornik · address, ± 1 m");
  assert.equal(said({ kind: "municipality", unknown: true, town: "Tournai" }), "unknown there");
  assert.equal(said({ kind: "municipality", unknown: true, missed: "2980" }), "not in 2980 · unknown there");
});
