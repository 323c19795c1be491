// What an address says of the page, and the addresses that the page asks for. Pure.

/** @typedef {import("./types.d.ts").View} View */
/** @typedef {import("./types.d.ts").Box} Box */
/** @typedef {import("./types.d.ts").Asked} Asked */

const MOST_NORTH = 85.05; // where Web Mercator ends

/**
 * The view that a hash such as #13/45.07/7.68 names; null where it names none.
 * @param {string} hash
 * @returns {View | null}
 */
export function viewOf(hash) {
  const found = /^#?(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/.exec(hash);
  if (!found) return null;
  const [zoom, lat, lon] = found.slice(1).map(Number);
  if (zoom > 22 || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return { zoom, lat, lon };
}

/**
 * The hash of a view, precise to about a pixel at its zoom.
 * @param {View} view
 */
export function hashOf({ zoom, lat, lon }) {
  const digits = Math.max(2, Math.min(6, Math.ceil(zoom / 3)));
  return `#${zoom}/${lat.toFixed(digits)}/${lon.toFixed(digits)}`;
}

/**
 * @param {string} search a query string
 * @returns {Asked}
 */
export function askedOf(search) {
  const given = new URLSearchParams(search);
  const list = (/** @type {string} */ name) => given.getAll(name).join(",").split(",").filter(Boolean);
  return {
    kind: list("kind"),
    status: list("status"),
    q: (given.get("q") ?? "").trim(),
    confirmed_since: given.get("confirmed_since") ?? "",
    layer: given.get("layer") ?? "",
    indicator: given.get("indicator") ?? "",
    graph: given.get("graph") ?? "",
  };
}

/**
 * The filters that act on pins and list alike, as parameters.
 * @param {Asked} asked
 */
function filters(asked) {
  const { q, confirmed_since } = asked;
  return { kind: asked.kind.join(","), status: asked.status.join(","), q, confirmed_since };
}

/**
 * A query string without its empty parameters, commas left readable; "" where nothing is asked.
 * @param {Record<string, string | number>} values
 */
export function queryOf(values) {
  const given = Object.entries(values).filter(([, value]) => value !== "");
  const words = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return words ? `?${words.replaceAll("%2C", ",")}` : "";
}

/**
 * The query string of the page's own address.
 * @param {Asked} asked
 */
export function searchOf(asked) {
  return queryOf({ ...filters(asked), layer: asked.layer, indicator: asked.indicator, graph: asked.graph });
}

/**
 * A box as the server reads it; what lies beyond the map's edges is cut off.
 * @param {Box} box
 */
export function bboxOf({ west, south, east, north }) {
  const within = (/** @type {number} */ value, /** @type {number} */ limit) =>
    Number(Math.max(-limit, Math.min(limit, value)).toFixed(6));
  return [within(west, 180), within(south, MOST_NORTH), within(east, 180), within(north, MOST_NORTH)].join(",");
}

/**
 * A box grown on every side by a share of its size.
 * @param {Box} box
 * @param {number} share
 * @returns {Box}
 */
export function grown({ west, south, east, north }, share) {
  const across = (east - west) * share;
  const up = (north - south) * share;
  return { west: west - across, south: south - up, east: east + across, north: north + up };
}

/**
 * Whether the first box holds the whole second one.
 * @param {Box} outer
 * @param {Box} inner
 */
export function holds(outer, inner) {
  return (
    outer.west <= inner.west && outer.south <= inner.south && outer.east >= inner.east && outer.north >= inner.north
  );
}

/**
 * @param {string} base the city's address
 * @param {Asked} asked
 * @param {Box} box
 * @param {number} zoom
 * @param {string} lang
 */
export function pinsAddress(base, asked, box, zoom, lang) {
  return `${base}pins${queryOf({ bbox: bboxOf(box), zoom, ...filters(asked), lang })}`;
}

/**
 * @param {string} base the city's address
 * @param {Asked} asked
 * @param {Box} box
 * @param {number} page
 * @param {string} lang
 */
export function listAddress(base, asked, box, page, lang) {
  const chosen = { layer: asked.layer, indicator: asked.indicator };
  return `${base}list${queryOf({ bbox: bboxOf(box), ...filters(asked), ...chosen, page: page > 1 ? page : "", lang })}`;
}

/**
 * The id of the place that an address is the page of; null for the map's own page.
 * @param {string} path
 */
export function placeOf(path) {
  return /\/places\/([0-9a-f-]{36})$/i.exec(path)?.[1] ?? null;
}
