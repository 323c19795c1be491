import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, keyOf, nameOf, nearest, radiusOf, ringOf } from "../../app/static/js/pin-rules.js";
import { inSlices } from "../../app/static/js/slices.js";
import { disc, escaped, shape } from "../../app/static/js/shapes.js";
import { Words } from "../../app/static/js/words.js";

const place = (id) => ({ id, geometry: { coordinates: [7, 45] }, properties: { kind: "house", status: "active" } });
const cluster = (lon, count) => ({ geometry: { coordinates: [lon, 45] }, properties: { count, kinds: {} } });
const words = new Words({ cluster: "{n} places: {kinds}. Zoom in" }, "en");
const names = { kinds: { house: "House", site: "Site" }, statuses: { house: { active: "Open" } } };

test("a place keeps its key, a cluster only where it stands with the same count", () => {
  assert.equal(keyOf(place("a")), "a");
  assert.equal(keyOf(cluster(7, 3)), keyOf(cluster(7, 3)));
  assert.notEqual(keyOf(cluster(7, 3)), keyOf(cluster(7, 4)));
  assert.notEqual(keyOf(cluster(7, 3)), keyOf(cluster(7.1, 3)));
});

test("what is still there neither goes nor comes", () => {
  const { gone, come } = changes(["a", "b"], [place("b"), place("c")]);
  assert.deepEqual(gone, ["a"]);
  assert.deepEqual(come.map(keyOf), ["c"]);
});

test("a disc grows with the digits of its number", () => {
  assert.deepEqual([1, 10, 1000, 1_000_000].map(radiusOf), [15, 18, 24, 33]);
});

test("a ring is full, in proportion, and leaves gaps", () => {
  assert.deepEqual(ringOf({ house: 5 }), [{ kind: "house", start: 0, length: 100 }]);
  const [house, site] = ringOf({ house: 3, site: 1, event: 0 });
  assert.equal(house.kind, "house");
  assert.ok(Math.abs(house.length / site.length - 3) < 1e-9);
  assert.ok(Math.abs(house.length + site.length + 2.4 - 100) < 1e-9);
  assert.ok(site.start > house.length);
});

test("a share of one in a million can still be seen", () => {
  const [, small] = ringOf({ place: 999_999, house: 1 });
  assert.ok(small.length > 1);
});

test("a pin is named by title, kind and status, a cluster by what it holds, the most first", () => {
  const named = { ...place("a"), properties: { kind: "house", status: "active", title: "Barrito" } };
  assert.equal(nameOf(named, words, names), "Barrito, House, Open");
  assert.equal(nameOf(place("a"), words, names), "House, Open");
  const held = { ...cluster(7, 1200), properties: { count: 1200, kinds: { house: 200, site: 1000 } } };
  assert.equal(nameOf(held, words, names), "1,200 places: Site 1,000, House 200. Zoom in");
});

test("the nearest point wins, and none of none", () => {
  const points = [{ x: 0, y: 0 }, { x: 3, y: 4 }, { x: 9, y: 9 }];
  assert.equal(nearest(points, { x: 4, y: 4 }), points[1]);
  assert.equal(nearest([], { x: 0, y: 0 }), undefined);
});

test("status is told by the fill: only what has ended is hatched", () => {
  assert.match(shape("site", "ended"), /fill="url\(#hatch-site\)"/);
  assert.doesNotMatch(shape("site", "active"), /hatch/);
  assert.match(shape("site", "proposed"), /class="shape k-site s-proposed"/);
});

test("a disc draws one arc for each kind and its number as text", () => {
  const drawn = disc({ house: 1, site: 1 }, 2, "2");
  assert.equal(drawn.match(/class="arc/g)?.length, 2);
  assert.match(drawn, />2<\/text>/);
});

test("titles cannot become markup", () => {
  assert.equal(escaped(`<b title="x">&'`), "&#60;b title=&#34;x&#34;&#62;&#38;&#39;");
});

test("long work pauses, and stops when something else is wanted", async () => {
  const done = [];
  let pauses = 0;
  const slow = (item) => {
    done.push(item);
    const until = performance.now() + 12;
    while (performance.now() < until);
  };
  const pause = async () => (pauses += 1);
  assert.equal(await inSlices([1, 2, 3], slow, () => true, pause), true);
  assert.deepEqual([done, pauses], [[1, 2, 3], 2]);
  assert.equal(await inSlices([4, 5, 6], slow, () => pauses < 4, pause), false);
  assert.deepEqual(done, [1, 2, 3, 4, 5]);
  assert.equal(await inSlices([7, 8, 9], (item) => done.push(item), () => false, pause), true);
  assert.equal(pauses, 4);
});
