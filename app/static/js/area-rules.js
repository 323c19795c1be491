// The areas of a layer as flat borders, and which of them is where. Pure.

/**
 * An area whose borders are in units of the world: Web Mercator, from 0 to 1, west to east and north to south.
 * @typedef {object} Ground
 * @property {{code: string, name: string | null}} properties
 * @property {Float64Array[]} rings x and y in turns; holes are told by the even-odd rule
 * @property {[number, number, number, number]} box west, north, east, south
 */

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {[number, number]}
 */
export function inWorld(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/**
 * @param {any} feature of GeoJSON: a polygon or several
 * @returns {Ground}
 */
export function ground({ properties, geometry }) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  /** @type {[number, number, number, number]} */
  const box = [1, 1, 0, 0];
  const rings = polygons.flat().map((/** @type {number[][]} */ ring) => {
    const flat = new Float64Array(2 * ring.length);
    ring.forEach(([lon, lat], at) => {
      const [x, y] = inWorld(lon, lat);
      flat[2 * at] = x;
      flat[2 * at + 1] = y;
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    });
    return flat;
  });
  return { properties, rings, box };
}

/**
 * Whether two boxes have a point in common.
 * @param {Ground["box"]} one
 * @param {Ground["box"]} other
 */
export function touch(one, other) {
  return one[0] <= other[2] && other[0] <= one[2] && one[1] <= other[3] && other[1] <= one[3];
}

/**
 * The area that holds a point of the world; of several, the one that is drawn above the others.
 * @param {Ground[]} areas
 * @param {[number, number]} point
 */
export function areaAt(areas, [x, y]) {
  return areas.findLast((area) => touch(area.box, [x, y, x, y]) && holds(area.rings, x, y));
}

/**
 * @param {Float64Array[]} rings
 * @param {number} x
 * @param {number} y
 */
function holds(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let at = 2; at < ring.length; at += 2) {
      const [fromX, fromY, toX, toY] = [ring[at - 2], ring[at - 1], ring[at], ring[at + 1]];
      if (fromY > y !== toY > y && x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)) inside = !inside;
    }
  }
  return inside;
}
