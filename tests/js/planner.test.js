import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, dimmed, formAddress, keyOf } from "../../app/static/js/planner/view-rules.js";

const values = { classes: { low: 1, upper: [5, 10] }, values: { "01": 5, "02": 5.1, "03": 12 } };
const spot = (name) => ({ p: 0.01, q: 0.02, spot: name });
const spots = { areas: { "01": { moran: spot("high-high"), gi: spot("hot") } } };

test("an area stands in the legend by its class, or as nothing without a value", () => {
  const keys = ["01", "02", "03", "04"].map((code) => keyOf(code, "classes", values, null));
  assert.deepEqual(keys, ["0", "1", "1", "none"]);
  assert.equal(keyOf("01", "classes", { ...values, classes: null }, null), "none");
});

test("an area stands in the legend by what it is among its neighbours, or as left out", () => {
  assert.equal(keyOf("01", "moran", values, spots), "high-high");
  assert.equal(keyOf("01", "gi", values, spots), "hot");
  assert.equal(keyOf("02", "gi", values, spots), "none");
  assert.equal(keyOf("01", "gi", values, null), "none");
});

test("who is not picked steps back, and where nobody is picked nobody does", () => {
  assert.equal(dimmed("1", ["0", "2"]), true);
  assert.equal(dimmed("2", ["0", "2"]), false);
  assert.equal(dimmed("1", []), false);
});

test("an address changes in what is named, and lets go of the view", () => {
  const from = "https://city.example/torino/areas?show=0,1&page=2#12/45/7";
  assert.equal(changed(from, { show: "0,2", page: "" }), "https://city.example/torino/areas?show=0,2");
  assert.equal(changed(from, { area: "" }), "https://city.example/torino/areas?show=0,1&page=2");
});

test("a form becomes an address without its empty fields, and boxes of one name become a list", () => {
  const fields = [["layer", "zones"], ["x", ""], ["kind", "house"], ["kind", "site"]]; // prettier-ignore
  assert.equal(
    formAddress("https://city.example/torino/areas?old=1", fields),
    "https://city.example/torino/areas?layer=zones&kind=house,site",
  );
});
