// The parts of the page that the server writes anew when something else is chosen.
import { all, one } from "../dom.js";

const ABOVE = 3; // rows that stay in view above the one that the table is scrolled to

/**
 * Put the parts of a fresh page in the place of those here; the focus stays where it was.
 * @param {Document} fresh
 */
export function replacePieces(fresh) {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
  const scrolled = document.querySelector("[data-table]")?.scrollTop ?? 0;
  for (const piece of document.querySelectorAll("[data-piece]")) {
    const found = fresh.querySelector(`[data-piece="${piece.getAttribute("data-piece")}"]`);
    if (found && found.innerHTML !== piece.innerHTML) piece.innerHTML = found.innerHTML;
  }
  const table = document.querySelector("[data-table]");
  if (table) table.scrollTop = scrolled;
  document.title = fresh.title;
  if (focused) all(`[data-focus="${CSS.escape(focused)}"]`)[0]?.focus({ preventScroll: true });
}

/**
 * Bring the fields of the form to what a fresh page has in them.
 * @param {HTMLFormElement} form
 * @param {Document} fresh
 */
export function replaceFields(form, fresh) {
  const theirs = one("[data-choices]", fresh);
  for (const select of /** @type {HTMLSelectElement[]} */ (all("select", form))) {
    const found = /** @type {HTMLSelectElement} */ (one(`#${select.id}`, theirs));
    const values = [select, found].map(({ options }) => [...options].map(({ value }) => value).join());
    if (values[0] !== values[1]) select.innerHTML = found.innerHTML; // the first figure is no second one
    select.value = found.value;
  }
  for (const box of /** @type {HTMLInputElement[]} */ (all("input[type=checkbox]", form))) {
    const found = all(`input[name="${box.name}"][value="${box.value}"]`, theirs)[0];
    box.checked = /** @type {HTMLInputElement} */ (found)?.checked ?? false;
  }
}

/**
 * Mark an area wherever it stands, or take the mark away.
 * @param {string} code
 * @param {string} mark a class
 * @param {boolean} on
 */
export function mark(code, mark, on) {
  if (!code) return;
  for (const found of document.querySelectorAll(`[data-piece] [data-code="${CSS.escape(code)}"]`)) {
    found.classList.toggle(mark, on);
  }
}

/**
 * Scroll the table, and nothing else, to the row of an area. Below the head, which stays, a whole row comes first:
 * half a link is too small to be hit.
 * @param {string} code
 */
export function revealRow(code) {
  const box = document.querySelector("[data-table]");
  const row = document.getElementById(`area-${code}`);
  if (!box || !row) return;
  const around = box.getBoundingClientRect();
  const top = around.top + (box.querySelector("thead")?.offsetHeight ?? 0);
  const within = row.getBoundingClientRect();
  if (within.top >= top && within.bottom <= around.bottom) return;
  const before = [...all("tr", one("tbody", box))];
  const first = before[Math.max(0, before.indexOf(row) - ABOVE)];
  box.scrollTop += first.getBoundingClientRect().top - top;
}
