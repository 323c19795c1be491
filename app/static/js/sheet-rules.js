// The three heights of the sheet on a phone. Pure.

export const HEIGHTS = /** @type {const} */ (["peek", "half", "full"]);

/** @typedef {(typeof HEIGHTS)[number]} Height */

/**
 * How tall each height is, in pixels of a window this tall.
 * @param {number} window
 * @param {number} top what must stay free above the tallest
 * @returns {Record<Height, number>}
 */
export function pixels(window, top) {
  const full = Math.max(200, window - top);
  const peek = Math.min(96, full);
  return { peek, half: Math.max(peek, Math.min(Math.round(window * 0.5), full)), full };
}

/**
 * The height after the next press of the handle.
 * @param {Height} height
 * @returns {Height}
 */
export function next(height) {
  return HEIGHTS[(HEIGHTS.indexOf(height) + 1) % HEIGHTS.length];
}

/**
 * Where a sheet that was let go comes to rest: a quick flick takes it one height on, else the nearest wins.
 * @param {number} tall its height when it was let go
 * @param {number} speed in pixels a millisecond, upwards positive
 * @param {Record<Height, number>} heights
 * @returns {Height}
 */
export function resting(tall, speed, heights) {
  const sorted = [...HEIGHTS];
  if (speed > 0.5) return sorted.find((name) => heights[name] > tall) ?? "full";
  if (speed < -0.5) return sorted.reverse().find((name) => heights[name] < tall) ?? "peek";
  const far = (/** @type {Height} */ name) => Math.abs(heights[name] - tall);
  return sorted.reduce((best, name) => (far(name) < far(best) ? name : best));
}
