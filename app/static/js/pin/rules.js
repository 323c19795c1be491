// What the form of a place computes: identifiers, accuracies, shapes, which fields belong to which step. Pure.

/** @typedef {{lat: number, lng: number}} Spot */
/** @typedef {"point" | "line" | "area"} Shape */

const FINGER = 6; // pixels by which somebody may miss the spot under the crosshair
const EQUATOR_M = 40_075_016.686;

/**
 * A UUID of version 7: 48 bits of milliseconds, then chance (RFC 9562).
 * @param {number} now milliseconds since 1970
 * @param {Uint8Array} chance 10 bytes
 */
export function uuid7(now, chance) {
  const bytes = [...now.toString(16).padStart(12, "0").matchAll(/../g)].map(([pair]) => Number.parseInt(pair, 16));
  const all = [...bytes, ...chance.slice(0, 10)];
  all[6] = (all[6] & 0x0f) | 0x70;
  all[8] = (all[8] & 0x3f) | 0x80;
  const hex = all.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** An identifier that nobody had before. */
export function fresh() {
  return uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

/**
 * How accurately a spot can be chosen at a zoom of the Web Mercator map: a finger's width, in metres.
 * @param {number} zoom
 * @param {number} lat degrees
 */
export function accuracyAt(zoom, lat) {
  const metres = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** zoom);
  return Math.max(1, Math.round(metres * FINGER));
}

/**
 * The drawn shape as GeoJSON; "" while it has too few points.
 * @param {Shape} shape
 * @param {Spot[]} points
 */
export function drawn(shape, points) {
  const pairs = points.map(({ lat, lng }) => [Number(lng.toFixed(7)), Number(lat.toFixed(7))]);
  if (points.length < needed(shape)) return "";
  if (shape === "line") return JSON.stringify({ type: "LineString", coordinates: pairs });
  return JSON.stringify({ type: "Polygon", coordinates: [[...pairs, pairs[0]]] });
}

/**
 * How many points a shape needs at least.
 * @param {Shape} shape
 */
export function needed(shape) {
  return { point: 0, line: 2, area: 3 }[shape];
}

/**
 * The step on which a field stands.
 * @param {string} name as the server names it
 */
export function stepOf(name) {
  if (["geometry", "lat", "lon", "accuracy_m", "spot"].includes(name)) return "where";
  if (["kind", "status"].includes(name)) return "kind";
  if (name === "email") return "check";
  return ["photo", "alt"].includes(name) ? "photo" : "words";
}
