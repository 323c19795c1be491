// The open place's relations and neighbours as lines; pointing at one in the list makes its line stronger.
import { bboxOf } from "../address.js";
import { all, around } from "../dom.js";
import { Latest } from "../latest.js";
import { selectedIn } from "../selection.js";
import { Drawing } from "./drawing.js";
import { edgeOf } from "./edges.js";

/** @typedef {import("../map-page.js").MapPage} MapPage */
/** @typedef {import("./edges.js").Spot} Spot */
/** @typedef {{sort: string, line: [Spot, Spot]}} Line */

const REACH = 0.02; // degrees around the place, where its neighbours are looked for

export class PlaceLines {
  /** @param {MapPage} page */
  constructor(page) {
    this.page = page;
    this.drawing = new Drawing(page.map);
    this.above = new Drawing(page.map);
    this.latest = new Latest();
    const { view } = page.panel;
    for (const [name, on] of /** @type {const} */ ([
      ["mouseover", true],
      ["mouseout", false],
      ["focusin", true],
      ["focusout", false],
    ])) {
      view.addEventListener(name, (event) => this.#point(around(event, "[data-graph-end]"), on));
    }
  }

  /** Draw the lines of the place that is open now. */
  async refresh() {
    this.latest.stop();
    this.drawing.clear();
    this.above.clear();
    const article = this.page.panel.article;
    if (!article) return;
    const listed = all("[data-graph-end]:not(.edge-past)", article).map((item) => lineTo(item, article));
    if (listed.length) return this.#draw(listed);
    const found = await this.#ask(article).catch(() => null);
    if (found && article === this.page.panel.article) this.#draw(found);
  }

  /** @param {HTMLElement} article @returns {Promise<Line[] | null>} */
  async #ask(article) {
    const { lat, lon } = selectedIn(article);
    const id = article.dataset.placePage;
    const box = { west: lon - REACH, south: lat - REACH, east: lon + REACH, north: lat + REACH };
    const answer = await this.latest.askJson(`${this.page.base}graph/edges?bbox=${bboxOf(box)}&f=json`);
    if (!answer) return null;
    return answer.features
      .filter((/** @type {any} */ { properties: { sort, tail, head } }) => sort && (tail === id || head === id))
      .map(edgeOf);
  }

  /** @param {Line[]} lines */
  #draw(lines) {
    const near = lines.filter(({ sort }) => sort === "neighbour").map(({ line }) => line);
    if (near.length) this.drawing.neighbours(near);
    for (const { sort, line } of lines) if (sort === "relation") this.drawing.relation(line);
    this.page.map.getContainer().dataset.placeLines = String(lines.length);
  }

  /** @param {HTMLElement | null} item @param {boolean} on */
  #point(item, on) {
    const article = this.page.panel.article;
    if (!item || !article) return;
    this.above.clear();
    if (on) this.above.strong(lineTo(item, article).line);
  }
}

/** @param {HTMLElement} item @param {HTMLElement} article @returns {Line} */
function lineTo({ dataset }, article) {
  const [lon, lat] = (dataset.graphEnd ?? "").split(",").map(Number);
  const from = selectedIn(article);
  return { sort: dataset.graphSort ?? "relation", line: [[from.lat, from.lon], [lat, lon]] };
}
