// Rectangles over a photo, drawn by pointer or keyboard; the numeric fields beside them are what is sent.
import { all, one } from "../dom.js";
import { clipped, drawn, moved, percent, resized, STEP } from "./region-rules.js";

/** @typedef {import("./region-rules.js").Region} Region */

const ARROWS = new Map([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
]);
const EDGES = /** @type {const} */ (["left", "top", "width", "height"]);

class Blur {
  /** @param {HTMLElement} form */
  constructor(form) {
    this.stage = one("[data-blur-stage]", form);
    this.rows = one("[data-blur-rows]", form);
    this.said = one("[data-blur-said]", form);
    /** @type {Map<HTMLElement, HTMLElement>} the box of each row of fields that has a region */
    this.boxes = new Map();
    for (const hidden of all("[data-blur-help], [data-blur-tools]", form)) hidden.hidden = false;
    this.stage.classList.add("drawing");
    this.stage.addEventListener("pointerdown", (event) => this.#draw(event));
    one("[data-blur-add]", form).addEventListener("click", () => this.#add({ left: 40, top: 40, width: 20, height: 20 }, true));
    this.rows.addEventListener("input", () => this.show());
    this.show();
  }

  /** Draw what the fields say. */
  show() {
    for (const row of all(".region", this.rows)) {
      const region = this.#read(row);
      const box = this.boxes.get(row);
      if (region) this.#place(row, region, box ?? this.#box(row));
      else if (box) this.#forget(row, box);
    }
  }

  /** @param {HTMLElement} row @returns {Region | null} */
  #read(row) {
    const [left, top, width, height] = EDGES.map((edge) => parseFloat(this.#field(row, edge).value.replace(",", ".")));
    const region = { left: left ?? NaN, top: top ?? NaN, width: width ?? NaN, height: height ?? NaN };
    return Object.values(region).every(Number.isFinite) ? region : null;
  }

  /** @param {HTMLElement} row @param {string} edge @returns {HTMLInputElement} */
  #field(row, edge) {
    const field = row.querySelector(`[name=${edge}]`);
    if (!(field instanceof HTMLInputElement)) throw new Error(`a row without ${edge}`);
    return field;
  }

  /** @param {HTMLElement} row @param {Region} region */
  #write(row, region) {
    for (const edge of EDGES) this.#field(row, edge).value = percent(region[edge]);
  }

  /** @param {HTMLElement} row */
  #box(row) {
    const box = document.createElement("button");
    box.type = "button";
    box.className = "blur-box";
    box.setAttribute("aria-describedby", "blur-help");
    box.addEventListener("keydown", (event) => this.#key(event, row, box));
    box.addEventListener("pointerdown", (event) => this.#drag(event, row));
    this.stage.append(box);
    this.boxes.set(row, box);
    return box;
  }

  /** @param {HTMLElement} row @param {Region} region @param {HTMLElement} box */
  #place(row, region, box) {
    for (const edge of EDGES) box.style[edge] = `${region[edge]}%`;
    const number = String(all(".region", this.rows).indexOf(row) + 1);
    const words = { number, ...Object.fromEntries(EDGES.map((edge) => [edge, percent(region[edge])])) };
    box.setAttribute("aria-label", filled(this.rows.dataset.name ?? "", words));
  }

  /** @param {HTMLElement} row @param {HTMLElement} box */
  #forget(row, box) {
    box.remove();
    this.boxes.delete(row);
  }

  /** @param {Region} region @param {boolean} focused */
  #add(region, focused) {
    const row = all(".region", this.rows).find((each) => !this.#read(each)) ?? this.#another();
    this.#write(row, region);
    this.show();
    const number = String(all(".region", this.rows).indexOf(row) + 1);
    this.said.textContent = filled(this.rows.dataset.added ?? "", { number });
    if (focused) this.boxes.get(row)?.focus();
    return row;
  }

  #another() {
    const rows = all(".region", this.rows);
    const row = /** @type {HTMLElement} */ (one(".region", this.rows).cloneNode(true));
    row.setAttribute("aria-label", (row.getAttribute("aria-label") ?? "").replace(/\d+/, String(rows.length + 1)));
    for (const edge of EDGES) this.#field(row, edge).value = "";
    this.rows.append(row);
    return row;
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} row @param {HTMLElement} box */
  #key(event, row, box) {
    const region = this.#read(row);
    const arrow = ARROWS.get(event.key);
    if (region && arrow) {
      const [across, down] = [(arrow[0] ?? 0) * STEP, (arrow[1] ?? 0) * STEP];
      this.#write(row, event.shiftKey ? resized(region, across, down) : moved(region, across, down));
      this.show();
      event.preventDefault();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      for (const edge of EDGES) this.#field(row, edge).value = "";
      this.#forget(row, box);
      this.said.textContent = this.rows.dataset.removed ?? "";
      one("[data-blur-add]").focus();
      event.preventDefault();
    }
  }

  /** @param {PointerEvent} event */
  #draw(event) {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest(".blur-box"))) return;
    event.preventDefault();
    const start = this.#spot(event);
    /** @type {HTMLElement | null} */
    let row = null;
    this.#follow(event, (spot) => {
      const region = drawn(start, spot);
      if (region.width < STEP || region.height < STEP) return;
      row ??= this.#add(region, false);
      this.#write(row, region);
      this.show();
    });
  }

  /** @param {PointerEvent} event @param {HTMLElement} row */
  #drag(event, row) {
    const start = this.#spot(event);
    const region = this.#read(row);
    if (!region || event.button !== 0) return;
    this.#follow(event, (spot) => {
      this.#write(row, moved(region, spot.x - start.x, spot.y - start.y));
      this.show();
    });
  }

  /** @param {PointerEvent} event @param {(spot: {x: number, y: number}) => void} step */
  #follow(event, step) {
    this.stage.setPointerCapture(event.pointerId);
    const following = new AbortController();
    const { signal } = following;
    this.stage.addEventListener("pointermove", (moving) => step(this.#spot(moving)), { signal });
    for (const end of ["pointerup", "pointercancel"]) this.stage.addEventListener(end, () => following.abort(), { signal });
  }

  /** @param {PointerEvent} event where it is, in percent of the photo */
  #spot(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: clipped((100 * (event.clientX - box.left)) / box.width), y: clipped((100 * (event.clientY - box.top)) / box.height) };
  }
}

/** @param {string} sentence @param {Record<string, string>} values */
function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

const form = document.querySelector("[data-blur]");
if (form instanceof HTMLElement) new Blur(form);
