import assert from "node:assert/strict";
import { test } from "node:test";
import {
  askedOf,
  bboxOf,
  grown,
  hashOf,
  holds,
  listAddress,
  pinsAddress,
  placeOf,
  searchOf,
  viewOf,
} from "../../app/static/js/address.js";

const nothing = { kind: [], status: [], q: "", confirmed_since: "", layer: "", indicator: "", graph: "" };

test("a hash names a view, and a view its hash", () => {
  assert.deepEqual(viewOf("#13/45.0703/7.6869"), { zoom: 13, lat: 45.0703, lon: 7.6869 });
  assert.equal(hashOf({ zoom: 13, lat: 45.0703, lon: 7.6869 }), "#13/45.07030/7.68690");
  assert.deepEqual(viewOf(hashOf({ zoom: 5, lat: -33.123456, lon: -70.5 })), { zoom: 5, lat: -33.12, lon: -70.5 });
});

test("a hash that names no view is none", () => {
  for (const hash of ["", "#", "#panel", "#13/45", "#99/45/7", "#13/91/7", "#13/45/181", "#13/45/7/8", "#a/b/c"]) {
    assert.equal(viewOf(hash), null, hash);
  }
});

test("a precise hash at every zoom stays within a pixel", () => {
  for (let zoom = 3; zoom <= 19; zoom += 1) {
    const pixel = 360 / (256 * 2 ** zoom);
    const lon = 7.123456789;
    const read = viewOf(hashOf({ zoom, lat: 45, lon }));
    assert.ok(Math.abs((read?.lon ?? 0) - lon) < pixel, `zoom ${zoom}`);
  }
});

test("a kind given several times is the same as a list with commas", () => {
  const asked = askedOf("?kind=house&kind=site,project&status=&q=%20orto%20");
  assert.deepEqual(asked, { ...nothing, kind: ["house", "site", "project"], q: "orto" });
  assert.equal(searchOf(asked), "?kind=house,site,project&q=orto");
  assert.equal(searchOf(nothing), "");
});

test("pins and list are asked for by the same filters", () => {
  const asked = { ...nothing, kind: ["house"], q: "via Agliè", layer: "zones" };
  const box = { west: 7.5, south: 45, east: 7.75, north: 45.125 };
  assert.equal(
    pinsAddress("/torino/", asked, box, 12, "it"),
    "/torino/pins?bbox=7.5,45,7.75,45.125&zoom=12&kind=house&q=via+Agli%C3%A8&lang=it",
  );
  assert.equal(
    listAddress("/torino/", asked, box, 2, "en"),
    "/torino/list?bbox=7.5,45,7.75,45.125&kind=house&q=via+Agli%C3%A8&layer=zones&page=2&lang=en",
  );
});

test("a box is cut where the map ends", () => {
  assert.equal(bboxOf({ west: -200, south: -89, east: 200, north: 89 }), "-180,-85.05,180,85.05");
});

test("a box grown by a quarter holds the one it came from", () => {
  const box = { west: 0, south: 0, east: 4, north: 8 };
  assert.deepEqual(grown(box, 0.25), { west: -1, south: -2, east: 5, north: 10 });
  assert.ok(holds(grown(box, 0.25), box));
  assert.ok(!holds(box, grown(box, 0.25)));
});

test("only the page of a place names a place", () => {
  assert.equal(placeOf("/torino/places/01a2040a-f1bb-77a1-ae38-af805cd18982"), "01a2040a-f1bb-77a1-ae38-af805cd18982");
  assert.equal(placeOf("/torino/"), null);
  assert.equal(placeOf("/torino/places/"), null);
});
