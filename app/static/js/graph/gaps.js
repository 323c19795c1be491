// Sites that no house is near to, marked by rings on the map and listed.
import { announce, one } from "../dom.js";
import { Latest, settled } from "../latest.js";
import { Drawing } from "./drawing.js";
import { placeOf } from "./edges.js";
import { fill, LISTED, placeItem } from "./listing.js";
import { Slider } from "./slider.js";

/** @typedef {import("../map-page.js").MapPage} MapPage */

const PAUSE = 150;
const MOST = 1000;
const FIRST = 1000;

export class Gaps {
  /**
   * @param {MapPage} page
   * @param {HTMLElement} element
   * @param {() => void} changed
   */
  constructor(page, element, changed) {
    this.page = page;
    this.element = element;
    this.drawing = new Drawing(page.map);
    this.latest = new Latest();
    this.box = /** @type {HTMLInputElement} */ (one("[data-gaps-on]", element));
    this.body = one("[data-gaps-body]", element);
    this.said = one("[data-gaps-words]", element);
    this.list = one("[data-gaps-list]", element);
    this.whole = /** @type {HTMLAnchorElement} */ (one("[data-gaps-page]", element));
    this.load = settled(() => this.#load(), PAUSE);
    const act = () => {
      changed();
      this.refresh();
    };
    this.slider = new Slider(element, page.words, act);
    this.slider.set(FIRST);
    this.box.addEventListener("change", act);
  }

  /** How far a house is to be; null where the tool is off. */
  get state() {
    return this.box.checked ? this.slider.metres : null;
  }

  /** @param {number | null} metres */
  set(metres) {
    this.box.checked = metres !== null;
    if (metres !== null) this.slider.set(metres);
    this.refresh();
  }

  refresh() {
    this.body.hidden = !this.box.checked;
    if (this.box.checked) return this.load();
    this.latest.stop();
    this.drawing.clear();
    fill(this.list, [], "");
    this.said.textContent = "";
    return undefined;
  }

  async #load() {
    if (!this.box.checked) return;
    const { words, base } = this.page;
    const metres = this.slider.metres;
    this.whole.href = `${base}graph/gaps?metres=${metres}`;
    try {
      const answer = await this.latest.askJson(`${base}graph/gaps?metres=${metres}&limit=${MOST}&f=json`);
      if (answer && this.box.checked) this.#show(answer.features, words.distance(metres));
    } catch {
      this.#say(words.say("gaps_failed"));
    }
  }

  /** @param {any[]} features @param {string} distance */
  #show(features, distance) {
    const { words, base, configuration } = this.page;
    this.drawing.clear();
    for (const { geometry, properties } of features) {
      const [lon, lat] = firstOf(geometry.coordinates);
      this.drawing.ring([lat, lon], properties.kind);
    }
    const farthest = [...features].sort((one, other) => (other.properties.metres ?? 0) - (one.properties.metres ?? 0));
    const items = farthest.slice(0, LISTED).map((feature) => {
      const far = feature.properties.metres;
      const said = far == null ? words.say("gaps_no_house") : words.say("gaps_nearest", { distance: words.distance(far) });
      return placeItem(base, placeOf(feature, words.language, configuration.kinds), said);
    });
    const rest = features.length - items.length;
    fill(this.list, items, rest > 0 ? words.count("graph_more", rest) : "");
    this.element.dataset.found = String(features.length);
    this.#say(words.amount("gaps", features.length, MOST, { distance }));
  }

  /** @param {string} said */
  #say(said) {
    this.said.textContent = said;
    announce(said);
  }
}

/**
 * The first position of a geometry's coordinates, however deep they lie.
 * @param {any} coordinates
 * @returns {[number, number]}
 */
function firstOf(coordinates) {
  return Array.isArray(coordinates[0]) ? firstOf(coordinates[0]) : coordinates;
}
