// The map page: brings the map, its pins and zones, the list, the places and the address together.
import * as L from "./leaflet.js";
import { askedOf, grown, hashOf, holds, pinsAddress, placeOf, searchOf, viewOf } from "./address.js";
import { Areas } from "./areas.js";
import { addBaseMap } from "./base-map.js";
import { announce, around, one, plain } from "./dom.js";
import { Filters } from "./filters.js";
import { GraphTools } from "./graph/tools.js";
import { Latest, settled } from "./latest.js";
import { Legend } from "./legend.js";
import { List } from "./list.js";
import { mountLocate } from "./locate.js";
import { Note } from "./note.js";
import { mapOn } from "./map-on.js";
import { Pins } from "./pins.js";
import { PlacePanel } from "./place-panel.js";
import { Search } from "./search.js";
import { Selection, selectedIn } from "./selection.js";
import { Sheet } from "./sheet.js";
import { Visible } from "./visible.js";
import { Words } from "./words.js";

/** @typedef {import("./types.d.ts").Configuration} Configuration */
/** @typedef {import("./types.d.ts").Suggestion} Suggestion */
/** @typedef {import("./types.d.ts").Box} Box */

const PAUSE = 120;
const BEYOND = 0.25; // how far beyond the view's edges pins are asked for, as a share of it
const MANY = 1000; // with more places than this in view, the pins are asked for the view alone: its count is exact
const CLOSE = 16;
const DISC = 32; // pixels each way that a disc at the last zoom may have gathered places from

/**
 * @param {HTMLElement} element
 * @param {Configuration} configuration
 */
export function mountMapPage(element, configuration) {
  return new MapPage(element, configuration);
}

export class MapPage {
  /**
   * @param {HTMLElement} element
   * @param {Configuration} configuration
   */
  constructor(element, configuration) {
    this.configuration = configuration;
    this.base = configuration.base;
    this.words = new Words(configuration.messages, configuration.language);
    this.asked = askedOf(location.search);
    this.listPage = 1;
    this.total = MANY + 1;
    /** @type {{box: Box, zoom: number, search: string} | null} */
    this.loaded = null;
    this.latest = new Latest();
    this.map = mapOn(element);
    this.visible = new Visible(this.map);
    this.note = new Note();
    this.sheet = new Sheet(this.words);
    this.list = new List(this.base, configuration.language);
    this.panel = new PlacePanel(this.words);
    this.pins = new Pins(
      this.map,
      configuration,
      this.words,
      (_id, url, opener) => this.open(url, opener),
      (at) => this.listAround(at),
    );
    this.selection = new Selection(this.map);
    this.areas = new Areas(this.map, this.base, this.words);
    this.legend = new Legend(this.base, this.words, (layer, indicator) => this.paint(layer, indicator));
    this.filters = new Filters(() => this.filter());
    this.search = new Search(configuration, this.words, (picked) => this.pick(picked));
    this.refresh = settled(() => this.load(), PAUSE);
    this.#begin();
    this.#listen();
  }

