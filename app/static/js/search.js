// The search field: a combobox over places and zones (the pattern of ARIA 1.2, with a list box).
import { announce, around, one } from "./dom.js";
import { Latest, settled } from "./latest.js";
import { moved, suggestionsOf } from "./option-rules.js";
import { shape } from "./shapes.js";

/** @typedef {import("./types.d.ts").Suggestion} Suggestion */
/** @typedef {import("./words.js").Words} Words */

const PAUSE = 150;

export class Search {
  /**
   * @param {{base: string, kinds: Record<string, string>}} configuration
   * @param {Words} words
   * @param {(picked: Suggestion) => void} pick
   */
  constructor({ base, kinds }, words, pick) {
    this.base = base;
    this.kinds = kinds;
    this.words = words;
    this.pick = pick;
    this.field = /** @type {HTMLInputElement} */ (one("#q"));
    this.list = one("[data-suggestions]");
    this.latest = new Latest();
    this.active = -1;
    /** @type {Suggestion[]} */
    this.rows = [];
    this.#describe();
    this.field.addEventListener("input", settled(() => this.#suggest(), PAUSE));
    this.field.addEventListener("keydown", (event) => this.#pressed(event));
    this.field.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the field
    this.list.addEventListener("click", (event) => {
      const option = around(event, "[role=option]");
      if (option) this.#choose(Number(option.dataset.row));
    });
  }

  #describe() {
    const { field } = this;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.setAttribute("aria-expanded", "false");
  }

  get open() {
    return !this.list.hidden;
  }

  close() {
    this.latest.stop();
    this.list.hidden = true;
    this.active = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  async #suggest() {
    const typed = this.field.value.trim();
    if (!typed || document.activeElement !== this.field) return this.close();
    const query = new URLSearchParams({ q: typed, lang: this.words.language });
    const found = await this.latest.askJson(`${this.base}search?${query}`).catch(() => null);
    if (!found || document.activeElement !== this.field) return undefined;
    return this.#show(suggestionsOf(found, typed, this.words, this.kinds));
  }

  /** @param {Suggestion[]} rows */
  #show(rows) {
    this.rows = rows;
    this.list.replaceChildren(...rows.map((row, number) => option(row, number)));
    this.list.hidden = false;
    this.active = -1;
    this.field.setAttribute("aria-expanded", "true");
    this.field.removeAttribute("aria-activedescendant");
    const found = rows.length - 1;
    announce(found ? this.words.count("suggestions", found) : this.words.say("suggestions_none"));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (!this.open) {
      if (event.key === "ArrowDown") this.#suggest();
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.#choose(this.active);
    } else if (event.key === "Enter") this.close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#mark(moved(this.active, event.key, this.rows.length));
    }
  }

  /** @param {number} row */
  #mark(row) {
    this.active = row;
    [...this.list.children].forEach((element, number) =>
      element.setAttribute("aria-selected", String(number === row)),
    );
    const marked = this.list.children[row];
    marked?.scrollIntoView({ block: "nearest" });
    if (marked) this.field.setAttribute("aria-activedescendant", marked.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {number} row */
  #choose(row) {
    const picked = this.rows[row];
    this.close();
    this.pick(picked);
  }
}

/**
 * @param {Suggestion} row
 * @param {number} number
 */
function option(row, number) {
  const item = document.createElement("li");
  item.id = `suggestion-${number}`;
  item.dataset.row = String(number);
  item.className = `suggestion suggestion-${row.type}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const mark = document.createElement("span");
  mark.className = "suggestion-mark";
  if (row.type === "place") mark.innerHTML = shape(row.kind ?? "place", row.status ?? "active");
  const title = document.createElement("span");
  title.textContent = row.words;
  if (row.language) title.lang = row.language;
  const hint = document.createElement("span");
  hint.className = "suggestion-hint";
  hint.textContent = row.hint;
  item.append(mark, title, " ", hint);
  return item;
}
