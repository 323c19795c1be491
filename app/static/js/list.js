// The list in the panel: the places of the view, in the order that the server gives.
import { around, one } from "./dom.js";
import { listAddress } from "./address.js";
import { Latest } from "./latest.js";

/** @typedef {import("./types.d.ts").Asked} Asked */
/** @typedef {import("./types.d.ts").Box} Box */

export class List {
  /**
   * @param {string} base the city's address
   * @param {string} language
   */
  constructor(base, language) {
    this.base = base;
    this.language = language;
    this.element = one("[data-list]");
    this.latest = new Latest();
    this.markup = "";
  }

  /**
   * Load a page of the places in a box; false where a newer question came before its answer.
   * @param {Asked} asked
   * @param {Box} box
   * @param {number} page
   */
  async load(asked, box, page) {
    const markup = await this.latest.ask(listAddress(this.base, asked, box, page, this.language));
    if (markup === null) return false;
    if (markup !== this.markup) this.#replace(markup);
    return true;
  }

  /** @param {string} markup */
  #replace(markup) {
    const focused = document.activeElement;
    const place = focused instanceof HTMLElement && this.element.contains(focused) ? focused.dataset.place : null;
    this.markup = markup;
    this.element.innerHTML = markup;
    if (place) (this.link(place) ?? one("[data-count-words]", this.element)).focus({ preventScroll: true });
  }

  /**
   * The link to a place, if it is in the list.
   * @param {string} id
   * @returns {HTMLElement | null}
   */
  link(id) {
    return this.element.querySelector(`[data-place="${CSS.escape(id)}"]`);
  }

  /** Whether more places are in the view than the list holds. */
  get overflows() {
    return this.element.querySelector("[data-count-words]")?.getAttribute("data-complete") === "no";
  }

  /** How many places the list says there are, in words. */
  get words() {
    return this.element.querySelector("[data-count-words]")?.textContent?.trim() ?? "";
  }

  /**
   * Say in the heading what the list does not know: the count beyond a thousand places, or whose list it is.
   * @param {string} words
   */
  tell(words) {
    const heading = one("[data-count-words]", this.element);
    heading.textContent = words;
    return heading;
  }

  /** How many places the list has found. */
  get found() {
    return Number(one("[data-count-words]", this.element).dataset.found);
  }

  /**
   * Call when the pointer enters or leaves a place of the list.
   * @param {(id: string, on: boolean) => void} call
   */
  onHover(call) {
    for (const [name, on] of /** @type {const} */ ([
      ["mouseover", true],
      ["mouseout", false],
      ["focusin", true],
      ["focusout", false],
    ])) {
      this.element.addEventListener(name, (event) => {
        const id = around(event, "[data-place]")?.dataset.place;
        if (id) call(id, on);
      });
    }
  }
}
