// Drawing an area on the planner's page: corners by tap, by the crosshair and Enter, or as text. The form beside
// works without any of it; here it is filled in, and its answer shown below it.
import * as L from "../leaflet.js";
import { all, announce, one } from "../dom.js";
import { added, crosses, read, written } from "./draw-rules.js";
import { formAddress } from "./view-rules.js";

/** @typedef {import("./draw-rules.js").Corner} Corner */
/** @typedef {import("../words.js").Words} Words */

export class Draw {
  /**
   * @param {HTMLElement} box
   * @param {L.Map} map
   * @param {Words} words
   */
  constructor(box, map, words) {
    this.map = map;
    this.words = words;
    this.drawing = false;
    this.form = /** @type {HTMLFormElement} */ (one("form", box));
    this.field = /** @type {HTMLInputElement} */ (one("[name=polygon]", box));
    this.start = one("[data-draw-start]", box);
    this.answer = one("[data-draw-answer]", box);
    this.tools = all("[data-draw-tool]", box);
    const pane = map.createPane("drawn");
    pane.style.zIndex = "460";
    this.renderer = L.svg({ pane: "drawn" });
    this.layer = L.layerGroup([]).addTo(map);
    this.crosshair = document.createElement("div");
    this.crosshair.className = "crosshair";
    this.crosshair.hidden = true;
    map.getContainer().append(this.crosshair);
    this.#listen(box);
    if (location.hash === "#draw") /** @type {HTMLDetailsElement} */ (box).open = true;
    this.show();
  }

  /** @param {HTMLElement} box */
  #listen(box) {
    this.start.addEventListener("click", () => this.turn(!this.drawing));
    one("[data-draw-add]", box).addEventListener("click", () => this.add(this.map.getCenter()));
    one("[data-draw-back]", box).addEventListener("click", () => this.set(read(this.field.value).slice(0, -1)));
    one("[data-draw-clear]", box).addEventListener("click", () => this.set([]));
    this.field.addEventListener("input", () => this.show());
    this.map.on("click", (event) => {
      if (this.drawing) this.add(event.latlng);
    });
    const map = this.map.getContainer();
    map.addEventListener("keydown", (event) => {
      if (!this.drawing || event.target !== map) return;
      if (event.key === "Enter") this.add(this.map.getCenter());
      else if (event.key === "Backspace") this.set(read(this.field.value).slice(0, -1));
      else if (event.key === "Escape") this.turn(false);
      else return;
      event.preventDefault();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
  }

  /**
   * Begin to draw, or end it.
   * @param {boolean} on
   */
  turn(on) {
    this.drawing = on;
    this.crosshair.hidden = !on;
    this.start.setAttribute("aria-pressed", String(on));
    for (const tool of this.tools) tool.hidden = !on;
    if (on) this.map.getContainer().focus({ preventScroll: true });
    else this.start.focus({ preventScroll: true });
    if (on) one(".planner-map").scrollIntoView({ block: "nearest" });
  }

  /** @param {L.LatLng} at */
  add({ lng, lat }) {
    this.set(added(read(this.field.value), [lng, lat]));
  }

  /** @param {Corner[]} corners */
  set(corners) {
    this.field.value = written(corners);
    const crossed = crosses(corners) ? ` ${this.words.say("draw_crosses")}` : "";
    announce(this.words.count("corners", corners.length) + crossed);
    this.show();
  }

  /** Draw what the field says. */
  show() {
    const corners = read(this.field.value);
    const points = corners.map(([lon, lat]) => L.latLng(lat, lon));
    const drawn = { renderer: this.renderer, interactive: false };
    this.layer.clearLayers();
    if (points.length > 2) {
      const className = crosses(corners) ? "drawn-area crossed" : "drawn-area";
      this.layer.addLayer(L.polygon(points, { ...drawn, className }));
    } else if (points.length > 1) this.layer.addLayer(L.polyline(points, { ...drawn, className: "drawn-area" }));
    for (const point of points) {
      this.layer.addLayer(L.circleMarker(point, { ...drawn, radius: 5, className: "drawn-corner" }));
    }
  }

  /** Fetch the figures of what is drawn, and show them here. */
  async ask() {
    if (crosses(read(this.field.value))) return this.refuse(this.words.say("draw_crosses"));
    const address = formAddress(this.form.action, /** @type {any} */ (new FormData(this.form)));
    this.turn(false);
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok) return this.refuse(await this.#reason(address));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const link = document.createElement("a");
      link.href = address;
      link.textContent = this.words.say("draw_page");
      this.answer.replaceChildren(document.adoptNode(one("[data-drawn]", page)), link);
    } catch {
      location.assign(address); // whatever is wrong, the server says it better
    }
  }

  /**
   * Why the server refuses an address, in its words.
   * @param {string} address
   * @returns {Promise<string>}
   */
  async #reason(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return (await answer.json()).detail;
  }

  /** @param {string} reason */
  refuse(reason) {
    const words = document.createElement("p");
    words.className = "draw-refused";
    words.textContent = reason;
    this.answer.replaceChildren(words);
  }
}
