// The part of the map that nothing covers.
import * as L from "./leaflet.js";
import { narrow, one } from "./dom.js";

/** @typedef {import("./types.d.ts").Box} Box */

export class Visible {
  /** @param {L.Map} map */
  constructor(map) {
    this.map = map;
  }

  /**
   * What covers the map on each side, in pixels. On a phone `resting` leaves out how far the sheet is pulled up.
   * @param {boolean} [resting]
   */
  margins(resting = false) {
    const around = this.map.getContainer().getBoundingClientRect();
    const panel = one("[data-panel]").getBoundingClientRect();
    if (!narrow.matches) return { left: panel.right - around.left + 8, top: 0, right: 0, bottom: 0 };
    const top = one(".top").getBoundingClientRect().bottom - around.top;
    return { left: 0, top, right: 0, bottom: resting ? 96 : around.bottom - panel.top };
  }

  /** @param {boolean} [resting] */
  rectangle(resting) {
    const { left, top, right, bottom } = this.margins(resting);
    const size = this.map.getSize();
    const corner = L.point(Math.max(left + 1, size.x - right), Math.max(top + 1, size.y - bottom));
    return L.bounds(L.point(left, top), corner);
  }

  /**
   * The box of degrees that can be seen.
   * @returns {Box}
   */
  box() {
    const { min, max } = this.rectangle(true);
    return boxOf(this.map, L.bounds(L.point(min?.x ?? 0, 0), max ?? L.point(1, 1)));
  }

  /**
   * The box of degrees of the whole map, what is covered included.
   * @returns {Box}
   */
  whole() {
    return boxOf(this.map, L.bounds(L.point(0, 0), this.map.getSize()));
  }

  /**
   * The box of degrees around a point.
   * @param {L.LatLngExpression} place
   * @param {number} reach pixels each way
   * @returns {Box}
   */
  around(place, reach) {
    const at = this.map.latLngToContainerPoint(place);
    return boxOf(this.map, L.bounds(at.subtract([reach, reach]), at.add([reach, reach])));
  }

  /**
   * Move the map as little as brings a point into the part that can be seen.
   * @param {L.LatLngExpression} place
   */
  reveal(place) {
    const { min, max } = this.rectangle();
    const at = this.map.latLngToContainerPoint(place);
    if (!min || !max) return;
    const margin = Math.min(56, (max.x - min.x) / 3, (max.y - min.y) / 3);
    const by = L.point(
      Math.min(0, at.x - min.x - margin) + Math.max(0, at.x - max.x + margin),
      Math.min(0, at.y - min.y - margin) + Math.max(0, at.y - max.y + margin),
    );
    if (by.x || by.y) this.map.panBy(by);
  }

  /**
   * Show a box in the part that can be seen.
   * @param {L.LatLngBoundsExpression} bounds
   * @param {L.FitBoundsOptions} [options]
   */
  fit(bounds, options = {}) {
    const { left, top, right, bottom } = this.margins();
    const padding = 12;
    this.map.fitBounds(bounds, {
      paddingTopLeft: [left + padding, top + padding],
      paddingBottomRight: [right + padding, bottom + padding],
      ...options,
    });
  }

  /**
   * Show a box beside the legend where that takes no zoom away from it, else beside the panel alone.
   * @param {L.LatLngBounds} bounds
   */
  fitBesideLegend(bounds) {
    const { left, top, right, bottom } = this.margins();
    const legend = one("[data-legend]").getBoundingClientRect();
    const free = narrow.matches || !legend.width ? right : this.map.getSize().x - legend.left;
    const zoom = (/** @type {number} */ side) =>
      this.map.getBoundsZoom(bounds, false, L.point(left + side, top + bottom));
    this.fit(bounds, {
      paddingTopLeft: [left, top],
      paddingBottomRight: [zoom(free) < zoom(right) ? right : free, bottom],
    });
  }

  /**
   * Show a point in the middle of the part that can be seen.
   * @param {L.LatLngExpression} place
   * @param {number} zoom
   */
  centre(place, zoom) {
    const middle = this.rectangle().getCenter();
    const shift = middle.subtract(this.map.getSize().divideBy(2));
    this.map.setView(this.map.unproject(this.map.project(place, zoom).subtract(shift), zoom), zoom);
  }
}

/**
 * @param {L.Map} map
 * @param {L.Bounds} pixels
 * @returns {Box}
 */
function boxOf(map, pixels) {
  const northWest = map.containerPointToLatLng(pixels.min ?? [0, 0]);
  const southEast = map.containerPointToLatLng(pixels.max ?? [1, 1]);
  return { west: northWest.lng, south: southEast.lat, east: southEast.lng, north: northWest.lat };
}
