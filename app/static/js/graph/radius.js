// How far: the steps of a slider, and a circle around a point. Pure.

/** @typedef {{lat: number, lon: number}} At */

export const LEAST = 50;
export const MOST = 5000;
/** What a slider goes through: each step is felt as about as wide as the one before. */
export const STEPS = [50, 75, 100, 150, 200, 250, 300, 400, 500, 600, 800, 1000, 1250, 1500, 2000, 2500, 3000, 4000, 5000];
const EARTH = 6_371_000; // the sphere that Leaflet measures on

/**
 * Whole metres within the limits.
 * @param {number} metres
 */
export function clamped(metres) {
  return Math.round(Math.max(LEAST, Math.min(MOST, Number.isFinite(metres) ? metres : LEAST)));
}

/**
 * What a hand that drags means: tens of metres, or fifties above a kilometre.
 * @param {number} metres
 */
export function rounded(metres) {
  const unit = metres < 1000 ? 10 : 50;
  return clamped(Math.round(metres / unit) * unit);
}

/**
 * The number of the step that is nearest, by how many times wider or narrower it is.
 * @param {number} metres
 */
export function stepOf(metres) {
  const away = (/** @type {number} */ step) => Math.abs(Math.log(step / clamped(metres)));
  return STEPS.reduce((best, step, number) => (away(step) < away(STEPS[best]) ? number : best), 0);
}

/**
 * The point so many metres away in a direction, in degrees clockwise from the north.
 * @param {At} from
 * @param {number} bearing
 * @param {number} metres
 * @returns {At}
 */
export function beyond({ lat, lon }, bearing, metres) {
  const rad = Math.PI / 180;
  const far = metres / EARTH;
  const south = lat * rad;
  const north = Math.asin(
    Math.sin(south) * Math.cos(far) + Math.cos(south) * Math.sin(far) * Math.cos(bearing * rad),
  );
  const aside = Math.atan2(
    Math.sin(bearing * rad) * Math.sin(far) * Math.cos(south),
    Math.cos(far) - Math.sin(south) * Math.sin(north),
  );
  return { lat: north / rad, lon: lon + aside / rad };
}

/**
 * The direction from one point to another, in degrees clockwise from the north.
 * @param {At} from
 * @param {At} to
 */
export function bearingOf(from, to) {
  const rad = Math.PI / 180;
  const aside = (to.lon - from.lon) * rad;
  const east = Math.sin(aside) * Math.cos(to.lat * rad);
  const north =
    Math.cos(from.lat * rad) * Math.sin(to.lat * rad) -
    Math.sin(from.lat * rad) * Math.cos(to.lat * rad) * Math.cos(aside);
  return (Math.atan2(east, north) / rad + 360) % 360;
}
