import assert from "node:assert/strict";
import test from "node:test";
import { clipped, drawn, moved, percent, resized } from "../../app/static/js/photos/region-rules.js";

const region = { left: 40, top: 60, width: 20, height: 30 };

test("a rectangle is the same from whichever corner it was drawn", () => {
  const expected = { left: 10, top: 20, width: 30, height: 5 };
  assert.deepEqual(drawn({ x: 10, y: 20 }, { x: 40, y: 25 }), expected);
  assert.deepEqual(drawn({ x: 40, y: 25 }, { x: 10, y: 20 }), expected);
  assert.deepEqual(drawn({ x: 10, y: 25 }, { x: 40, y: 20 }), expected);
});

test("a rectangle that is moved stays as large, and inside", () => {
  assert.deepEqual(moved(region, -5, 5), { left: 35, top: 65, width: 20, height: 30 });
  assert.deepEqual(moved(region, -90, 90), { left: 0, top: 70, width: 20, height: 30 });
});

test("a rectangle is never turned inside out, nor larger than the photo", () => {
  assert.deepEqual(resized(region, 5, -5), { left: 40, top: 60, width: 25, height: 25 });
  assert.deepEqual(resized(region, -50, 50), { left: 40, top: 60, width: 1, height: 40 });
});

test("numbers are as a field holds them", () => {
  assert.equal(percent(33.3333), "33.33");
  assert.equal(percent(50), "50");
  assert.equal(clipped(-3), 0);
  assert.equal(clipped(103), 100);
});
