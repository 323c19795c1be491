// The Leaflet map itself: calm where the reader wants calm, and no stop for the keyboard but its pins.
import * as L from "./leaflet.js";
import { all, calm } from "./dom.js";

/**
 * @param {HTMLElement} element
 * @returns {L.Map}
 */
export function mapOn(element) {
  const moving = !calm.matches;
  const map = L.map(element, {
    zoomControl: false,
    attributionControl: true,
    minZoom: 3,
    maxZoom: 19,
    worldCopyJump: true,
    inertia: moving,
    zoomAnimation: moving,
    fadeAnimation: moving,
    markerZoomAnimation: moving,
  });
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
  for (const pane of all(".leaflet-pane", element)) pane.removeAttribute("tabindex");
  return map;
}
