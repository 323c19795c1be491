// Which pins stay, come and go; how large a disc is and how its ring is shared. Pure.

/** @typedef {import("./types.d.ts").Pin} Pin */
/** @typedef {import("./words.js").Words} Words */

const GAP = 1.2; // between the shares of a ring, in hundredths of it

/**
 * What makes a pin the same one after the view has changed: a place its id, a cluster its stand and count.
 * @param {Pin} pin
 */
export function keyOf(pin) {
  return pin.id ?? `${pin.geometry.coordinates.join(",")}:${pin.properties.count}`;
}

/**
 * Which of the shown pins must go, and which of the wanted must come.
 * @param {Iterable<string>} shown keys
 * @param {Pin[]} wanted
 */
export function changes(shown, wanted) {
  const held = new Set(shown);
  const keys = new Set(wanted.map(keyOf));
  return {
    gone: [...held].filter((key) => !keys.has(key)),
    come: wanted.filter((pin) => !held.has(keyOf(pin))),
  };
}

/**
 * The radius of a cluster's disc, in pixels: it grows with the digits, as the server's does when it unites discs.
 * @param {number} places
 */
export function radiusOf(places) {
  return Math.round(15 + 3 * Math.log10(Math.max(1, places)));
}

/**
 * The ring around a disc: for each kind its share and where it begins, in hundredths, with gaps between them.
 * A share too small to be seen is drawn as wide as a gap.
 * @param {Record<string, number>} kinds
 */
export function ringOf(kinds) {
  const shares = Object.entries(kinds).filter(([, count]) => count > 0);
  if (shares.length === 1) return [{ kind: shares[0][0], start: 0, length: 100 }];
  const total = shares.reduce((sum, [, count]) => sum + count, 0);
  const room = 100 - GAP * shares.length;
  const drawn = shares.map(([kind, count]) => ({ kind, length: Math.max(GAP, (count / total) * room) }));
  const used = drawn.reduce((sum, { length }) => sum + length, 0);
  let start = 0;
  return drawn.map(({ kind, length }) => {
    const arc = { kind, start, length: (length / used) * room };
    start += arc.length + GAP;
    return arc;
  });
}

/**
 * The name of a pin for somebody who does not see it: its title, kind and status, or what a cluster holds.
 * @param {Pin} pin
 * @param {Words} words
 * @param {{kinds: Record<string, string>, statuses: Record<string, Record<string, string>>}} names
 */
export function nameOf({ properties }, words, names) {
  if (properties.count) {
    const held = Object.entries(properties.kinds ?? {}).sort(([, a], [, b]) => b - a);
    const kinds = held.map(([kind, count]) => `${names.kinds[kind]} ${words.number(count)}`).join(", ");
    return words.say("cluster", { n: words.number(properties.count), kinds });
  }
  const { kind = "place", status = "active", title } = properties;
  return [title, names.kinds[kind], names.statuses[kind]?.[status]].filter(Boolean).join(", ");
}

/**
 * The pin that stands nearest to a point on the screen; undefined where there is none.
 * @template {{x: number, y: number}} P
 * @param {P[]} points
 * @param {{x: number, y: number}} to
 */
export function nearest(points, to) {
  const far = (/** @type {P} */ point) => Math.hypot(point.x - to.x, point.y - to.y);
  return points.reduce((/** @type {P | undefined} */ best, point) => (!best || far(point) < far(best) ? point : best), undefined);
}
