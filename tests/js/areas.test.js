import assert from "node:assert/strict";
import { test } from "node:test";
import { areaAt, ground, inWorld, touch } from "../../app/static/js/area-rules.js";

const square = (west, south, side) => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
];
const area = (code, ...rings) => ground({ properties: { code }, geometry: { type: "Polygon", coordinates: rings } });
const at = (areas, lon, lat) => areaAt(areas, inWorld(lon, lat))?.properties.code;

test("the world of Web Mercator is a square from 0 to 1", () => {
  assert.deepEqual(inWorld(0, 0), [0.5, 0.5]);
  assert.deepEqual(inWorld(-180, 0), [0, 0.5]);
  // EPSG:3857 of 90 E, 45 N: 10018754.171394622, 5621521.486192066 (PROJ).
  const [x, y] = inWorld(90, 45);
  const half = 20037508.342789244;
  assert.ok(Math.abs((2 * x - 1) * half - 10018754.171394622) < 1e-6);
  assert.ok(Math.abs((1 - 2 * y) * half - 5621521.486192066) < 1e-6);
});

test("a point is in the area that holds it, and in none where there is a hole", () => {
  const yard = area("yard", square(7, 45, 1), square(7.4, 45.4, 0.2));
  assert.equal(at([yard], 7.1, 45.1), "yard");
  assert.equal(at([yard], 7.5, 45.5), undefined);
  assert.equal(at([yard], 8.1, 45.1), undefined);
  assert.equal(at([yard, area("well", square(7.4, 45.4, 0.2))], 7.5, 45.5), "well");
});

test("of areas that overlap, the one drawn last is found", () => {
  assert.equal(at([area("under", square(7, 45, 1)), area("above", square(7.5, 45.5, 1))], 7.6, 45.6), "above");
});

test("an area of several pieces is one", () => {
  const coordinates = [[square(7, 45, 1)], [square(9, 45, 1)]];
  const isles = ground({ properties: { code: "isles" }, geometry: { type: "MultiPolygon", coordinates } });
  assert.equal(at([isles], 9.5, 45.5), "isles");
  assert.equal(at([isles], 8.5, 45.5), undefined);
  assert.ok(touch(isles.box, [...inWorld(8.2, 45.9), ...inWorld(8.4, 45.1)]), "a box is as wide as all of it");
});
