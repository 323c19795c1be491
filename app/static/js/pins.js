// The pins: DOM markers that the server has gathered for the view, each one focusable and named.
import * as L from "./leaflet.js";
import { plain } from "./dom.js";
import { changes, keyOf, nameOf, nearest, radiusOf } from "./pin-rules.js";
import { disc, escaped, shape } from "./shapes.js";
import { inSlices } from "./slices.js";

/** @typedef {import("./types.d.ts").Pin} Pin */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./types.d.ts").Configuration} Configuration */

const SIZE = 24; // as wide as the server keeps free for a single pin

export class Pins {
  /**
   * @param {L.Map} map
   * @param {Configuration} names
   * @param {Words} words
   * @param {(id: string, url: string, element: HTMLElement) => void} open
   * @param {(at: L.LatLngTuple) => void} gather called for a disc that no zooming in takes apart
   */
  constructor(map, names, words, open, gather) {
    this.map = map;
    this.names = names;
    this.words = words;
    this.open = open;
    this.gather = gather;
    /** @type {Map<string, L.Marker>} */
    this.shown = new Map();
    this.current = "";
    this.turn = 0;
    /** @type {L.LatLng | null} where the focus stood when the pin under it went away */
    this.focusAt = null;
  }

  /**
   * Show these pins; those already there are not touched, so that they keep the focus. False where other pins
   * were to be shown before all of these were.
   * @param {Pin[]} pins
   */
  async show(pins) {
    const turn = (this.turn += 1);
    const last = () => turn === this.turn;
    const { gone, come } = changes(this.shown.keys(), pins);
    const whole =
      (await inSlices(gone, (key) => this.#remove(key), last)) && (await inSlices(come, (pin) => this.#add(pin), last));
    if (!whole) return false;
    this.#giveFocusBack();
    this.select(this.current);
    return true;
  }

  /**
   * Mark the pin of the open place.
   * @param {string} id
   */
  select(id) {
    this.element(this.current)?.removeAttribute("aria-current");
    this.current = id;
    this.element(id)?.setAttribute("aria-current", "true");
  }

  /**
   * Raise the pin of a place that the pointer is on in the list.
   * @param {string} id
   * @param {boolean} on
   */
  highlight(id, on) {
    this.element(id)?.classList.toggle("raised", on);
    this.shown.get(id)?.setZIndexOffset(on ? 1000 : 0);
  }

  /**
   * The focusable element of a pin.
   * @param {string} key
   * @returns {HTMLElement | null}
   */
  element(key) {
    const found = this.shown.get(key)?.getElement()?.firstElementChild;
    return found instanceof HTMLElement ? found : null;
  }

  /** @param {string} key */
  #remove(key) {
    const marker = this.shown.get(key);
    if (marker && this.element(key) === document.activeElement) this.focusAt = marker.getLatLng();
    marker?.remove();
    this.shown.delete(key);
  }

  /** @param {Pin} pin */
  #add(pin) {
    const [lon, lat] = pin.geometry.coordinates;
    const count = pin.properties.count ?? 0;
    const size = count ? radiusOf(count) * 2 : SIZE;
    const icon = L.divIcon({ html: this.#markup(pin), className: "pin", iconSize: [size, size] });
    const marker = L.marker([lat, lon], { icon, keyboard: false, interactive: false }).addTo(this.map);
    this.shown.set(keyOf(pin), marker);
    this.element(keyOf(pin))?.addEventListener("click", (event) => this.#clicked(event, pin));
  }

  /** @param {Pin} pin */
  #markup(pin) {
    const { kind = "place", status = "active", count = 0, kinds = {}, url = "" } = pin.properties;
    const name = escaped(nameOf(pin, this.words, this.names));
    if (count) {
      const face = disc(kinds, count, this.words.short(count));
      return `<button type="button" class="cluster" aria-label="${name}">${face}</button>`;
    }
    return (
      `<a class="single" href="${escaped(url)}" draggable="false" aria-label="${name}">${shape(kind, status)}` +
      `<span class="pin-name" aria-hidden="true">${escaped(pin.properties.title ?? this.names.kinds[kind])}</span></a>`
    );
  }

  /**
   * @param {MouseEvent} event
   * @param {Pin} pin
   */
  #clicked(event, pin) {
    if (!plain(event)) return;
    event.preventDefault();
    const dragging = /** @type {{moved?: () => boolean} | undefined} */ (this.map.dragging);
    if (event.detail && dragging?.moved?.()) return; // the end of a drag that began on the pin
    const [lon, lat] = pin.geometry.coordinates;
    if (pin.properties.count && this.map.getZoom() >= this.map.getMaxZoom()) this.gather([lat, lon]);
    else if (pin.properties.count) this.map.setView([lat, lon], Math.min(this.map.getMaxZoom(), this.map.getZoom() + 2));
    else if (event.currentTarget instanceof HTMLElement) {
      this.open(pin.id ?? "", pin.properties.url ?? "", event.currentTarget);
    }
  }

  /** A keyboard stays where it was: on the pin nearest to the one that is gone. */
  #giveFocusBack() {
    if (!this.focusAt) return;
    const to = this.map.latLngToContainerPoint(this.focusAt);
    this.focusAt = null;
    const points = [...this.shown].map(([key, marker]) => {
      const { x, y } = this.map.latLngToContainerPoint(marker.getLatLng());
      return { key, x, y };
    });
    const found = nearest(points, to);
    (found ? this.element(found.key) : this.map.getContainer())?.focus({ preventScroll: true });
  }
}
