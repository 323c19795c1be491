// The corners of a drawn area: as the address carries them, and whether its sides cross. Pure.

/** @typedef {[number, number]} Corner longitude and latitude, in degrees */

/** @param {number} degrees a metre is enough, and keeps the address short */
const short = (degrees) => String(Number(degrees.toFixed(5)));

/**
 * Corners as `lon,lat;lon,lat`.
 * @param {Corner[]} corners
 */
export function written(corners) {
  return corners.map(([lon, lat]) => `${short(lon)},${short(lat)}`).join(";");
}

/**
 * The corners that such words name; what is no corner is passed over, and the server says why.
 * @param {string} words
 * @returns {Corner[]}
 */
export function read(words) {
  return words
    .split(";")
    .map((part) => part.split(",").map((number) => (number.trim() ? Number(number) : NaN)))
    .filter((pair) => pair.length === 2 && pair.every(Number.isFinite))
    .map(([lon, lat]) => [lon, lat]);
}

/**
 * Corners with one more; the same twice is one.
 * @param {Corner[]} corners
 * @param {Corner} corner
 * @returns {Corner[]}
 */
export function added(corners, corner) {
  const last = corners.at(-1);
  return last && written([last]) === written([corner]) ? corners : [...corners, corner];
}

/**
 * Whether two sides that are not neighbours cross each other.
 * @param {Corner[]} corners
 */
export function crosses(corners) {
  const sides = corners.map((corner, at) => [corner, corners[(at + 1) % corners.length]]);
  return sides.some(([a, b], first) =>
    sides.some(([c, d], second) => {
      const apart = Math.abs(first - second);
      if (first >= second || apart === 1 || apart === corners.length - 1) return false;
      return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
    }),
  );
}

/**
 * Above 0 where c lies to the left of the way from a to b, below where to the right.
 * @param {Corner} a @param {Corner} b @param {Corner} c
 */
function turn(a, b, c) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
