// "What is near": a circle whose radius is dragged on the map or moved by the slider, and the list of what it holds.
import * as L from "../leaflet.js";
import { all, announce, around, one } from "../dom.js";
import { Latest, settled } from "../latest.js";
import { selectedIn } from "../selection.js";
import { Drawing } from "./drawing.js";
import { placeOf } from "./edges.js";
import { fill, LISTED, placeItem } from "./listing.js";
import { beyond, bearingOf, rounded } from "./radius.js";
import { Slider } from "./slider.js";

/** @typedef {import("../map-page.js").MapPage} MapPage */
/** @typedef {import("./radius.js").At} At */

const PAUSE = 150;
const MOST = 1000; // the server counts no farther
const FIRST = 500;
const EAST = 90;

export class Near {
  /**
   * @param {MapPage} page
   * @param {HTMLElement} element
   * @param {() => string} filters the filters as a query string
   * @param {() => void} changed
   */
  constructor(page, element, filters, changed) {
    this.page = page;
    this.element = element;
    this.filters = filters;
    this.changed = changed;
    this.drawing = new Drawing(page.map);
    this.latest = new Latest();
    this.bearing = EAST;
    this.dragging = false;
    /** @type {{at: At, place: string} | null} */
    this.centre = null;
    /** @type {L.Circle | null} */
    this.circle = null;
    /** @type {L.Marker | null} */
    this.handle = null;
    this.body = one("[data-near-body]", element);
    this.said = one("[data-near-words]", element);
    this.list = one("[data-near-list]", element);
    this.slider = new Slider(element, page.words, (metres) => this.#moved(metres));
    this.slider.set(FIRST);
    this.load = settled(() => this.#load(), PAUSE);
    element.addEventListener("click", (event) => this.#clicked(event));
  }

  /** What the address says of it. */
  get state() {
    if (!this.centre) return null;
    const { at, place } = this.centre;
    return { metres: this.slider.metres, at: place ? null : at };
  }

  /** @param {Event} event */
  #clicked(event) {
    const from = around(event, "[data-near-from]")?.dataset.nearFrom;
    const { map, visible } = this.page;
    if (from === "me") this.page.locate?.(({ lat, lng: lon }) => this.start({ lat, lon }));
    else if (from === "place") this.startAtPlace();
    else if (from === "view") {
      const { lat, lng: lon } = map.containerPointToLatLng(visible.rectangle().getCenter());
      this.start({ lat, lon });
    } else if (around(event, "[data-near-stop]")) {
      this.stop();
      this.changed();
      one("[data-near-from]", this.element).focus({ preventScroll: true });
    }
  }

  startAtPlace() {
    const article = this.page.panel.article;
    if (article) this.start(selectedIn(article), article.dataset.placePage);
  }

  /**
   * Draw the circle, bring it into view, and ask what it holds.
   * @param {At} at
   * @param {string} [place]
   */
  start({ lat, lon }, place = "") {
    this.set({ lat, lon }, place, this.slider.metres);
    this.#bringIntoView();
    this.changed();
  }

  /**
   * @param {At} at
   * @param {string} place
   * @param {number} metres
   */
  set(at, place, metres) {
    this.centre = { at, place };
    this.slider.set(metres);
    this.body.hidden = false;
    this.#draw();
    this.#mark();
    this.load();
  }

  stop() {
    this.latest.stop();
    this.centre = null;
    this.drawing.clear();
    this.circle = this.handle = null;
    this.body.hidden = true;
    fill(this.list, [], "");
    this.said.textContent = "";
    this.#mark();
  }

  /** The circle stays where it is when another place is opened, or none. */
  placeChanged() {
    const open = this.page.panel.article?.dataset.placePage ?? "";
    if (this.centre?.place && this.centre.place !== open) {
      this.centre = { ...this.centre, place: "" };
      this.changed();
      this.load();
    }
    this.#mark();
  }

  #mark() {
    const { centre } = this;
    for (const button of all("[data-near-from]", this.element)) {
      const place = button.dataset.nearFrom === "place";
      button.hidden = place && !this.page.panel.article;
      button.setAttribute("aria-pressed", String(Boolean(centre?.place) && place));
    }
  }

  #draw() {
    if (!this.centre) return;
    const { lat, lon } = this.centre.at;
    const radius = this.slider.metres;
    this.drawing.clear();
    const style = { renderer: this.drawing.renderer, className: "near-circle", interactive: false };
    this.circle = L.circle([lat, lon], { ...style, radius }).addTo(this.drawing.layer);
    L.circleMarker([lat, lon], { ...style, radius: 4, className: "near-centre" }).addTo(this.drawing.layer);
    const html = '<span class="near-knob"></span>';
    const icon = L.divIcon({ html, className: "near-handle", iconSize: [44, 44] });
    const said = this.page.words.say("near_handle");
    const options = { icon, draggable: true, keyboard: false, zIndexOffset: 6000, title: said };
    this.handle = L.marker(this.#edge(), options).addTo(this.drawing.layer);
    this.handle.getElement()?.setAttribute("aria-hidden", "true"); // the slider is for who cannot drag
    this.handle.on("dragstart", () => (this.dragging = true));
    this.handle.on("drag", (event) => this.#dragged(/** @type {any} */ (event).latlng));
    this.handle.on("dragend", () => {
      this.dragging = false;
      this.#follow();
    });
  }

  /** @returns {L.LatLngTuple} */
  #edge() {
    const { at } = /** @type {{at: At}} */ (this.centre);
    const { lat, lon } = beyond(at, this.bearing, this.slider.metres);
    return [lat, lon];
  }

  /** @param {L.LatLng} to */
  #dragged(to) {
    if (!this.centre) return;
    const { at } = this.centre;
    this.bearing = bearingOf(at, { lat: to.lat, lon: to.lng });
    this.slider.set(rounded(this.page.map.distance([at.lat, at.lon], to)));
    this.#follow();
    this.load();
  }

