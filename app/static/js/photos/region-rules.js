// Rectangles in percent of a photo: drawn between two corners, moved and resized inside it. Pure.

/** @typedef {{left: number, top: number, width: number, height: number}} Region */

/** How far a key moves an edge, and how small a rectangle may be. */
export const STEP = 1;

/** @param {number} value @returns {number} a value inside the photo */
export function clipped(value) {
  return Math.min(100, Math.max(0, value));
}

/**
 * The rectangle between two corners, whichever comes first.
 * @param {{x: number, y: number}} one
 * @param {{x: number, y: number}} other
 * @returns {Region}
 */
export function drawn(one, other) {
  return {
    left: Math.min(one.x, other.x),
    top: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}

/**
 * The rectangle elsewhere, as large as it was and inside the photo.
 * @param {Region} region
 * @param {number} across
 * @param {number} down
 * @returns {Region}
 */
export function moved(region, across, down) {
  const left = Math.min(100 - region.width, Math.max(0, region.left + across));
  const top = Math.min(100 - region.height, Math.max(0, region.top + down));
  return { ...region, left, top };
}

/**
 * The rectangle with its lower right corner elsewhere, never turned inside out.
 * @param {Region} region
 * @param {number} across
 * @param {number} down
 * @returns {Region}
 */
export function resized(region, across, down) {
  const width = Math.min(100 - region.left, Math.max(STEP, region.width + across));
  const height = Math.min(100 - region.top, Math.max(STEP, region.height + down));
  return { ...region, width, height };
}

/** @param {number} value @returns {string} with two decimals at the most, as a field holds it */
export function percent(value) {
  return String(Math.round(value * 100) / 100);
}
