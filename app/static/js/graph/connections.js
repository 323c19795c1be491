// "Connections": the relations and the neighbours of the view as lines, from a zoom on at which they can be told apart.
import { bboxOf, grown } from "../address.js";
import { announce, one } from "../dom.js";
import { Latest } from "../latest.js";
import { Drawing } from "./drawing.js";
import { graphOf, inOrder } from "./edges.js";
import { fill, LISTED, placeLink } from "./listing.js";

/** @typedef {import("../map-page.js").MapPage} MapPage */
/** @typedef {import("./edges.js").Edge} Edge */
/** @typedef {import("./edges.js").Place} Place */

export const FROM_ZOOM = 13;
const BEYOND = 0.15; // how far beyond the view, as a share of it, so that lines do not end at its edge

export class Connections {
  /**
   * @param {MapPage} page
   * @param {HTMLElement} element
   * @param {() => string} filters the filters as a query string
   * @param {() => void} changed
   */
  constructor(page, element, filters, changed) {
    this.page = page;
    this.filters = filters;
    this.drawing = new Drawing(page.map);
    this.latest = new Latest();
    this.address = "";
    this.box = /** @type {HTMLInputElement} */ (one("[data-connections-on]", element));
    this.body = one("[data-connections-body]", element);
    this.words = one("[data-connections-words]", element);
    this.more = one("[data-connections-more]", element);
    this.list = one("[data-connections-list]", element);
    this.whole = /** @type {HTMLAnchorElement} */ (one("[data-connections-page]", element));
    this.box.addEventListener("change", () => {
      changed();
      this.refresh();
    });
  }

  get on() {
    return this.box.checked;
  }

  /** @param {boolean} on */
  set(on) {
    this.box.checked = on;
  }

  /** Draw and list what the view holds now. */
  async refresh() {
    const { map, words } = this.page;
    this.body.hidden = !this.on;
    const far = map.getZoom() < FROM_ZOOM;
    if (!this.on || far) return this.#away(far && this.on ? words.say("graph_zoom_in") : "");
    const box = this.page.visible.whole();
    const query = `bbox=${bboxOf(grown(box, BEYOND))}${this.filters()}`;
    if (query === this.address) return undefined;
    this.whole.href = `${this.page.base}graph/edges?${query}`;
    try {
      const answer = await this.latest.askJson(`${this.page.base}graph/edges?${query}&f=json`);
      if (!answer || !this.on) return undefined;
      this.address = query;
      return this.#show(answer);
    } catch {
      return this.#away(words.say("graph_failed"));
    }
  }

  /** @param {string} said */
  #away(said) {
    this.latest.stop();
    this.address = "";
    this.drawing.clear();
    this.more.hidden = true;
    this.whole.hidden = true;
    this.#say(said);
  }

  /** @param {{features: any[], relations: number, neighbours: number, truncated: boolean}} answer */
  #show(answer) {
    const { words, configuration } = this.page;
    const { places, edges } = graphOf(answer, words.language, configuration.kinds);
    this.drawing.clear();
    const lines = edges.filter(({ sort }) => sort === "neighbour").map(({ line }) => line);
    if (lines.length) this.drawing.neighbours(lines);
    for (const edge of edges.filter(({ sort }) => sort === "relation")) {
      this.drawing.relation(edge.line, this.#sentence(edge, places));
    }
    this.#list(edges, places);
    this.page.map.getContainer().dataset.connections = String(edges.length);
    const found = words.say("graph_found", {
      relations: words.count("graph_relations", answer.relations),
      neighbours: words.count("graph_neighbours", answer.neighbours),
    });
    const many = answer.truncated ? words.say("graph_too_many") : "";
    this.#say([edges.length ? found : many ? "" : words.say("graph_none"), many].filter(Boolean).join(". "));
  }

  /** @param {Edge[]} edges @param {Map<string, Place>} places */
  #list(edges, places) {
    const items = inOrder(edges).slice(0, LISTED).map((edge) => this.#item(edge, places));
    const rest = edges.length - items.length;
    fill(this.list, items, rest > 0 ? this.page.words.count("graph_more", rest) : "");
    this.more.hidden = !edges.length;
    this.whole.hidden = !edges.length;
  }

  /** @param {Edge} edge @param {Map<string, Place>} places */
  #item(edge, places) {
    const item = document.createElement("li");
    item.className = `graph-edge ${edge.sort}`;
    const [tail, head] = [edge.tail, edge.head].map((id) => /** @type {Place} */ (places.get(id)));
    const link = document.createElement("em");
    link.textContent = edge.kind ? this.page.configuration.graph.relations[edge.kind] : "–";
    const far = document.createElement("span");
    far.className = "place-meta";
    far.textContent = this.page.words.distance(edge.metres);
    item.append(placeLink(this.page.base, tail), " ", link, " ", placeLink(this.page.base, head), " ", far);
    return item;
  }

  /** @param {Edge} edge @param {Map<string, Place>} places */
  #sentence({ tail, head, kind, note }, places) {
    const { relations } = this.page.configuration.graph;
    const said = `${places.get(tail)?.title} ${relations[kind ?? ""]} ${places.get(head)?.title}`;
    return note ? `${said}: ${note}` : said;
  }

  /** @param {string} said */
  #say(said) {
    if (said && said !== this.words.textContent) announce(said);
    this.words.textContent = said;
  }
}
