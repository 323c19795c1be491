// A slider of distances that is labelled in metres, for the keyboard and for screen readers.
import { one } from "../dom.js";
import { clamped, STEPS, stepOf } from "./radius.js";

/** @typedef {import("../words.js").Words} Words */

export class Slider {
  /**
   * @param {HTMLElement} element what holds the range and its output
   * @param {Words} words
   * @param {(metres: number) => void} moved
   */
  constructor(element, words, moved) {
    this.words = words;
    this.input = /** @type {HTMLInputElement} */ (one("input[type=range]", element));
    this.output = one("output", element);
    this.metres = 0;
    this.input.min = "0";
    this.input.max = String(STEPS.length - 1);
    this.input.step = "1";
    this.input.addEventListener("input", () => {
      this.set(STEPS[Number(this.input.value)]);
      moved(this.metres);
    });
  }

  /** @param {number} metres */
  set(metres) {
    this.metres = clamped(metres);
    this.input.value = String(stepOf(this.metres));
    const said = this.words.distance(this.metres);
    this.input.setAttribute("aria-valuetext", said);
    this.output.textContent = said;
  }
}
