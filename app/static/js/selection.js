// The open place on the map: its shape, and a circle as wide as its position is uncertain.
import * as L from "./leaflet.js";
import { shape } from "./shapes.js";

/** @typedef {{lat: number, lon: number, kind: string, status: string, accuracy: number, geometry: any}} Selected */

export class Selection {
  /** @param {L.Map} map */
  constructor(map) {
    map.createPane("selection").style.zIndex = "450";
    this.layer = L.layerGroup().addTo(map);
  }

  /** @param {Selected} place */
  show({ lat, lon, kind, status, accuracy, geometry }) {
    this.clear();
    const style = { pane: "selection", className: `uncertain k-${kind}`, interactive: false };
    if (geometry && geometry.type !== "Point") {
      const drawn = { ...style, className: `outline k-${kind}` };
      this.layer.addLayer(L.geoJSON(geometry, { style: drawn, pane: "selection", interactive: false }));
    } else if (accuracy > 0) this.layer.addLayer(L.circle([lat, lon], { ...style, radius: accuracy }));
    const html = `<span class="selected">${shape(kind, status)}</span>`;
    const icon = L.divIcon({ html, className: "pin pin-selected", iconSize: [46, 46] });
    const marker = L.marker([lat, lon], { icon, keyboard: false, interactive: false, zIndexOffset: 2000 });
    this.layer.addLayer(marker);
    marker.getElement()?.setAttribute("aria-hidden", "true");
  }

  clear() {
    this.layer.clearLayers();
  }
}

/**
 * What the fragment of a place says of it, by its data- attributes.
 * @param {HTMLElement} article
 * @returns {Selected}
 */
export function selectedIn({ dataset }) {
  return {
    lat: Number(dataset.lat),
    lon: Number(dataset.lon),
    kind: dataset.kind ?? "place",
    status: dataset.status ?? "active",
    accuracy: Number(dataset.accuracy),
    geometry: dataset.geometry ? JSON.parse(dataset.geometry) : null,
  };
}
