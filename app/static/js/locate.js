// "Show me where I am": asks the browser only when the button is pressed.
import * as L from "./leaflet.js";
import { one } from "./dom.js";

/** @typedef {import("./note.js").Note} Note */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./visible.js").Visible} Visible */

const PATIENCE = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 };

/**
 * @param {L.Map} map
 * @param {Visible} visible
 * @param {[number, number, number, number]} home west, south, east, north of the city
 * @param {Note} note
 * @param {Words} words
 * @returns {(then?: (here: L.LatLng) => void) => void} asks where the reader is, shows it, and tells it on
 */
export function mountLocate(map, visible, [west, south, east, north], note, words) {
  const button = one("[data-locate]");
  const city = L.latLngBounds([south, west], [north, east]).pad(1);
  const layer = L.layerGroup().addTo(map);
  /** @type {((here: L.LatLng) => void) | undefined} */
  let told;

  /** @param {GeolocationPosition} position */
  const found = ({ coords: { latitude, longitude, accuracy } }) => {
    button.removeAttribute("aria-busy");
    layer.clearLayers();
    if (!city.contains([latitude, longitude])) return note.show("locate", words.say("locate_far"));
    const here = L.latLng(latitude, longitude);
    L.circle(here, { radius: accuracy, className: "here-range", interactive: false }).addTo(layer);
    L.circleMarker(here, { radius: 7, className: "here", interactive: false }).addTo(layer);
    visible.centre(here, Math.max(15, map.getZoom()));
    note.show("locate", words.say("locate_found", { distance: words.distance(accuracy) }));
    return told?.(here);
  };

  /** @param {GeolocationPositionError} error */
  const failed = ({ code, PERMISSION_DENIED }) => {
    button.removeAttribute("aria-busy");
    note.show("locate", words.say(code === PERMISSION_DENIED ? "locate_refused" : "locate_failed"));
  };

  /** @param {(here: L.LatLng) => void} [then] */
  const locate = (then) => {
    told = then;
    if (!navigator.geolocation) return note.show("locate", words.say("locate_failed"));
    button.setAttribute("aria-busy", "true");
    return navigator.geolocation.getCurrentPosition(found, failed, PATIENCE);
  };

  button.addEventListener("click", () => locate());
  return locate;
}
