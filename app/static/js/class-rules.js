// The classes of a choropleth and their colours. Pure.

/** @typedef {import("./types.d.ts").Values} Values */
/** @typedef {import("./words.js").Words} Words */

/** One hue from light to dark; told apart without colour too, as each is clearly darker than the one before. */
export const PALETTE = ["#f1edf7", "#d5cae6", "#b3a1d2", "#8c74b8", "#664a98", "#472c78", "#2d1657"];
const FIVE = [0, 1, 2, 3, 4];
const PICKED = [[], [2], [1, 3], [0, 2, 4], [0, 1, 3, 4], FIVE, [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6]];

/**
 * The colours of `count` classes, from low to high; at most seven.
 * @param {number} count
 */
export function colours(count) {
  return PICKED[Math.min(count, PALETTE.length)].map((number) => PALETTE[number]);
}

/**
 * The number of the class that holds a value: the first one whose upper edge is not below it.
 * @param {number} value
 * @param {number[]} upper
 */
export function classOf(value, upper) {
  const found = upper.findIndex((edge) => value <= edge);
  return found < 0 ? upper.length - 1 : found;
}

/**
 * The range of each class in words.
 * @param {{low: number, upper: number[]}} classes
 * @param {number} decimals
 * @param {Words} words
 */
export function ranges({ low, upper }, decimals, words) {
  const edges = [low, ...upper].map((edge) => words.number(edge, decimals));
  return upper.map((_, number) => words.say("class", { low: edges[number], high: edges[number + 1] }));
}

/**
 * A value with its unit: 12.5%, 7,282 people.
 * @param {number} value
 * @param {{unit: string, decimals: number}} indicator
 * @param {Words} words
 */
export function valueInWords(value, { unit, decimals }, words) {
  const number = words.number(value, decimals);
  if (!unit) return number;
  return unit.startsWith("%") ? `${number}${unit}` : `${number} ${unit}`;
}
