// The tiles under everything; without them the map is still a map.
import * as L from "./leaflet.js";

/** @typedef {import("./note.js").Note} Note */
/** @typedef {import("./words.js").Words} Words */

/**
 * Put the base map under `map`, once one of its tiles has come: where the network fails, that costs one
 * request that fails, not one for each tile of the view.
 * @param {L.Map} map
 * @param {{url: string, attribution: string}} base
 * @param {Note} note
 * @param {Words} words
 */
export function addBaseMap(map, base, note, words) {
  const container = map.getContainer();
  container.classList.add("without-tiles");
  if (!base.url) return;
  const layer = L.tileLayer(base.url, { attribution: base.attribution, maxZoom: 19, maxNativeZoom: 19 });
  const failed = () => {
    layer.remove();
    container.classList.add("without-tiles");
    if (note.open) return; // whatever it says weighs more than a missing background
    note.show("base map", words.say("base_map_failed"), words.say("try_again"), probe);
  };
  const probe = () => {
    const image = new Image();
    image.onload = () => layer.addTo(map);
    image.onerror = failed;
    image.src = tileAt(map, base.url);
  };
  let errors = 0;
  layer.on("load tileload", () => {
    errors = 0;
    container.classList.remove("without-tiles");
    note.close("base map");
  });
  layer.on("tileerror", () => {
    errors += 1;
    if (errors === 8) failed();
  });
  probe();
}

/**
 * The address of the tile in the middle of the view.
 * @param {L.Map} map
 * @param {string} url
 */
function tileAt(map, url) {
  const zoom = Math.min(19, map.getZoom());
  const { x, y } = map.project(map.getCenter(), zoom).divideBy(256).floor();
  return L.Util.template(url, { s: "a", r: "", z: zoom, x, y });
}