  #begin() {
    this.#startView();
    addBaseMap(this.map, this.configuration.base_map, this.note, this.words);
    this.locate = mountLocate(this.map, this.visible, this.configuration.city.home, this.note, this.words);
    this.showAreas();
    this.#select();
    this.load();
    this.graph = new GraphTools(this);
  }

  #startView() {
    const view = viewOf(location.hash);
    const article = this.panel.article;
    if (view) this.map.setView([view.lat, view.lon], view.zoom);
    else if (article) {
      const { lat, lon } = selectedIn(article);
      this.map.setView([lat, lon], CLOSE - 1);
      this.visible.centre([lat, lon], CLOSE - 1);
    } else this.goHome();
  }

  goHome() {
    const [west, south, east, north] = this.configuration.city.home;
    this.visible.fitBesideLegend(L.latLngBounds([south, west], [north, east]));
  }

  #listen() {
    this.map.on("moveend", () => {
      this.listPage = 1;
      this.#write();
      this.refresh();
    });
    this.list.onHover((id, on) => this.pins.highlight(id, on));
    window.addEventListener("popstate", (event) => this.#cameBack(event));
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    one("[data-zoom=in]").addEventListener("click", () => this.map.zoomIn());
    one("[data-zoom=out]").addEventListener("click", () => this.map.zoomOut());
  }

  /** Ask for the pins and the list of the view. */
  async load() {
    const box = this.visible.box();
    try {
      const [listed] = await Promise.all([
        this.list.load(this.asked, box, this.listPage),
        this.#loadPins(box),
      ]);
      if (!listed) return;
      if (this.list.overflows) this.list.tell(this.words.count("places", this.total));
      if (!this.panel.article) announce(this.list.words);
      this.note.close("data");
    } catch {
      this.loaded = null;
      this.note.show("data", this.words.say("data_failed"), this.words.say("try_again"), () => this.load());
    }
  }

  /** @param {Box} box */
  async #loadPins(box) {
    const zoom = this.map.getZoom();
    const search = searchOf({ ...this.asked, layer: "", indicator: "", graph: "" });
    const few = this.total <= MANY;
    const { loaded } = this;
    const whole = this.visible.whole();
    if (few && loaded?.zoom === zoom && loaded.search === search && holds(loaded.box, whole)) return;
    const wanted = few ? grown(whole, BEYOND) : box;
    const address = pinsAddress(this.base, this.asked, wanted, zoom, this.configuration.language);
    const pins = await this.latest.askJson(address);
    if (!pins) return;
    this.loaded = { box: wanted, zoom, search };
    this.total = pins.total;
    if (!(await this.pins.show(pins.features))) return;
    this.map.getContainer().dataset.pins = String(pins.features.length);
  }

  /**
   * List the places of a disc that no zooming in takes apart, so that each can be opened.
   * @param {L.LatLngTuple} at
   */
  async listAround(at) {
    if (this.panel.article) this.close();
    if (!(await this.list.load(this.asked, this.visible.around(at, DISC), 1))) return;
    const listed = this.list.tell(this.words.count("here", this.list.found));
    this.sheet.raise();
    listed?.focus({ preventScroll: true });
  }

  /** The filters have changed: the map, the list, the counts and the address follow. */
  filter() {
    this.asked = { ...this.asked, ...this.filters.read() };
    this.listPage = 1;
    this.total = MANY + 1;
    this.filters.write(this.asked);
    this.search.close();
    if (this.panel.article) this.close();
    this.#write();
    this.load();
    this.graph?.filtered();
    this.filters.recount(this.base + searchOf(this.asked)).catch(() => undefined);
  }

  /** @param {string} layer @param {string} indicator */
  paint(layer, indicator) {
    const first = this.configuration.layers[0]?.slug;
    this.asked = { ...this.asked, layer: layer === first && !indicator ? "" : layer, indicator };
    this.#write();
    return this.showAreas();
  }

  async showAreas() {
    const { layer, indicator } = this.legend.chosen();
    try {
      const values = await this.areas.show(layer, indicator);
      if (values === undefined) return;
      this.legend.show(layer, values);
      this.note.close("areas");
    } catch {
      this.note.show("areas", this.words.say("areas_failed"), this.words.say("try_again"), () => this.showAreas());
    }
  }

  /** @param {Suggestion} picked */
  pick(picked) {
    if (picked.type === "words") return this.filter();
    this.filters.field.value = this.asked.q;
    if (picked.type === "area") return this.showArea(picked.layer ?? "", picked.code ?? "", picked.box ?? []);
    return this.open(picked.url ?? "", this.filters.field, { near: CLOSE - 1 });
  }

  /** @param {string} layer @param {string} code @param {number[]} box */
  async showArea(layer, code, [west, south, east, north]) {
    this.visible.fit(
      [
        [south, west],
        [north, east],
      ],
      { maxZoom: CLOSE },
    );
    if (this.legend.chosen().layer !== layer) {
      this.legend.set(layer, "");
      await this.paint(layer, "");
    }
    this.areas.outline(code);
    if (this.panel.article) this.close();
  }

  /**
   * Open a place over the list. Its page's address goes into the history, so that Back closes it.
   * @param {string} url
   * @param {HTMLElement | null} opener
   * @param {{remember?: boolean, near?: number}} [how] `near`: the zoom from which the place is to be seen
   */
  async open(url, opener, { remember = true, near = 0 } = {}) {
    const path = new URL(url, location.href).pathname;
    try {
      const article = await this.panel.open(path, location.search);
      if (!article) return;
      this.panel.opener = opener;
      if (remember) history.pushState({ page: "place" }, "", path + location.search + location.hash);
      document.title = `${article.dataset.title} · Cortile`;
      this.sheet.raise();
      this.#select();
      const { lat, lon } = selectedIn(article);
      if (near) this.visible.centre([lat, lon], Math.max(near, this.map.getZoom()));
      else this.visible.reveal([lat, lon]);
      this.panel.focus();
      announce(this.words.say("opened", { title: article.dataset.title ?? "" }));
    } catch {
      this.note.show("place", this.words.say("place_failed"), this.words.say("try_again"), () =>
        this.open(url, opener, { remember, near }),
      );
    }
  }

  /**
   * Close the open place; the focus goes back to where it was opened.
   * @param {boolean} [remember]
   */
  close(remember = true) {
    const article = this.panel.article;
    if (!article) return;
    const id = article.dataset.placePage ?? "";
    this.panel.close();
    this.selection.clear();
    this.pins.select("");
    document.title = this.configuration.title;
    if (remember) history.pushState({ page: "list" }, "", this.base + searchOf(this.asked) + location.hash);
    const { opener } = this.panel;
    const back = opener?.isConnected ? opener : (this.list.link(id) ?? this.pins.element(id) ?? one("[data-panel]"));
    back.focus({ preventScroll: back !== this.list.link(id) });
  }

  /** Mark the open place on the map. */
  #select() {
    const article = this.panel.article;
    if (!article) return;
    this.selection.show(selectedIn(article));
    this.pins.select(article.dataset.placePage ?? "");
  }

  /** Write the view and what is asked for into the address, without a step in the history. */
  #write() {
    const { lat, lng } = this.map.getCenter();
    const hash = hashOf({ zoom: this.map.getZoom(), lat, lon: lng });
    const path = this.panel.article ? location.pathname : this.base;
    history.replaceState(history.state ?? { page: "view" }, "", path + searchOf(this.asked) + hash);
  }

  /** @param {PopStateEvent} event */
  #cameBack(event) {
    const view = viewOf(location.hash);
    if (view && !event.state) this.map.setView([view.lat, view.lon], view.zoom); // somebody wrote it by hand
    const asked = askedOf(location.search);
    if (searchOf(asked) !== searchOf(this.asked)) {
      this.asked = asked;
      this.filters.write(asked);
      this.total = MANY + 1;
      this.load();
    }
    const wanted = placeOf(location.pathname);
    if (wanted === (this.panel.article?.dataset.placePage ?? null)) return;
    if (wanted) this.open(location.pathname, null, { remember: false });
    else this.close(false);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (!plain(event) || event.defaultPrevented) return;
    const link = around(event, "[data-place], [data-close], [data-clear], [data-page], [data-area], [data-home], [data-show]");
    const language = around(event, "[data-language]");
    if (language instanceof HTMLAnchorElement) language.href = this.#inLanguage(language.dataset.language ?? "");
    const taken = around(event, "[data-take]");
    if (taken instanceof HTMLAnchorElement) taken.href = this.#withAreas(taken.href);
    const pin = around(event, "[data-pin-link]");
    if (pin instanceof HTMLAnchorElement) pin.hash = location.hash; // the form begins with this view
    if (!link) return;
    event.preventDefault();
    this.#follow(link);
  }

  /** @param {HTMLElement} link */
  #follow(link) {
    const { dataset } = link;
    if (dataset.place && link instanceof HTMLAnchorElement) this.open(link.href, link);
    else if ("close" in dataset) this.close();
    else if ("clear" in dataset) this.#clear();
    else if (dataset.page) this.#turn(Number(dataset.page));
    else if (dataset.area) this.showArea(dataset.layer ?? "", dataset.area, (dataset.box ?? "").split(",").map(Number));
    else if ("home" in dataset) this.goHome();
    else if ("show" in dataset && this.panel.article) this.#showOnMap(this.panel.article);
  }

  #clear() {
    this.filters.write({ ...this.asked, kind: [], status: [], q: "", confirmed_since: "" });
    this.filter();
  }

  /** @param {number} page */
  async #turn(page) {
    this.listPage = page;
    await this.load();
    one(".panel-body").scrollTop = 0;
    one("[data-count-words]").focus({ preventScroll: true });
  }

  /** @param {HTMLElement} article */
  #showOnMap(article) {
    const { lat, lon } = selectedIn(article);
    if (this.sheet.height === "full") this.sheet.set("half");
    this.visible.centre([lat, lon], Math.max(CLOSE, this.map.getZoom()));
  }

  /**
   * An address that the list gave, with the zones as they are painted now.
   * @param {string} address
   */
  #withAreas(address) {
    const url = new URL(address);
    const { layer, indicator } = this.legend.chosen();
    url.searchParams.set("layer", layer);
    if (indicator) url.searchParams.set("indicator", indicator);
    else url.searchParams.delete("indicator");
    return url.href;
  }

  /** @param {string} language */
  #inLanguage(language) {
    const url = new URL(location.href);
    url.searchParams.set("lang", language);
    return url.href;
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const writing = around(event, "input, select, textarea");
    if (event.key === "Escape" && this.panel.article && !this.search.open) this.close();
    else if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.filters.field.focus();
    }
  }
}
