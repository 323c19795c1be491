// A small map on a page to read: of a place its versions before and after, and for moderators what the public
// sees, what is exact, what is near; of zones their shapes, their neighbours and the nearest house.
import { all } from "../dom.js";
import * as L from "../leaflet.js";

/** @type {Record<string, L.PathOptions>} */
const STYLES = {
  public: { color: "#0066cc", weight: 3, fillOpacity: 0.3 },
  exact: { color: "#b3261e", weight: 3, fillOpacity: 0.3 },
  before: { color: "#566a7f", weight: 3, fillOpacity: 0.2, dashArray: "4 4" },
  after: { color: "#0066cc", weight: 3, fillOpacity: 0.3 },
  area: { color: "#5e4599", weight: 3, fillOpacity: 0.25 },
  other: { color: "#8f6200", weight: 3, fillOpacity: 0.2, dashArray: "6 4" },
  house: { color: "#00507d", weight: 2, fillColor: "#0072b2", fillOpacity: 0.9 },
  near: { color: "#566a7f", weight: 2, fillOpacity: 0.05 },
};

/** @param {HTMLElement} element */
function draw(element) {
  const map = L.map(element, { scrollWheelZoom: false });
  const tiles = element.dataset.tiles;
  if (tiles) L.tileLayer(tiles, { attribution: element.dataset.attribution ?? "", maxZoom: 19 }).addTo(map);
  /** @type {{role: string, geometry: GeoJSON.Geometry | string}[]} the database gives geometries as text */
  const shapes = JSON.parse(element.dataset.shapes ?? "[]");
  const drawn = L.featureGroup();
  for (const { role, geometry } of [...shapes].reverse()) {
    const style = STYLES[role] ?? {};
    const radius = role === "near" ? 6 : role === "house" ? 7 : 9;
    const layer = L.geoJSON(typeof geometry === "string" ? JSON.parse(geometry) : geometry, {
      style,
      interactive: false,
      pointToLayer: (_, at) => L.circleMarker(at, { ...style, radius, interactive: false }),
    }).addTo(map);
    if (role !== "near") drawn.addLayer(layer);
  }
  if (drawn.getLayers().length) map.fitBounds(drawn.getBounds().pad(0.4), { maxZoom: 17, animate: false });
}

for (const element of all("[data-small-map]")) draw(element);