  /** @param {number} metres */
  #moved(metres) {
    if (!this.centre) return;
    this.slider.set(metres);
    this.#follow();
    this.#bringIntoView();
    this.load();
  }

  #follow() {
    this.circle?.setRadius(this.slider.metres);
    this.handle?.setLatLng(this.#edge());
    if (!this.dragging) this.changed();
  }

  #bringIntoView() {
    const { map, visible } = this.page;
    if (!this.circle) return;
    const { min, max } = visible.rectangle();
    const corner = (/** @type {L.LatLng} */ at) => map.latLngToContainerPoint(at);
    const bounds = this.circle.getBounds();
    const [low, high] = [corner(bounds.getSouthWest()), corner(bounds.getNorthEast())];
    const seen = min && max && low.x >= min.x && high.x <= max.x && high.y >= min.y && low.y <= max.y;
    if (!seen || high.x - low.x < 60) visible.fit(bounds.pad(0.15), { maxZoom: 18 });
  }

  async #load() {
    if (!this.centre) return;
    const { at, place } = this.centre;
    const { words } = this.page;
    const metres = this.slider.metres;
    const from = place ? `place=${place}` : `lon=${at.lon.toFixed(7)}&lat=${at.lat.toFixed(7)}`;
    const query = `${from}&metres=${metres}&limit=${MOST}${this.filters()}&f=json`;
    try {
      const answer = await this.latest.askJson(`${this.page.base}graph/near?${query}`);
      if (answer && this.centre) this.#show(answer, words.distance(metres));
    } catch {
      fill(this.list, [], "");
      this.#say(words.say("near_failed"));
    }
  }

  /** @param {{features: any[]}} answer @param {string} distance */
  #show({ features }, distance) {
    const { words, base, configuration } = this.page;
    const items = features.slice(0, LISTED).map((feature) => {
      const place = placeOf(feature, words.language, configuration.kinds);
      const said = `${configuration.kinds[place.kind]} · ${words.distance(feature.properties.metres)}`;
      return placeItem(base, place, said);
    });
    const rest = features.length - items.length;
    fill(this.list, items, rest > 0 ? words.count("graph_more", rest) : "");
    this.element.dataset.found = String(features.length);
    this.#say(words.amount("near", features.length, MOST, { distance }));
  }

  /** @param {string} said */
  #say(said) {
    this.said.textContent = said;
    announce(said);
  }
}
