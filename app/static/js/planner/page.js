// The planner's page: what is chosen lives in the address, the server writes the page of it, and here the map,
// the table and the scatter are brought together. The map stays while the parts around it are fetched anew.
import * as L from "../leaflet.js";
import { askedOf, hashOf, pinsAddress, viewOf } from "../address.js";
import { addBaseMap } from "../base-map.js";
import { valueInWords } from "../class-rules.js";
import { all, announce, around, one, plain } from "../dom.js";
import { dotted, hatched } from "../fills.js";
import { Latest, settled } from "../latest.js";
import { mapOn } from "../map-on.js";
import { Note } from "../note.js";
import { Pins } from "../pins.js";
import { Words } from "../words.js";
import { Draw } from "./draw.js";
import { Ground } from "./ground.js";
import { mark, replaceFields, replacePieces, revealRow } from "./pieces.js";
import { changed, dimmed, formAddress, keyOf, NOTHING } from "./view-rules.js";

/** @typedef {import("../types.d.ts").Configuration} Configuration */
/** @typedef {import("../types.d.ts").PlannerState} PlannerState */
/** @typedef {import("../types.d.ts").Values} Values */
/** @typedef {import("../types.d.ts").Spots} Spots */
/** @typedef {import("../area-tiles.js").Style} Style */

const PAUSE = 120;
const KEPT = ["sort", "area"]; // what stays chosen beside the form
const LINE = { color: "#6b7b8c", weight: 0.8, opacity: 0.75 };
const BACK = { color: "#a9b8c7", opacity: 0.8, fill: "#ffffff", fillOpacity: 0.55 };
const MANY = 1000; // of so many areas the borders would be all that is seen

export class PlannerPage {
  /**
   * @param {HTMLElement} element
   * @param {Configuration} configuration
   */
  constructor(element, configuration) {
    this.configuration = configuration;
    this.base = configuration.base;
    this.words = new Words(configuration.messages, configuration.language);
    this.form = /** @type {HTMLFormElement} */ (one("[data-choices]"));
    /** @type {PlannerState} */
    this.state = JSON.parse(document.querySelector("[data-piece=state]")?.textContent ?? "{}");
    this.under = "";
    /** @type {Values | null} */
    this.values = null;
    /** @type {Spots | null} */
    this.spots = null;
    this.pages = new Latest();
    this.pinned = new Latest();
    this.awaited = 0;
    /** @type {Map<string, Promise<any>>} answers by their address */
    this.answers = new Map();
    this.map = mapOn(element);
    this.map.scrollWheelZoom.disable(); // the page scrolls; the buttons and two fingers zoom
    this.map.options.zoomSnap = 0.5; // the map is small: a city that just does not fit would be half as large
    this.note = new Note();
    this.tooltip = L.tooltip({ className: "area-tip", direction: "top", offset: [0, -6], opacity: 1 });
    this.ground = new Ground(
      this.map,
      (area, at) => this.point(area, at),
      (code) => {
        if (!this.draw.drawing) this.pick(code, true);
      },
    );
    this.pins = new Pins(
      this.map,
      configuration,
      this.words,
      (_id, url) => location.assign(url),
      ([lat, lon]) => location.assign(`${this.base}${hashOf({ zoom: this.map.getMaxZoom(), lat, lon })}`),
    );
    this.draw = new Draw(one("[data-draw]"), this.map, this.words);
    this.refresh = settled(() => this.loadPins(), PAUSE);
    this.#begin();
    this.#listen();
  }

