// A layer of areas on the map, drawn a tile at a time: what comes into view is drawn, what was stays.
// Leaflet's own canvas draws all areas in one go after each move, and lays out each border anew for each zoom:
// with the census sections of a city that is a third of a second in which the page answers nobody.
import * as L from "./leaflet.js";
import { areaAt, inWorld, touch } from "./area-rules.js";
import { inSlices } from "./slices.js";

/** @typedef {import("./area-rules.js").Ground} Ground */
/** @typedef {{color: string, weight: number, opacity: number, fill: string | CanvasPattern, fillOpacity: number}} Style */
/** @typedef {{canvas: HTMLCanvasElement, coords: L.Coords, done: () => void}} Tile */

const SIZE = 256;
const THICKEST = 3;
const APART = 0.5; // pixels: nearer corners than these are one

/** Areas that are drawn in pieces and know which of them is where. */
export class AreaTiles extends L.GridLayer {
  /**
   * @param {Ground[]} areas
   * @param {(area: Ground) => Style} styleOf
   */
  constructor(areas, styleOf) {
    super({ pane: "overlayPane" });
    this.areas = areas;
    this.styles = areas.map(styleOf);
    /** @type {Map<HTMLCanvasElement, Tile>} */
    this.tiles = new Map();
    /** @type {Set<Tile>} */
    this.waiting = new Set();
    this.working = false;
    this.sheet = document.createElement("canvas");
    this.on("tileunload", ({ tile }) => this.tiles.delete(/** @type {any} */ (tile)));
  }

  /**
   * Draw every area in its style, those on the map at once.
   * @param {(area: Ground) => Style} styleOf
   */
  paint(styleOf) {
    this.styles = this.areas.map(styleOf);
    for (const tile of this.tiles.values()) this.#ask({ ...tile, done: () => {} });
  }

  /**
   * The area at a point of the map.
   * @param {L.LatLng} point
   */
  at({ lng, lat }) {
    return areaAt(this.areas, inWorld(lng, lat));
  }

  /**
   * @param {L.Coords} coords
   * @param {L.DoneCallback} done
   */
  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIZE * devicePixelRatio;
    const tile = { canvas, coords, done: () => done(undefined, canvas) };
    this.tiles.set(canvas, tile);
    this.#ask(tile);
    return canvas;
  }

  /** @param {Tile} tile */
  async #ask(tile) {
    this.waiting.add(tile);
    if (this.working) return;
    this.working = true;
    await null; // Leaflet makes the tiles of a view in one go: none is drawn before all are asked for
    await inSlices(this.#steps(), (step) => step(), () => true);
    this.working = false;
  }

  /** What there is to draw, in small steps. */
  *#steps() {
    for (const tile of this.waiting) {
      this.waiting.delete(tile);
      if (!this.tiles.has(tile.canvas)) continue;
      yield* this.#drawn(tile);
    }
  }

  /**
   * Drawn on a sheet aside, so that no half-drawn tile is seen.
   * @param {Tile} tile
   */
  *#drawn({ canvas, coords, done }) {
    const [pen, shown] = [this.sheet.getContext("2d"), canvas.getContext("2d")];
    if (!pen || !shown) return;
    const { width } = canvas;
    this.sheet.width = this.sheet.height = width; // which empties it
    pen.scale(width / SIZE, width / SIZE);
    const scale = SIZE * 2 ** coords.z;
    /** @type {[Style, Path2D][]} */
    const drawn = [];
    for (const number of this.#touching(coords, scale)) {
      yield () => {
        const path = traced(this.areas[number].rings, scale, coords);
        drawn.push([this.styles[number], path]);
        pen.fillStyle = this.styles[number].fill;
        pen.globalAlpha = this.styles[number].fillOpacity;
        pen.fill(path, "evenodd");
      };
    }
    yield () => drawn.sort(([one], [other]) => one.weight - other.weight);
    for (const [style, path] of drawn) yield () => stroke(pen, style, path);
    yield () => {
      shown.clearRect(0, 0, width, width);
      shown.drawImage(this.sheet, 0, 0);
      done();
    };
  }

  /**
   * The numbers of the areas that a tile shows something of.
   * @param {L.Coords} coords
   * @param {number} scale pixels of the world
   */
  #touching({ x, y }, scale) {
    const [west, north] = [x * SIZE - THICKEST, y * SIZE - THICKEST];
    const [east, south] = [west + SIZE + 2 * THICKEST, north + SIZE + 2 * THICKEST];
    /** @type {Ground["box"]} */
    const box = [west / scale, north / scale, east / scale, south / scale];
    return [...this.areas.keys()].filter((number) => touch(this.areas[number].box, box));
  }
}

/**
 * @param {Float64Array[]} rings
 * @param {number} scale
 * @param {L.Coords} coords
 */
function traced(rings, scale, coords) {
  const path = new Path2D();
  const [left, top] = [coords.x * SIZE, coords.y * SIZE];
  for (const ring of rings) {
    let [fromX, fromY] = [NaN, NaN];
    for (let at = 0; at < ring.length; at += 2) {
      const [x, y] = [ring[at] * scale - left, ring[at + 1] * scale - top];
      if (Math.abs(x - fromX) + Math.abs(y - fromY) < APART) continue;
      if (at) path.lineTo(x, y);
      else path.moveTo(x, y);
      [fromX, fromY] = [x, y];
    }
    path.closePath();
  }
  return path;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Style} style
 * @param {Path2D} path
 */
function stroke(pen, { color, weight, opacity }, path) {
  pen.strokeStyle = color;
  pen.lineWidth = weight;
  pen.globalAlpha = opacity;
  pen.lineJoin = "round";
  pen.stroke(path);
}
