// The areas under the pins: shapes loaded once for a layer, painted anew for each indicator.
import * as L from "./leaflet.js";
import { ground } from "./area-rules.js";
import { AreaTiles } from "./area-tiles.js";
import { classOf, colours, valueInWords } from "./class-rules.js";
import { dotted, hatched } from "./fills.js";
import { Latest } from "./latest.js";
import { inSlices } from "./slices.js";

/** @typedef {import("./area-rules.js").Ground} Ground */
/** @typedef {import("./area-tiles.js").Style} Style */
/** @typedef {import("./types.d.ts").Values} Values */
/** @typedef {import("./words.js").Words} Words */

const LINE = { color: "#a9b8c7", weight: 1, opacity: 1 };
const PAINTED = { color: "#7d6a9e", weight: 0.8, opacity: 0.7 };
const OUTLINE = { color: "#17324d", weight: 3, opacity: 1 };
const PALE = { ...LINE, fill: "#ffffff", fillOpacity: 0.6 };

export class Areas {
  /**
   * @param {L.Map} map
   * @param {string} base the city's address
   * @param {Words} words
   */
  constructor(map, base, words) {
    this.map = map;
    this.base = base;
    this.words = words;
    this.tooltip = L.tooltip({ className: "area-tip", direction: "top", offset: [0, -6], opacity: 1 });
    this.slug = "";
    /** @type {AreaTiles | null} */
    this.layer = null;
    /** @type {Values | null} */
    this.values = null;
    this.outlined = "";
    this.turn = 0;
    this.shapes = new Latest();
    this.figures = new Latest();
    map.on("mousemove click", (event) => this.#point(/** @type {L.LeafletMouseEvent} */ (event)));
    map.on("mouseout", () => this.tooltip.remove());
  }

  /**
   * Show a layer, painted by an indicator where one is named; gives its values. "none" shows nothing.
   * Gives undefined where another choice came before this one was shown.
   * @param {string} layer
   * @param {string} indicator
   * @returns {Promise<Values | null | undefined>}
   */
  async show(layer, indicator) {
    const turn = (this.turn += 1);
    const [values] = await Promise.all([this.#load(layer, indicator), this.#draw(layer)]);
    if (turn !== this.turn) return undefined;
    this.values = values;
    this.#paint();
    return values;
  }

  /**
   * Draw a strong line around one area, and say in the map what it is.
   * @param {string} code
   */
  outline(code) {
    this.outlined = code;
    this.#paint();
  }

  /** @param {string} layer @param {string} indicator @returns {Promise<Values | null>} */
  async #load(layer, indicator) {
    this.figures.stop();
    if (layer === "none" || !indicator) return null;
    const query = new URLSearchParams({ indicator, lang: this.words.language });
    return this.figures.askJson(`${this.base}areas/${encodeURIComponent(layer)}/values?${query}`);
  }

  /** @param {string} slug */
  async #draw(slug) {
    if (slug === this.slug) return;
    this.slug = slug;
    this.outlined = "";
    this.layer?.remove();
    this.layer = null;
    if (slug === "none") return;
    const address = `${this.base}areas/${encodeURIComponent(slug)}/shapes`;
    const collection = await this.shapes.askJson(address).catch((error) => {
      this.slug = ""; // so that the next try asks again
      throw error;
    });
    if (!collection || slug !== this.slug) return;
    /** @type {Ground[]} */
    const areas = [];
    const wanted = () => slug === this.slug;
    if (!(await inSlices(collection.features, (each) => areas.push(ground(each)), wanted))) return;
    this.layer = new AreaTiles(areas, () => PALE).addTo(this.map);
    this.map.getContainer().dataset.areas = String(areas.length);
  }

  #paint() {
    const { layer, values } = this;
    if (!layer) return;
    const steps = values?.classes ? colours(values.classes.upper.length) : [];
    const dots = steps.map((colour) => dotted(colour));
    const none = hatched();
    const few = new Set(values?.few_residents);
    layer.paint(({ properties: { code } }) => {
      const line = code === this.outlined ? OUTLINE : LINE;
      const value = values?.values[code];
      if (!values?.classes) return { ...PALE, ...line };
      if (value === undefined) return { ...line, fill: none, fillOpacity: 0.8 };
      const step = classOf(value, values.classes.upper);
      const fill = few.has(code) ? dots[step] : steps[step];
      return { ...(line === LINE ? PAINTED : line), fill, fillOpacity: 0.88 };
    });
  }

  /** @param {L.LeafletMouseEvent} event */
  #point({ latlng, originalEvent }) {
    const onPin = /** @type {Element} */ (originalEvent.target).closest?.(".leaflet-marker-pane, .leaflet-popup-pane");
    const area = onPin ? undefined : this.layer?.at(latlng);
    if (!area) this.tooltip.remove();
    else this.tooltip.setContent(this.#sentence(area.properties)).setLatLng(latlng).addTo(this.map);
  }

  /** @param {{code: string, name: string | null}} area */
  #sentence({ code, name }) {
    const box = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = [name, this.words.say("zone", { code })].filter(Boolean).join(" · ");
    box.append(title);
    if (this.values) {
      const { indicator, values, few_residents } = this.values;
      const value = values[code];
      const said = value === undefined ? this.words.say("no_data") : valueInWords(value, indicator, this.words);
      const few = few_residents.includes(code) ? ` · ${this.words.say("few_residents")}` : "";
      box.append(document.createElement("br"), `${indicator.name}: ${said} (${indicator.year})${few}`);
    }
    return box;
  }
}
