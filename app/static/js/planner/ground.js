// The areas under the pins of the planner's page: their shapes drawn once, painted anew for each choice, and one
// marked by a line that costs no drawing of the others.
import * as L from "../leaflet.js";
import { ground } from "../area-rules.js";
import { AreaTiles } from "../area-tiles.js";

/** @typedef {import("../area-rules.js").Ground} Area */
/** @typedef {import("../area-tiles.js").Style} Style */

export class Ground {
  /**
   * @param {L.Map} map
   * @param {(area: {code: string, name: string | null} | null, at: L.LatLng) => void} point
   * @param {(code: string) => void} pick
   */
  constructor(map, point, pick) {
    this.map = map;
    /** @type {AreaTiles | null} */
    this.tiles = null;
    this.address = "";
    /** @type {Map<string, any>} the shapes as GeoJSON, by code */
    this.shapes = new Map();
    map.createPane("marked").style.zIndex = "450";
    const drawn = { pane: "marked", interactive: false };
    this.renderer = L.svg({ pane: "marked" });
    this.marked = this.#line("area-marked", drawn);
    this.under = this.#line("area-under", drawn);
    map.on("mousemove", (event) => point(this.#at(event), event.latlng));
    map.on("mouseout", (event) => point(null, event.latlng));
    map.on("click", (event) => {
      const found = this.#at(event);
      if (found) pick(found.code);
    });
  }

  /**
   * The area under the pointer; none where a pin lies above it.
   * @param {L.LeafletMouseEvent} event
   */
  #at({ latlng, originalEvent }) {
    const onPin = /** @type {Element} */ (originalEvent.target).closest?.(".leaflet-marker-pane");
    return onPin ? null : (this.tiles?.at(latlng)?.properties ?? null);
  }

  /** @param {string} className @param {L.GeoJSONOptions} drawn */
  #line(className, drawn) {
    const options = { ...drawn, style: { className, renderer: this.renderer } };
    return L.geoJSON(undefined, /** @type {L.GeoJSONOptions} */ (options)).addTo(this.map);
  }

  /**
   * Show the shapes of a layer.
   * @param {string} address where they are
   * @param {any} collection them, as GeoJSON
   * @param {(code: string) => Style} styleOf
   */
  show(address, collection, styleOf) {
    this.tiles?.remove();
    this.address = address;
    this.shapes = new Map(collection.features.map((/** @type {any} */ one) => [one.properties.code, one]));
    this.tiles = new AreaTiles(collection.features.map(ground), ({ properties }) => styleOf(properties.code));
    this.tiles.addTo(this.map);
    this.map.getContainer().dataset.areas = String(collection.features.length);
  }

  /** @param {(code: string) => Style} styleOf */
  paint(styleOf) {
    this.tiles?.paint(({ properties }) => styleOf(properties.code));
  }

  /**
   * Draw a line around one area; around none for "".
   * @param {"marked" | "under"} line
   * @param {string} code
   */
  outline(line, code) {
    this[line].clearLayers();
    const shape = this.shapes.get(code);
    if (shape) this[line].addData(shape);
  }

  /** The box of all areas; of one where its code is given. @param {string} [code] */
  box(code) {
    const shape = code ? this.shapes.get(code) : undefined;
    const shapes = shape ? [shape] : [...this.shapes.values()];
    return L.geoJSON(/** @type {any} */ ({ type: "FeatureCollection", features: shapes })).getBounds();
  }
}
