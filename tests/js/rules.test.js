import assert from "node:assert/strict";
import { test } from "node:test";
import { classOf, colours, PALETTE, ranges, valueInWords } from "../../app/static/js/class-rules.js";
import { moved, suggestionsOf } from "../../app/static/js/option-rules.js";
import { next, pixels, resting } from "../../app/static/js/sheet-rules.js";
import { Words } from "../../app/static/js/words.js";

const messages = {
  class: "{low} to {high}",
  places_one: "{n} place",
  places_other: "{n} places",
  search_all: "Search for “{words}”",
};
const english = new Words(messages, "en");
const italian = new Words(messages, "it");

/** The relative luminance of a colour, by the formula of WCAG 2.2. */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test("a value belongs to the first class whose upper edge is not below it", () => {
  const upper = [5, 10, 20];
  assert.deepEqual([0, 5, 5.1, 10, 20, 21].map((value) => classOf(value, upper)), [0, 0, 1, 1, 2, 2]);
});

test("the palette falls steadily from light to dark, so that it reads without hue", () => {
  const light = PALETTE.map(luminance);
  for (let step = 1; step < light.length; step += 1) assert.ok(light[step] < light[step - 1] * 0.8, `step ${step}`);
  for (let count = 1; count <= 7; count += 1) assert.equal(new Set(colours(count)).size, count);
});

test("ranges begin at the lowest value and meet at the edges", () => {
  assert.deepEqual(ranges({ low: 1, upper: [2.5, 4] }, 1, english), ["1.0 to 2.5", "2.5 to 4.0"]);
});

test("a value is written as the reader writes it, with its unit", () => {
  assert.equal(valueInWords(12.345, { unit: "%", decimals: 1 }, italian), "12,3%");
  assert.equal(valueInWords(17282, { unit: "people", decimals: 0 }, english), "17,282 people");
  assert.equal(valueInWords(3, { unit: "", decimals: 0 }, english), "3");
});

test("numbers on discs are short, and never rounded up into the wrong letter", () => {
  const said = [999, 1000, 1234, 9960, 12_345, 999_499, 999_500, 1_500_000].map((value) => english.short(value));
  assert.deepEqual(said, ["999", "1k", "1.2k", "10k", "12k", "999k", "1M", "1.5M"]);
  assert.equal(italian.short(1234), "1,2k");
});

test("messages have plural forms, and an unknown one is its key", () => {
  assert.equal(english.count("places", 1), "1 place");
  assert.equal(english.count("places", 1200), "1,200 places");
  assert.equal(english.say("unheard"), "unheard");
});

test("distances are metres up to a kilometre", () => {
  assert.deepEqual([0.2, 250, 1200, 12_000].map((metres) => english.distance(metres)), ["1 m", "250 m", "1.2 km", "12 km"]);
});

test("arrows go round through the field itself", () => {
  assert.deepEqual([moved(-1, "ArrowDown", 3), moved(2, "ArrowDown", 3)], [0, -1]);
  assert.deepEqual([moved(-1, "ArrowUp", 3), moved(0, "ArrowUp", 3)], [2, -1]);
  assert.equal(moved(1, "Home", 3), 1);
});

test("suggestions are places, zones, and last the words themselves; a place without a name has its kind's", () => {
  const found = {
    places: [{ id: "1", kind: "house", title: null, address: null }],
    areas: [{ layer: "zones", layer_name: "Zones", code: "01", name: "Centro", box: [1, 2, 3, 4] }],
  };
  const rows = suggestionsOf(found, "ce", english, { house: "House" });
  assert.deepEqual(rows.map(({ type, words }) => [type, words]), [
    ["place", "House"],
    ["area", "Centro"],
    ["words", "Search for “ce”"],
  ]);
  assert.equal(rows[1].hint, "Zones 01");
});

test("the handle goes through three heights and round", () => {
  assert.deepEqual(["peek", "half", "full"].map(next), ["half", "full", "peek"]);
});

test("a sheet that is let go comes to rest at the nearest height, or one further where it was flicked", () => {
  const heights = pixels(800, 100);
  assert.deepEqual(heights, { peek: 96, half: 400, full: 700 });
  assert.equal(resting(360, 0, heights), "half");
  assert.equal(resting(120, 0, heights), "peek");
  assert.equal(resting(410, 1, heights), "full");
  assert.equal(resting(390, -1, heights), "peek");
  assert.equal(resting(699, 1, heights), "full");
});

test("a window that is hardly taller than the search field still has a sheet", () => {
  const { peek, half, full } = pixels(150, 118);
  assert.ok(peek <= half && half <= full);
});
