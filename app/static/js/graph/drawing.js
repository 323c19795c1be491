// Lines and rings of the graph, between the zones and the pins. They are for the eye: lists say the same.
import * as L from "../leaflet.js";

/** @typedef {import("./edges.js").Edge} Edge */
/** @typedef {import("./edges.js").Spot} Spot */

/** One thing drawn on the map, which is drawn anew as a whole. */
export class Drawing {
  /** @param {L.Map} map */
  constructor(map) {
    const pane = map.getPane("graph") ?? map.createPane("graph");
    pane.style.zIndex = "440";
    this.renderer = rendererOf(map);
    this.layer = L.layerGroup().addTo(map);
  }

  clear() {
    this.layer.clearLayers();
  }

  /**
   * A relation, with an arrow in its middle.
   * @param {[Spot, Spot]} line
   * @param {string} [said] what the pointer is told
   */
  relation([from, to], said) {
    /** @type {Spot} */
    const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const path = this.#line([from, middle, to], "relation", Boolean(said));
    path.getElement()?.setAttribute("marker-mid", "url(#graph-arrow)");
    if (said) path.bindTooltip(() => text(said), { sticky: true, className: "area-tip" });
    return path;
  }

  /**
   * Many neighbours are one path: the map then moves as smoothly as without them.
   * @param {[Spot, Spot][]} lines
   */
  neighbours(lines) {
    return this.#line(lines, "neighbour", false);
  }

  /**
   * A strong line over the others.
   * @param {Spot[]} line
   */
  strong(line) {
    return this.#line(line, "strong-line", false);
  }

  /**
   * @param {Spot} at
   * @param {string} kind
   */
  ring(at, kind) {
    const style = { renderer: this.renderer, radius: 15, className: `graph-ring k-${kind}`, interactive: false };
    return L.circleMarker(at, style).addTo(this.layer);
  }

  /** @param {Spot[] | Spot[][]} line @param {string} className @param {boolean} interactive */
  #line(line, className, interactive) {
    const style = { renderer: this.renderer, className, interactive, smoothFactor: 0, noClip: true };
    return L.polyline(line, style).addTo(this.layer);
  }
}

/** @type {WeakMap<L.Map, L.SVG>} */
const renderers = new WeakMap();

/** @param {L.Map} map */
function rendererOf(map) {
  const there = renderers.get(map) ?? L.svg({ pane: "graph", padding: 0.5 });
  renderers.set(map, there);
  return there;
}

/** @param {string} said */
function text(said) {
  const box = document.createElement("span");
  box.textContent = said;
  return box;
}
