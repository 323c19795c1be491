// The form of filters: chips act at once, and their counts follow the other filters.
import { all, around, one } from "./dom.js";
import { Latest } from "./latest.js";

/** @typedef {import("./types.d.ts").Asked} Asked */

export class Filters {
  /** @param {() => void} changed */
  constructor(changed) {
    this.form = /** @type {HTMLFormElement} */ (one("[data-filters]"));
    this.field = /** @type {HTMLInputElement} */ (one("input[name=q]", this.form));
    this.clear = one("[data-clear]", this.form);
    this.latest = new Latest();
    this.form.addEventListener("change", (event) => {
      if (around(event, "input[type=checkbox]")) changed();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      changed();
    });
  }

  /** What the form asks for. */
  read() {
    const given = new FormData(this.form);
    const list = (/** @type {string} */ name) => given.getAll(name).map(String);
    const [confirmed_since = ""] = list("confirmed_since");
    return { kind: list("kind"), status: list("status"), q: this.field.value.trim(), confirmed_since };
  }

  /** @param {Asked} asked */
  write(asked) {
    for (const box of /** @type {HTMLInputElement[]} */ (all("input[type=checkbox]", this.form))) {
      if (box.name === "confirmed_since") box.checked = asked.confirmed_since !== "";
      else box.checked = asked[/** @type {"kind" | "status"} */ (box.name)].includes(box.value);
    }
    this.field.value = asked.q;
    this.clear.hidden = !(asked.kind.length || asked.status.length || asked.q || asked.confirmed_since);
  }

  /**
   * Bring the counts of the chips up to date from the page that a reader without scripts would get.
   * @param {string} address
   */
  async recount(address) {
    const markup = await this.latest.ask(address);
    if (markup === null) return;
    const page = new DOMParser().parseFromString(markup, "text/html");
    for (const fresh of all("[data-chip]", page)) {
      const chip = one(`[data-chip="${fresh.dataset.chip}"]`, this.form);
      one("[data-count]", chip).textContent = one("[data-count]", fresh).textContent;
      chip.hidden = fresh.hidden;
    }
    const found = page.querySelector("[data-found-areas]");
    document.querySelector("[data-found-areas]")?.remove();
    if (found) one("[data-list-view]").prepend(found);
  }
}
