// The legend: which indicator colours the zones, what each colour means, and who says so.
import { queryOf } from "./address.js";
import { all, narrow, one } from "./dom.js";
import { colours, ranges } from "./class-rules.js";

/** @typedef {import("./types.d.ts").Values} Values */
/** @typedef {import("./words.js").Words} Words */

export class Legend {
  /**
   * @param {string} base the city's address
   * @param {Words} words
   * @param {(layer: string, indicator: string) => void} choose
   */
  constructor(base, words, choose) {
    this.base = base;
    this.words = words;
    this.element = one("[data-legend]");
    this.select = /** @type {HTMLSelectElement} */ (one("[data-indicator]"));
    this.toggle = one("[data-legend-toggle]");
    this.select.addEventListener("change", () => {
      const [layer, indicator] = this.select.value.split("/");
      choose(layer, indicator);
    });
    this.toggle.addEventListener("click", () => this.#open(this.toggle.getAttribute("aria-expanded") !== "true"));
    this.#open(!narrow.matches);
  }

  /** The layer and the indicator that are chosen. */
  chosen() {
    const [layer = "none", indicator = ""] = this.select.value.split("/");
    return { layer, indicator };
  }

  /** @param {string} layer @param {string} indicator */
  set(layer, indicator) {
    this.select.value = `${layer}/${indicator}`;
  }

  /**
   * Say what the map shows now.
   * @param {string} layer
   * @param {Values | null} values
   */
  show(layer, values) {
    for (const note of all("[data-approximate]", this.element)) note.hidden = note.dataset.approximate !== layer;
    const chosen = this.select.selectedOptions[0];
    const group = chosen?.parentElement instanceof HTMLOptGroupElement ? chosen.parentElement.label : chosen?.text;
    one("[data-legend-title]").textContent = values ? values.indicator.name : (group ?? "");
    one("[data-legend-figure]").hidden = !values;
    one("[data-legend-mini]").replaceChildren();
    const study = /** @type {HTMLAnchorElement} */ (one("[data-legend-study]"));
    const indicator = values?.indicator.slug ?? "";
    study.href = `${this.base}areas${queryOf({ layer: layer === "none" ? "" : layer, indicator })}`;
    if (values) this.#figure(layer, values);
  }

  /** @param {string} layer @param {Values} values */
  #figure(layer, { indicator, classes, few_residents, few_residents_below, values }) {
    const { words } = this;
    one("[data-legend-description]").textContent = indicator.description;
    const direction = { 1: "more_fragile", [-1]: "less_fragile" }[indicator.polarity];
    const unit = [indicator.unit, indicator.year].filter(Boolean).join(", ");
    one("[data-legend-unit]").textContent = unit;
    one("[data-legend-direction]").textContent = direction ? words.say(direction) : "";
    const steps = classes ? colours(classes.upper.length) : [];
    const said = classes ? ranges(classes, indicator.decimals, words) : [];
    one("[data-legend-classes]").replaceChildren(...steps.map((colour, number) => row(colour, said[number])));
    one("[data-legend-mini]").replaceChildren(...steps.map(swatch));
    const areas = Number(document.querySelector("[data-areas]")?.getAttribute("data-areas") ?? 0);
    one("[data-legend-nodata]").hidden = areas <= Object.keys(values).length;
    one("[data-legend-few]").hidden = !few_residents.length;
    one("[data-legend-few-words]").textContent = words.say("few_legend", { n: words.number(few_residents_below) });
    one("[data-legend-source]").textContent = words.say("source", {
      source: indicator.source,
      licence: indicator.licence,
    });
    const table = /** @type {HTMLAnchorElement} */ (one("[data-legend-table]"));
    table.href = `${this.base}areas/${encodeURIComponent(layer)}?indicator=${encodeURIComponent(indicator.slug)}`;
  }

  /** @param {boolean} open */
  #open(open) {
    this.toggle.setAttribute("aria-expanded", String(open));
    one(".legend-body").hidden = !open;
  }
}

/** @param {string} colour */
function swatch(colour) {
  const element = document.createElement("span");
  element.className = "swatch";
  element.style.backgroundColor = colour;
  return element;
}

/** @param {string} colour @param {string} words */
function row(colour, words) {
  const item = document.createElement("li");
  item.append(swatch(colour), words);
  return item;
}
