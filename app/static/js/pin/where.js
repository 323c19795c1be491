// Where it is: a crosshair under which the map moves, or a line or an area of the points it was moved to.
import { addBaseMap } from "../base-map.js";
import { viewOf } from "../address.js";
import { all, announce, calm, one } from "../dom.js";
import * as L from "../leaflet.js";
import { mapOn } from "../map-on.js";
import { shape } from "../shapes.js";
import { accuracyAt, drawn, needed } from "./rules.js";

/** @typedef {import("./rules.js").Shape} Shape */
/** @typedef {import("../note.js").Note} Note */
/** @typedef {import("../words.js").Words} Words */

const NUDGE = 16; // pixels
const CLOSE = 18;
const ROUGH_M = 60;
const LONGEST_MOVE = 1000; // milliseconds
/** @type {Record<string, L.PointTuple>} */
const WAYS = { up: [0, -NUDGE], down: [0, NUDGE], left: [-NUDGE, 0], right: [NUDGE, 0] };

export class Where {
  /**
   * @param {HTMLFormElement} form
   * @param {any} configuration
   * @param {Words} words
   * @param {Note} note
   */
  constructor(form, configuration, words, note) {
    this.form = form;
    this.configuration = configuration;
    this.words = words;
    this.note = note;
    /** @type {{accuracy: number} | null} what the browser said of where it is, until the map is moved on */
    this.fix = null;
    /** @type {L.LatLng[]} */
    this.points = [];
    this.worst = 0;
    /** @type {L.Marker | undefined} */
    this.pin = undefined;
    this.touched = false;
    this.moving = false;
    this.element = one("#map");
    this.map = mapOn(this.element);
    this.layer = L.layerGroup().addTo(this.map);
    this.element.setAttribute("role", "application");
    this.element.setAttribute("aria-label", words.say("map_keys"));
    this.#begin();
    addBaseMap(this.map, configuration.base_map, note, words);
    this.#listen();
    // Whatever opens in the sheet changes the map's height; the crosshair must stay on its spot.
    new ResizeObserver(() => this.refresh()).observe(this.element);
    this.#write();
    this.#said();
  }

  /** @returns {Shape} */
  get shape() {
    const chosen = this.form.querySelector("[data-shape]:checked");
    return /** @type {Shape} */ (chosen instanceof HTMLInputElement ? chosen.value : "point");
  }

  /** Whether enough is drawn to go on. */
  get complete() {
    return this.points.length >= needed(this.shape);
  }

  #begin() {
    const [lat, lon] = [Number(this.#field("lat").value), Number(this.#field("lon").value)];
    const view = viewOf(location.hash);
    if (this.#field("lat").value && this.#field("lon").value) this.map.setView([lat, lon], CLOSE);
    else if (view) this.map.setView([view.lat, view.lon], view.zoom);
    else {
      const [west, south, east, north] = this.configuration.city.home;
      this.map.fitBounds([
        [south, west],
        [north, east],
      ]);
    }
  }

  #listen() {
    this.map.on("dragstart", () => (this.fix = null));
    this.map.on("movestart", () => (this.moving = true));
    this.map.on("moveend", () => (this.moving = false));
    this.map.on("move zoomend", () => this.#write());
    this.map.on("moveend", () => this.#said());
    this.element.addEventListener("keydown", (event) => {
      if (event.key.startsWith("Arrow")) this.#moved();
      if (event.key !== "Enter" || event.target !== this.element) return;
      event.preventDefault();
      if (this.shape === "point") this.form.dispatchEvent(new CustomEvent("next"));
      else this.add();
    });
    one("[data-zoom=in]").addEventListener("click", () => this.map.zoomIn());
    one("[data-zoom=out]").addEventListener("click", () => this.map.zoomOut());
    one("[data-locate]").addEventListener("click", () => this.locate());
    for (const button of all("[data-nudge]")) button.addEventListener("click", () => this.#nudge(button));
    for (const name of ["lat", "lon"]) this.#field(name).addEventListener("change", () => this.#typed());
    for (const radio of all("[data-shape]")) radio.addEventListener("change", () => this.#shaped());
    one("[data-add]").addEventListener("click", () => this.add());
    one("[data-undo]").addEventListener("click", () => this.undo());
  }

  /** @param {HTMLElement} button */
  #nudge(button) {
    this.#moved();
    this.map.panBy(WAYS[button.dataset.nudge ?? "up"], { animate: !calm.matches, duration: 0.1 });
  }

  #moved() {
    this.fix = null;
    this.touched = true;
  }

  #typed() {
    const [lat, lon] = ["lat", "lon"].map((name) => Number(this.#field(name).value.replace(",", ".")));
    if (!Number.isFinite(lat) || !Number.isFinite(lon) || Math.abs(lat) > 85 || Math.abs(lon) > 180) return;
    this.go(lat, lon, 0);
  }

  /**
   * Move the crosshair to a point that was found, which may be off by so many metres.
   * @param {number} lat
   * @param {number} lon
   * @param {number} accuracy
   */
  go(lat, lon, accuracy) {
    this.touched = true;
    this.fix = { accuracy };
    this.map.setView([lat, lon], accuracy > 400 ? 15 : Math.max(this.map.getZoom(), CLOSE), { animate: false });
    this.#write();
    this.#said();
  }

  /** Go to where the browser says it is. */
  locate() {
    const button = one("[data-locate]");
    if (!navigator.geolocation) return this.note.show("locate", this.words.say("locate_failed"));
    button.setAttribute("aria-busy", "true");
    const done = () => button.removeAttribute("aria-busy");
    const options = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 };
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        done();
        const [west, south, east, north] = this.configuration.city.extent;
        const inside = coords.longitude > west && coords.longitude < east && coords.latitude > south;
        if (!inside || coords.latitude > north) return this.note.show("locate", this.words.say("locate_far"));
        return this.go(coords.latitude, coords.longitude, coords.accuracy);
      },
      ({ code, PERMISSION_DENIED }) => {
        done();
        this.note.show("locate", this.words.say(code === PERMISSION_DENIED ? "locate_refused" : "locate_failed"));
      },
      options,
    );
  }

  #shaped() {
    one("[data-drawing]").hidden = this.shape === "point";
    this.#draw();
    this.#said();
  }

