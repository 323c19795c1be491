// "Near and connected": the one place in the panel for what can be asked of the spatial graph on the map.
import { queryOf, searchOf, askedOf } from "../address.js";
import { around, one, plain } from "../dom.js";
import { settled } from "../latest.js";
import { selectedIn } from "../selection.js";
import { Connections } from "./connections.js";
import { Gaps } from "./gaps.js";
import { Near } from "./near.js";
import { PlaceLines } from "./place-lines.js";
import { stateOf, wordsOf } from "./state.js";
import { Way } from "./way.js";

/** @typedef {import("../map-page.js").MapPage} MapPage */

const PAUSE = 200;

export class GraphTools {
  /** @param {MapPage} page */
  constructor(page) {
    this.page = page;
    this.element = one("[data-graph]");
    this.button = one("[data-graph-open]");
    const part = (/** @type {string} */ name) => one(`[data-tool=${name}]`, this.element);
    const changed = () => this.#write();
    const filters = () => this.#filters();
    this.connections = new Connections(page, part("connections"), filters, changed);
    this.near = new Near(page, part("near"), filters, changed);
    this.gaps = new Gaps(page, part("gaps"), changed);
    this.way = new Way(page, part("way"), changed);
    this.lines = new PlaceLines(page);
    /** @type {HTMLElement | null} */
    this.article = null;
    this.restoring = false;
    this.#listen();
    this.#placed();
    this.#restore(page.asked.graph);
  }

  #listen() {
    const { map, panel } = this.page;
    const moved = settled(() => this.connections.refresh(), PAUSE);
    map.on("moveend", moved);
    new MutationObserver(() => this.#placed()).observe(panel.view, { childList: true, attributes: true });
    this.button.addEventListener("click", () => (this.element.hidden ? this.#open() : this.#close()));
    one("[data-graph-close]", this.element).addEventListener("click", () => this.#close());
    document.addEventListener("click", (event) => this.#nearThis(event));
    window.addEventListener("popstate", () => this.#restore(askedOf(location.search).graph));
    for (const [name, on] of /** @type {const} */ ([
      ["mouseover", true],
      ["mouseout", false],
      ["focusin", true],
      ["focusout", false],
    ])) {
      this.element.addEventListener(name, (event) => {
        const id = around(event, "[data-place]")?.dataset.place;
        if (id) this.page.pins.highlight(id, on);
      });
    }
  }

  /** The filters have changed, and with them what is connected and what is near. */
  filtered() {
    this.connections.refresh();
    if (this.near.state) this.near.load();
  }

  #filters() {
    const { kind, status, q } = this.page.asked;
    const query = queryOf({ kind: kind.join(","), status: status.join(","), q });
    return query.replace("?", "&");
  }

  #open() {
    this.#show(true);
    this.page.sheet.raise();
    this.element.scrollIntoView({ block: "start" });
    one("h2", this.element).focus({ preventScroll: true });
  }

  #close() {
    this.#show(false);
    this.button.focus({ preventScroll: true });
  }

  /** @param {boolean} shown */
  #show(shown) {
    this.element.hidden = !shown;
    this.button.setAttribute("aria-expanded", String(shown));
  }

  /** A place has been opened or closed: the tools stand below it, or above the list. */
  #placed() {
    const { article, view, list } = this.page.panel;
    if (article === this.article) return;
    this.article = article;
    if (article) view.after(this.element);
    else list.before(this.element);
    this.lines.refresh();
    this.near.placeChanged();
    if (!this.restoring) this.way.placeChanged();
  }

  /**
   * "What is near" of the open place is answered here rather than on a page of its own.
   * @param {MouseEvent} event
   */
  #nearThis(event) {
    const link = around(event, "[data-near-this]");
    if (!link || !plain(event)) return;
    event.preventDefault();
    this.near.startAtPlace();
    this.#open();
  }

  /** @param {string} words */
  #restore(words) {
    if (words === wordsOf(this.#state())) return;
    const { connections, near, gaps, way } = stateOf(words);
    const { article } = this.page.panel;
    this.restoring = true;
    this.connections.set(connections);
    this.connections.refresh();
    const at = near?.at ?? (near && article ? selectedIn(article) : null);
    if (near && at) {
      const { lat, lon } = at;
      this.near.set({ lat, lon }, near.at ? "" : (article?.dataset.placePage ?? ""), near.metres);
    } else this.near.stop();
    this.gaps.set(gaps);
    this.way.set(way);
    this.restoring = false;
    this.#mark();
    if (wordsOf(this.#state())) this.#show(true);
  }

  #state() {
    const { connections, near, gaps, way } = this;
    return { connections: connections.on, near: near.state, gaps: gaps.state, way: way.to };
  }

  /** Write what is switched on into the address, without a step in the history. */
  #write() {
    const { page } = this;
    if (this.restoring) return;
    page.asked = { ...page.asked, graph: wordsOf(this.#state()) };
    history.replaceState(history.state ?? { page: "view" }, "", location.pathname + searchOf(page.asked) + location.hash);
    this.#mark();
  }

  /** The button tells that something is drawn, also while the tools are closed. */
  #mark() {
    this.button.classList.toggle("active", Boolean(wordsOf(this.#state())));
  }
}
