// The answer of /graph/edges, ego or way, taken apart: places by their ids, and edges of two sorts. Pure.

/** @typedef {[number, number]} Spot latitude, longitude, as Leaflet takes them */
/** @typedef {{id: string, kind: string, status: string, title: string, language: string, step?: number}} Place */
/**
 * @typedef {{sort: "relation" | "neighbour", tail: string, head: string, kind: string | null, metres: number,
 *   note?: string | null, line: [Spot, Spot]}} Edge
 */

/**
 * A place as a list names it, in the reader's language where somebody has translated it.
 * @param {any} feature
 * @param {string} language
 * @param {Record<string, string>} kinds
 * @returns {Place}
 */
export function placeOf({ id, properties }, language, kinds) {
  const translated = properties.translations?.[language]?.title;
  const title = translated ?? properties.title ?? kinds[properties.kind];
  const written = translated || !properties.title ? language : (properties.language ?? language);
  return { id, title, language: written, kind: properties.kind, status: properties.status, step: properties.step };
}

/**
 * An edge with its ends the way Leaflet draws them: never the long way around the world.
 * @param {any} feature
 * @returns {Edge}
 */
export function edgeOf({ properties, geometry }) {
  const [[fromLon, fromLat], [lon, toLat]] = geometry.coordinates;
  const toLon = lon - fromLon > 180 ? lon - 360 : lon - fromLon < -180 ? lon + 360 : lon;
  return { ...properties, line: [[fromLat, fromLon], [toLat, toLon]] };
}

/**
 * @param {{features: any[]}} collection
 * @param {string} language
 * @param {Record<string, string>} kinds
 */
export function graphOf({ features }, language, kinds) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  /** @type {Edge[]} */
  const edges = [];
  for (const feature of features) {
    if (feature.properties.sort) edges.push(edgeOf(feature));
    else places.set(feature.id, placeOf(feature, language, kinds));
  }
  return { places, edges };
}

/**
 * The edges in the order of a list: relations first, then the nearest neighbours.
 * @param {Edge[]} edges
 */
export function inOrder(edges) {
  const rank = (/** @type {Edge} */ { sort }) => (sort === "relation" ? 0 : 1);
  return [...edges].sort((one, other) => rank(one) - rank(other) || one.metres - other.metres);
}

/**
 * The places of a way from its first to its last, each with the edge that leads to it.
 * @param {Map<string, Place>} places
 * @param {Edge[]} edges
 * @returns {{place: Place, by: Edge | null}[]}
 */
export function stepsOf(places, edges) {
  const along = [...places.values()].sort((one, other) => (one.step ?? 0) - (other.step ?? 0));
  return along.map((place, number) => {
    const before = along[number - 1]?.id;
    const joins = (/** @type {Edge} */ { tail, head }) =>
      (tail === before && head === place.id) || (head === before && tail === place.id);
    return { place, by: (before && edges.find(joins)) || null };
  });
}
