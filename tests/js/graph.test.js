import assert from "node:assert/strict";
import { test } from "node:test";
import { askedOf, searchOf } from "../../app/static/js/address.js";
import { edgeOf, graphOf, inOrder, placeOf, stepsOf } from "../../app/static/js/graph/edges.js";
import { bearingOf, beyond, clamped, rounded, STEPS, stepOf } from "../../app/static/js/graph/radius.js";
import { NOTHING, stateOf, wordsOf } from "../../app/static/js/graph/state.js";
import { Words } from "../../app/static/js/words.js";

const OTHER = "01a216cb-20df-7258-9e6b-0b4bd6ff96e5";
const HERE = { lat: 45.07, lon: 7.68 };

test("what is switched on goes through the address and comes back", () => {
  const states = [
    NOTHING,
    { ...NOTHING, connections: true },
    { connections: true, near: { metres: 730, at: { lat: -45.5, lon: -7.68123 } }, gaps: 1500, way: OTHER },
    { ...NOTHING, near: { metres: 50, at: null } },
  ];
  for (const state of states) {
    const search = searchOf({ ...askedOf("?kind=house"), graph: wordsOf(state) });
    assert.ok(!search.includes("%"), `${search} can be read`);
    assert.deepEqual(stateOf(askedOf(search).graph), state);
  }
});

test("an address that says nonsense switches nothing on", () => {
  for (const words of ["", "nonsense", "near_", "near_x_place", "near_500_7.6", "near_500_999_45", "gaps_-1", "way_x"]) {
    assert.deepEqual(stateOf(words), NOTHING, words);
  }
  assert.equal(stateOf("near_99999_place").near.metres, 5000);
  assert.equal(stateOf("gaps_1").gaps, 50);
});

test("the slider stops at the step that is felt as nearest", () => {
  STEPS.forEach((metres, number) => assert.equal(stepOf(metres), number));
  assert.equal(STEPS[stepOf(700)], 800); // 800/700 < 700/600
  assert.deepEqual([stepOf(1), stepOf(1e9)], [0, STEPS.length - 1]);
});

test("a hand that drags means round metres within the limits", () => {
  assert.deepEqual([3, 47, 123, 996, 1024, 1026, 7000].map(rounded), [50, 50, 120, 1000, 1000, 1050, 5000]);
  assert.deepEqual([Number.NaN, -1, 333.4].map(clamped), [50, 50, 333]);
});

test("a point beyond lies so far and in that direction", () => {
  // On a sphere of 6,371 km a degree along a meridian is 111,194.93 m.
  const north = beyond(HERE, 0, 1111.9493);
  assert.ok(Math.abs(north.lat - 45.08) < 1e-7 && Math.abs(north.lon - 7.68) < 1e-9);
  for (const bearing of [0.5, 90, 180, 271]) {
    assert.ok(Math.abs(bearingOf(HERE, beyond(HERE, bearing, 2000)) - bearing) < 1e-6, `${bearing}`);
  }
});

const feature = (id, more) => ({ id, properties: { kind: "house", status: "active", title: null, ...more } });
const edge = (tail, head, sort, metres, from = [7.6, 45], to = [7.7, 45.1]) => ({
  properties: { sort, tail, head, kind: sort === "relation" ? "about" : null, metres },
  geometry: { coordinates: [from, to] },
});

test("a place is named in the reader's language, or by its kind", () => {
  const kinds = { house: "House" };
  const translated = { title: "Casa", language: "it", translations: { en: { title: "Home" } } };
  assert.deepEqual(placeOf(feature("a", translated), "en", kinds).title, "Home");
  assert.equal(placeOf(feature("a", translated), "de", kinds).language, "it");
  assert.equal(placeOf(feature("a"), "en", kinds).title, "House");
});

test("an edge across the antimeridian goes the short way", () => {
  assert.deepEqual(edgeOf(edge("a", "b", "neighbour", 1, [179.9, 0], [-179.9, 1])).line, [[0, 179.9], [1, 180.1]]);
  assert.deepEqual(edgeOf(edge("a", "b", "neighbour", 1, [-179.9, 0], [179.9, 1])).line, [[0, -179.9], [1, -180.1]]);
});

test("relations are listed first, then the nearest neighbours", () => {
  const features = [feature("a"), edge("a", "b", "neighbour", 9), edge("a", "c", "relation", 90), edge("b", "c", "neighbour", 3)];
  const { places, edges } = graphOf({ features }, "en", { house: "House" });
  assert.deepEqual([...places.keys()], ["a"]);
  assert.deepEqual(inOrder(edges).map(({ metres }) => metres), [90, 3, 9]);
});

test("a way is told step by step, whichever way its edges point", () => {
  const features = [
    ...["b", "c", "a"].map((id) => feature(id, { step: "abc".indexOf(id) })),
    edge("c", "b", "relation", 5),
    edge("a", "b", "neighbour", 7),
  ];
  const { places, edges } = graphOf({ features }, "en", { house: "House" });
  assert.deepEqual(stepsOf(places, edges).map(({ place, by }) => [place.id, by?.metres ?? null]), [["a", null], ["b", 7], ["c", 5]]);
});

test("none, some and too many have sentences of their own", () => {
  const words = new Words({ near_none: "nothing within {far}", near_one: "{n} within {far}", near_other: "{n} within {far}", near_many: "over {n}" }, "en");
  assert.deepEqual([0, 1, 7, 1000].map((n) => words.amount("near", n, 1000, { far: "2 m" })), [
    "nothing within 2 m",
    "1 within 2 m",
    "7 within 2 m",
    "over 1,000",
  ]);
});
