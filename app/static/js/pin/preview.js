// What is about to be sent, as it will read.
import { shape } from "../shapes.js";
import { draw } from "./photo.js";

/** @typedef {import("../words.js").Words} Words */

const AT_FIRST = { project: "proposed", event: "proposed", site: "proposed" };

/**
 * @param {HTMLElement} element
 * @param {Record<string, string>} fields
 * @param {File | null} photo
 * @param {any} configuration
 * @param {Words} words
 */
export function preview(element, fields, photo, configuration, words) {
  const kind = fields.kind ?? "place";
  const status = /** @type {Record<string, string>} */ (AT_FIRST)[kind] ?? "active";
  const head = document.createElement("div");
  head.className = "preview-head";
  head.innerHTML = shape(kind, status);
  const names = document.createElement("div");
  names.append(line("p", "place-kind", configuration.kinds[kind]));
  names.append(line("h2", "", fields.title?.trim() || configuration.kinds[kind]));
  head.append(names);
  element.replaceChildren(head);
  for (const paragraph of (fields.summary ?? "").split(/\n+/)) if (paragraph.trim()) element.append(line("p", "", paragraph));
  const values = { lat: words.number(Number(fields.lat), 5), lon: words.number(Number(fields.lon), 5) };
  const distance = words.distance(Number(fields.accuracy_m));
  element.append(line("p", "hint", words.say("position", { ...values, distance })));
  if (fields.website) element.append(line("p", "hint", fields.website));
  if (photo) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", fields.alt?.trim() || photo.name);
    element.append(canvas);
    draw(canvas, photo);
  }
}

/** @param {string} tag @param {string} name @param {string} text */
function line(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  return element;
}
