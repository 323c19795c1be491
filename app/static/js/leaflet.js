// The one door to Leaflet, so that its types (leaflet.d.ts) stand beside it.
export * from "../vendor/leaflet/leaflet.js";