  /** Wait until the map has come to where it was sent: what is taken is where it stops, not where it was. */
  async settled() {
    if (!this.moving) return;
    await new Promise((resolve) => {
      this.map.once("moveend", resolve);
      setTimeout(resolve, LONGEST_MOVE);
    });
    this.#write();
  }

  /** Add the point under the crosshair to the line or area. */
  async add() {
    await this.settled();
    this.touched = true;
    this.points.push(this.map.getCenter());
    this.worst = Math.max(this.worst, this.accuracy);
    this.#draw();
    announce(this.words.say("point_added", { n: this.points.length }));
  }

  /** Take the last point back. */
  undo() {
    if (!this.points.pop()) return;
    this.#draw();
    announce(this.words.say("point_removed"));
  }

  get accuracy() {
    return Math.max(this.fix?.accuracy ?? 0, accuracyAt(this.map.getZoom(), this.map.getCenter().lat));
  }

  #draw() {
    this.layer.clearLayers();
    const style = { className: "pin-line", interactive: false };
    if (this.shape === "line") L.polyline(this.points, { ...style, fill: false }).addTo(this.layer);
    if (this.shape === "area") L.polygon(this.points, style).addTo(this.layer);
    if (this.shape !== "point") {
      for (const point of this.points) {
        L.circleMarker(point, { radius: 6, className: "pin-dot", interactive: false }).addTo(this.layer);
      }
    }
    this.#write();
    this.#said();
  }

  /** Write the position into the form. */
  #write() {
    const { lat, lng } = this.map.getCenter();
    this.#field("lat").value = lat.toFixed(6);
    this.#field("lon").value = lng.toFixed(6);
    this.#field("geometry").value = this.shape === "point" ? "" : drawn(this.shape, this.points);
    this.#field("accuracy_m").value = String(Math.round(this.shape === "point" ? this.accuracy : this.worst));
    if (this.touched) this.form.dispatchEvent(new Event("placed"));
  }

  /** Say the position in words. */
  #said() {
    const told = one("[data-position]", this.form);
    const { lat, lng } = this.map.getCenter();
    const rough = this.shape === "point" && this.accuracy > ROUGH_M;
    const values = { lat: this.words.number(lat, 5), lon: this.words.number(lng, 5) };
    const distance = this.words.distance(this.accuracy);
    if (this.shape !== "point") told.textContent = this.words.count(`${this.shape}_points`, this.points.length);
    else if (rough) told.textContent = this.words.say("position_rough", { distance });
    else told.textContent = this.words.say("position", { ...values, distance });
    told.classList.toggle("rough", rough);
  }

  /**
   * Mark the spot with the sign of a kind; "" takes it away.
   * @param {string} kind
   */
  mark(kind) {
    this.pin?.remove();
    if (!kind || this.shape !== "point") return;
    const html = `<span class="selected">${shape(kind, "active")}</span>`;
    const icon = L.divIcon({ html, className: "pin pin-selected", iconSize: [46, 46] });
    this.pin = L.marker(this.map.getCenter(), { icon, keyboard: false, interactive: false }).addTo(this.map);
    this.pin.getElement()?.setAttribute("aria-hidden", "true");
  }

  /** The map has another size now; what was in its middle stays there. */
  refresh() {
    const centre = this.map.getCenter();
    this.map.invalidateSize({ animate: false, pan: false });
    this.map.setView(centre, this.map.getZoom(), { animate: false });
  }

  /**
   * Take over a draft's position.
   * @param {Record<string, string>} fields
   */
  restore(fields) {
    const points = fields.geometry ? JSON.parse(fields.geometry).coordinates : [];
    const ring = fields.shape === "area" ? (points[0] ?? []).slice(0, -1) : points;
    this.points = ring.map((/** @type {number[]} */ [lng, lat]) => L.latLng(lat, lng));
    this.worst = Number(fields.accuracy_m) || 0;
    if (fields.lat && fields.lon) this.map.setView([Number(fields.lat), Number(fields.lon)], CLOSE, { animate: false });
    this.fix = { accuracy: Number(fields.accuracy_m) || 0 };
    this.#shaped();
  }

  /** @param {string} name */
  #field(name) {
    const found = this.form.elements.namedItem(name);
    if (!(found instanceof HTMLInputElement)) throw new Error(`the form has no ${name}`);
    return found;
  }
}
