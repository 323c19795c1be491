// The lists of the panel: the same that the map shows, for a keyboard and a screen reader.
import { shape } from "../shapes.js";

/** @typedef {import("./edges.js").Place} Place */

export const LISTED = 50;

/**
 * A place that opens over the list, and what else there is to say of it.
 * @param {string} base
 * @param {Place} place
 * @param {string} said
 */
export function placeItem(base, place, said) {
  const item = document.createElement("li");
  const link = placeLink(base, place);
  const words = document.createElement("span");
  words.className = "place-words";
  const meta = document.createElement("span");
  meta.className = "place-meta";
  meta.textContent = said;
  words.append(...link.childNodes, meta);
  link.className = "place-link";
  link.innerHTML = shape(place.kind, place.status);
  link.append(words);
  item.append(link);
  return item;
}

/**
 * Only the name of a place, as a link that opens it.
 * @param {string} base
 * @param {Place} place
 */
export function placeLink(base, place) {
  const link = document.createElement("a");
  link.href = `${base}places/${place.id}`;
  link.dataset.place = place.id;
  const title = document.createElement("span");
  title.className = "place-title";
  title.textContent = place.title;
  title.lang = place.language;
  link.append(title);
  return link;
}

/**
 * Put items into a list, the first of many; the focus stays on the same place where it is still listed.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} items
 * @param {string} more what is said of those that are not listed; "" where all are
 */
export function fill(list, items, more) {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const place = focused && list.contains(focused) ? (focused.dataset.place ?? "") : "";
  list.replaceChildren(...items);
  if (more) {
    const last = document.createElement("li");
    last.className = "graph-more";
    last.textContent = more;
    list.append(last);
  }
  list.hidden = !items.length;
  const again = place && list.querySelector(`[data-place="${CSS.escape(place)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}
