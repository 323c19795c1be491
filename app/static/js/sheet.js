// On a phone the panel is a sheet with three heights: drag it, or press its handle.
import { narrow, one } from "./dom.js";
import { next, pixels, resting } from "./sheet-rules.js";

/** @typedef {import("./sheet-rules.js").Height} Height */
/** @typedef {import("./words.js").Words} Words */

const TOP = 118; // stays free above the sheet: the search field and the chips

export class Sheet {
  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.panel = one("[data-panel]");
    this.handle = one("[data-handle]");
    this.from = 0;
    this.startY = 0;
    this.lastY = 0;
    this.lastAt = 0;
    this.speed = 0;
    this.dragged = false;
    this.set(/** @type {Height} */ (this.panel.dataset.height));
    this.handle.addEventListener("click", () => !this.dragged && this.set(next(this.height)));
    this.handle.addEventListener("pointerdown", (event) => this.#begin(event));
    this.handle.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.handle.addEventListener(end, () => this.#end());
    this.panel.addEventListener("focusin", (event) => {
      if (this.height === "peek" && event.target !== this.handle && event.target !== this.panel) this.set("half");
    });
  }

  get height() {
    return /** @type {Height} */ (this.panel.dataset.height);
  }

  /** @param {Height} height */
  set(height) {
    this.panel.dataset.height = height;
    this.panel.style.height = "";
    one("[data-handle-words]").textContent = this.words.say(`sheet_${height}`);
    this.handle.setAttribute("aria-expanded", String(height !== "peek"));
  }

  /** Make sure that a good part of the panel can be read. */
  raise() {
    if (narrow.matches && this.height === "peek") this.set("half");
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (!narrow.matches) return;
    this.handle.setPointerCapture(event.pointerId);
    this.from = this.panel.getBoundingClientRect().height;
    this.startY = this.lastY = event.clientY;
    this.lastAt = event.timeStamp;
    this.speed = 0;
    this.dragged = false;
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.from) return;
    const moved = this.startY - event.clientY;
    if (!this.dragged && Math.abs(moved) < 6) return;
    this.dragged = true;
    const { peek, full } = this.#pixels();
    this.panel.classList.add("dragging");
    this.panel.style.height = `${Math.max(peek, Math.min(full, this.from + moved))}px`;
    this.speed = (this.lastY - event.clientY) / Math.max(1, event.timeStamp - this.lastAt);
    this.lastY = event.clientY;
    this.lastAt = event.timeStamp;
  }

  #end() {
    if (this.dragged) {
      const tall = this.panel.getBoundingClientRect().height;
      this.panel.classList.remove("dragging");
      this.set(resting(tall, this.speed, this.#pixels()));
      setTimeout(() => (this.dragged = false)); // the click that ends a drag is no press
    }
    this.from = 0;
  }

  #pixels() {
    return pixels(window.innerHeight, TOP);
  }
}
