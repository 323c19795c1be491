// "Way to another place": the other is found by its name; the way is a strong line on the map and a list of steps.
import { announce, around, one } from "../dom.js";
import { Latest } from "../latest.js";
import { Drawing } from "./drawing.js";
import { graphOf, stepsOf } from "./edges.js";
import { fill, placeItem } from "./listing.js";
import { shape } from "../shapes.js";

/** @typedef {import("../map-page.js").MapPage} MapPage */

export class Way {
  /**
   * @param {MapPage} page
   * @param {HTMLElement} element
   * @param {() => void} changed
   */
  constructor(page, element, changed) {
    this.page = page;
    this.element = element;
    this.changed = changed;
    this.drawing = new Drawing(page.map);
    this.latest = new Latest();
    this.to = "";
    this.form = /** @type {HTMLFormElement} */ (one("form", element));
    this.field = /** @type {HTMLInputElement} */ (one("input", element));
    this.found = one("[data-way-found]", element);
    this.said = one("[data-way-words]", element);
    this.list = one("[data-way-list]", element);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#find();
    });
    this.found.addEventListener("click", (event) => {
      const picked = around(event, "[data-way-to]");
      if (picked) this.#pick(picked.dataset.wayTo ?? "", picked.textContent ?? "");
    });
  }

  /** The open place, from which the way begins. */
  get #from() {
    return this.page.panel.article?.dataset.placePage ?? "";
  }

  /** @param {string} to */
  set(to) {
    this.to = to;
    this.refresh();
  }

  /** Another place is open, or none: the way begins there, or is gone. */
  placeChanged() {
    if (this.to && (!this.#from || this.#from === this.to)) {
      this.to = "";
      this.changed();
    }
    this.refresh();
  }

  async #find() {
    const { base, words, configuration } = this.page;
    const query = new URLSearchParams({ q: this.field.value.trim(), lang: words.language });
    if (!this.field.value.trim()) return;
    const answer = await this.latest.askJson(`${base}search?${query}`).catch(() => null);
    if (!answer) return;
    const places = answer.places.filter((/** @type {any} */ { id }) => id !== this.#from);
    this.found.replaceChildren(
      ...places.map((/** @type {any} */ place) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "place-link";
        button.dataset.wayTo = place.id;
        button.innerHTML = shape(place.kind, place.status);
        button.append(place.title ?? configuration.kinds[place.kind]);
        item.append(button);
        return item;
      }),
    );
    this.found.hidden = !places.length;
    this.#say(places.length ? words.count("suggestions", places.length) : words.say("way_nothing"));
  }

  /** @param {string} to @param {string} name */
  #pick(to, name) {
    this.field.value = name.trim();
    this.to = to;
    this.found.hidden = true;
    this.changed();
    this.refresh();
    this.said.focus({ preventScroll: true });
  }

  async refresh() {
    const { base, words, configuration } = this.page;
    const from = this.#from;
    this.element.hidden = !from;
    this.drawing.clear();
    fill(this.list, [], "");
    this.said.textContent = "";
    if (!this.to || !from || this.element.hidden) return;
    try {
      const answer = await this.latest.askJson(`${base}graph/way?from=${from}&to=${this.to}&over=both&f=json`);
      if (answer && from === this.#from) this.#show(answer);
    } catch {
      this.#say(words.say("way_failed"));
    }
  }

  /** @param {{features: any[], metres?: number | null}} answer */
  #show(answer) {
    const { base, words, configuration } = this.page;
    const { places, edges } = graphOf(answer, words.language, configuration.kinds);
    if (!edges.length) return this.#say(words.say("way_none"));
    for (const { line } of edges) this.drawing.strong(line);
    const items = stepsOf(places, edges).map(({ place, by }) => {
      const how = by && (by.kind ? configuration.graph.relations[by.kind] : words.say("way_neighbours"));
      const said = by ? `${how} · ${words.distance(by.metres)}` : configuration.kinds[place.kind];
      return placeItem(base, place, said);
    });
    fill(this.list, items, "");
    const metres = answer.metres ?? edges.reduce((sum, edge) => sum + edge.metres, 0);
    return this.#say(words.count("way_found", edges.length, { distance: words.distance(metres) }));
  }

  /** @param {string} said */
  #say(said) {
    this.said.textContent = said;
    announce(said);
  }
}
