// The suggestions under the search field. Pure.

/** @typedef {import("./types.d.ts").Suggestion} Suggestion */
/** @typedef {import("./words.js").Words} Words */

/**
 * What the server found, as rows; the last row always searches for the words themselves.
 * @param {{places: any[], areas: any[]}} found
 * @param {string} typed
 * @param {Words} words
 * @param {Record<string, string>} kinds
 * @returns {Suggestion[]}
 */
export function suggestionsOf(found, typed, words, kinds) {
  const places = found.places.map((place) => ({
    ...place,
    type: /** @type {const} */ ("place"),
    words: place.title ?? kinds[place.kind],
    hint: place.address ?? kinds[place.kind],
  }));
  const areas = found.areas.map((area) => ({
    ...area,
    type: /** @type {const} */ ("area"),
    words: area.name,
    hint: `${area.layer_name} ${area.code}`,
  }));
  const all = { type: /** @type {const} */ ("words"), words: words.say("search_all", { words: typed }), hint: "" };
  return [...places, ...areas, all];
}

/**
 * The row that an arrow key leads to; -1 is the field itself, which lies between the last row and the first.
 * @param {number} active
 * @param {string} key
 * @param {number} rows
 */
export function moved(active, key, rows) {
  if (key === "ArrowDown") return active + 1 >= rows ? -1 : active + 1;
  if (key === "ArrowUp") return active < 0 ? rows - 1 : active - 1;
  return active;
}