  #begin() {
    const view = viewOf(location.hash);
    const [west, south, east, north] = this.configuration.city.home;
    if (view) this.map.setView([view.lat, view.lon], view.zoom);
    else this.map.fitBounds([[south, west], [north, east]]); // prettier-ignore
    addBaseMap(this.map, this.configuration.base_map, this.note, this.words);
    this.#awaiting(this.show());
    this.loadPins();
    if (this.state.area) revealRow(this.state.area);
  }

  #listen() {
    this.map.on("moveend", () => {
      const { lat, lng } = this.map.getCenter();
      const hash = hashOf({ zoom: this.map.getZoom(), lat, lon: lng });
      history.replaceState(null, "", location.pathname + location.search + hash);
      this.refresh();
    });
    one("[data-zoom=in]").addEventListener("click", () => this.map.zoomIn());
    one("[data-zoom=out]").addEventListener("click", () => this.map.zoomOut());
    this.form.addEventListener("change", () => this.choose());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.choose();
    });
    document.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("click", (event) => this.#clicked(event));
    for (const name of ["mouseover", "focusin"]) {
      document.addEventListener(name, (event) => {
        const found = event.target instanceof Element ? event.target.closest("[data-piece] [data-code]") : null;
        if (found || event.target !== this.map.getContainer()) this.hover(found?.getAttribute("data-code") ?? "");
      });
    }
    window.addEventListener("popstate", () => this.load(location.href, false));
  }

  /** Something else is chosen in the form: every class of the legend is shown again. */
  choose() {
    const fields = [...new FormData(this.form)].filter(([name]) => !KEPT.includes(name));
    const here = new URL(location.href).searchParams;
    const kept = Object.fromEntries(KEPT.map((name) => [name, here.get(name) ?? ""]));
    return this.load(changed(formAddress(this.form.action, fields), kept), true);
  }

  /**
   * A button of the legend says which of its lines are picked after it.
   * @param {SubmitEvent} event
   */
  #submitted(event) {
    const { submitter } = event;
    if (!(submitter instanceof HTMLButtonElement) || !submitter.dataset.legend) return;
    event.preventDefault();
    this.load(changed(location.href, { show: submitter.value, page: "" }), true);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (!plain(event) || event.defaultPrevented) return;
    const link = around(event, "a");
    if (link instanceof HTMLAnchorElement) {
      if (link.dataset.language) link.hash = location.hash;
      if ("follow" in link.dataset) {
        event.preventDefault();
        this.load(link.href, true);
      } else if ("mark" in link.dataset) {
        event.preventDefault();
        this.pick(new URL(link.href).searchParams.get("area") ?? "", link.closest("[data-table]") === null);
      }
      return;
    }
    const found = event.target instanceof Element ? event.target.closest("[data-piece] [data-code]") : null;
    if (found) this.pick(found.getAttribute("data-code") ?? "", found.tagName !== "TR");
  }

  /**
   * Mark an area everywhere; the marked one again, or "", takes the mark away.
   * @param {string} code
   * @param {boolean} elsewhere whether the table should come to it
   */
  async pick(code, elsewhere) {
    const area = code === this.state.area ? "" : code;
    await this.load(changed(location.href, { area, page: elsewhere ? "" : this.#page() }), false);
    if (elsewhere && area) revealRow(area);
  }

  #page() {
    return new URL(location.href).searchParams.get("page") ?? "";
  }

  /**
   * Fetch the page of an address, and show it here.
   * @param {string} address
   * @param {boolean} step whether it is a step that Back takes back
   */
  load(address, step) {
    return this.#awaiting(this.#load(address, step));
  }

  /**
   * Say that the page is working until an answer is there; planner.css shows it to the eye after a while.
   * @template T
   * @param {Promise<T>} answer
   */
  async #awaiting(answer) {
    const page = one("#main");
    this.awaited += 1;
    page.setAttribute("aria-busy", "true");
    try {
      return await answer;
    } finally {
      this.awaited -= 1;
      if (!this.awaited) page.removeAttribute("aria-busy");
    }
  }

  /**
   * @param {string} address
   * @param {boolean} step
   */
  async #load(address, step) {
    const to = new URL(address);
    to.hash = "";
    try {
      const markup = await this.pages.ask(to.href);
      if (markup === null) return;
      const fresh = new DOMParser().parseFromString(markup, "text/html");
      const next = to.href + location.hash;
      if (step) history.pushState(null, "", next);
      else history.replaceState(null, "", next);
      replacePieces(fresh);
      replaceFields(this.form, fresh);
      this.#language(fresh);
      const before = this.state;
      this.state = JSON.parse(document.querySelector("[data-piece=state]")?.textContent ?? "{}");
      if (String(before.kinds) !== String(this.state.kinds)) this.loadPins();
      await this.show();
    } catch {
      location.assign(address); // whatever is wrong, the server says it better
    }
  }

  /**
   * The links to the other languages lead to what is chosen now.
   * @param {Document} fresh
   */
  #language(fresh) {
    for (const link of /** @type {HTMLAnchorElement[]} */ (all("[data-language]"))) {
      const found = fresh.querySelector(`[data-language="${link.dataset.language}"]`);
      if (found) link.href = found.getAttribute("href") ?? link.href;
    }
  }

  /** Paint the map as the state says. */
  async show() {
    const { state } = this;
    try {
      const [shapes, values, spots] = await Promise.all([
        this.#answer(state.shapes),
        this.#answer(`${state.values}&lang=${this.words.language}`),
        state.paint === "classes" ? null : this.#answer(state.spots).catch(() => null),
      ]);
      if (state !== this.state) return;
      this.values = values;
      this.spots = spots;
      const styleOf = this.#painter(values, spots);
      if (this.ground.address === state.shapes) this.ground.paint(styleOf);
      else {
        this.ground.show(state.shapes, shapes, styleOf);
        if (!viewOf(location.hash)) this.map.fitBounds(this.ground.box(), { padding: [8, 8] });
      }
      this.ground.outline("marked", state.area ?? "");
      this.map.getContainer().dataset.painted = state.paint;
      this.note.close("areas");
    } catch {
      this.note.show("areas", this.words.say("areas_failed"), this.words.say("try_again"), () => this.show());
    }
  }

  /**
   * The answer of an address, asked for once; an answer that failed is asked for again.
   * @param {string} address
   * @returns {Promise<any>}
   */
  #answer(address) {
    const known = this.answers.get(address);
    if (known) return known;
    const asked = new Latest().askJson(address);
    this.answers.set(address, asked);
    asked.catch(() => this.answers.delete(address));
    return asked;
  }

  /**
   * @param {Values} values
   * @param {Spots | null} spots
   * @returns {(code: string) => Style}
   */
  #painter(values, spots) {
    const { colours, show, paint } = this.state;
    const few = new Set(values.few_residents);
    const dots = Object.fromEntries(Object.entries(colours).map(([key, colour]) => [key, dotted(colour)]));
    const none = hatched() ?? "#ffffff";
    const line = Object.keys(values.values).length > MANY ? { ...LINE, weight: 0.25 } : LINE;
    return (code) => {
      const key = keyOf(code, paint, values, spots);
      if (dimmed(key, show)) return { ...line, ...BACK };
      if (key === NOTHING) return { ...line, fill: none, fillOpacity: 0.8 };
      return { ...line, fill: (few.has(code) && dots[key]) || colours[key], fillOpacity: 0.88 };
    };
  }

  /** Ask for the pins of the view, and say how many places there are in it, exactly. */
  async loadPins() {
    const bounds = this.map.getBounds();
    const box = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
    const asked = { ...askedOf(""), kind: this.state.kinds };
    const address = pinsAddress(this.base, asked, box, Math.floor(this.map.getZoom()), this.words.language);
    try {
      const pins = await this.pinned.askJson(address);
      if (!pins) return;
      one("[data-pins-count]").textContent = this.words.count("places", pins.total);
      if (!(await this.pins.show(pins.features))) return;
      this.map.getContainer().dataset.pins = String(pins.features.length);
      this.note.close("data");
    } catch {
      this.note.show("data", this.words.say("data_failed"), this.words.say("try_again"), () => this.loadPins());
    }
  }

  /**
   * The pointer is over an area of the map.
   * @param {{code: string, name: string | null} | null} area
   * @param {L.LatLng} at
   */
  point(area, at) {
    this.hover(area?.code ?? "");
    if (!area || !this.values) return this.tooltip.remove();
    return this.tooltip.setContent(this.#sentence(area, this.values)).setLatLng(at).addTo(this.map);
  }

  /**
   * The pointer or the focus is on an area somewhere: it shows in the other two.
   * @param {string} code
   */
  hover(code) {
    if (code === this.under) return;
    mark(this.under, "under", false);
    this.under = code;
    mark(code, "under", true);
    this.ground.outline("under", code);
  }

  /**
   * @param {{code: string, name: string | null}} area
   * @param {Values} known
   */
  #sentence({ code, name }, { indicator, values, few_residents }) {
    const box = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = [name, this.words.say("zone", { code })].filter(Boolean).join(" · ");
    const said = values[code] === undefined ? this.words.say("no_data") : valueInWords(values[code], indicator, this.words);
    const few = few_residents.includes(code) ? ` · ${this.words.say("few_residents")}` : "";
    box.append(title, document.createElement("br"), `${indicator.name}: ${said} (${indicator.year})${few}`);
    return box;
  }
}
