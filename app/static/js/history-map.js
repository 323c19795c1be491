// A small map of a version of a place: grey where it was before, blue where it is now.
import { all } from "./dom.js";
import * as L from "./leaflet.js";

/** @type {Record<string, L.PathOptions>} */
const STYLES = {
  before: { color: "#566a7f", weight: 3, fillOpacity: 0.2, dashArray: "4 4" },
  after: { color: "#0066cc", weight: 3, fillOpacity: 0.3 },
};

/** @param {HTMLElement} element */
function draw(element) {
  const map = L.map(element, { scrollWheelZoom: false });
  const { tiles, attribution, shapes } = element.dataset;
  if (tiles) L.tileLayer(tiles, { attribution: attribution ?? "", maxZoom: 19 }).addTo(map);
  const drawn = L.featureGroup();
  for (const { role, geometry } of JSON.parse(shapes ?? "[]")) {
    const style = { ...STYLES[role], interactive: false };
    const options = { ...style, style, pointToLayer: (/** @type {unknown} */ _, /** @type {L.LatLng} */ at) => L.circleMarker(at, { ...style, radius: 9 }) };
    drawn.addLayer(L.geoJSON(JSON.parse(geometry), options).addTo(map));
  }
  map.fitBounds(drawn.getBounds().pad(0.4), { maxZoom: 17, animate: false });
}

for (const element of all("[data-history-map]")) draw(element);
