import assert from "node:assert/strict";
import { test } from "node:test";
import { added, crosses, read, written } from "../../app/static/js/planner/draw-rules.js";

test("corners are written as they are read, to a metre", () => {
  assert.equal(written([[7.6812345, 45.07], [7.69, 45.0600049]]), "7.68123,45.07;7.69,45.06"); // prettier-ignore
  assert.deepEqual(read("7.68,45.07; 7.69,45.06"), [[7.68, 45.07], [7.69, 45.06]]); // prettier-ignore
  assert.deepEqual(read("7.68;a,b;,1;7.69,45.06;"), [[7.69, 45.06]]);
  assert.deepEqual(read(""), []);
});

test("the same corner twice is one", () => {
  const corners = added(added([], [7.68, 45.07]), [7.680001, 45.07]);
  assert.deepEqual(corners, [[7.68, 45.07]]);
  assert.equal(added(corners, [7.69, 45.07]).length, 2);
});

test("sides cross in a bow, and not in a square or a triangle", () => {
  assert.equal(crosses([[0, 0], [1, 0], [1, 1], [0, 1]]), false); // prettier-ignore
  assert.equal(crosses([[0, 0], [1, 1], [1, 0], [0, 1]]), true); // prettier-ignore
  assert.equal(crosses([[0, 0], [1, 0], [0, 1]]), false); // prettier-ignore
});
