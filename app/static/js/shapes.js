// Pins as markup; templates/_macros.html draws the same shapes. Pure.
import { radiusOf, ringOf } from "./pin-rules.js";

/** @param {string} text */
export function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * The shape of a kind, filled as its status asks.
 * @param {string} kind
 * @param {string} status
 */
export function shape(kind, status) {
  const hatch = status === "ended" ? ` fill="url(#hatch-${kind})"` : "";
  return (
    `<svg class="shape k-${kind} s-${status}" viewBox="-2 -2 28 28" aria-hidden="true" focusable="false">` +
    `<use class="halo" href="#shape-${kind}"/><use class="face" href="#shape-${kind}"${hatch}/></svg>`
  );
}

/**
 * A numbered disc with a ring that shows the shares of the kinds.
 * @param {Record<string, number>} kinds
 * @param {number} places
 * @param {string} label
 */
export function disc(kinds, places, label) {
  const radius = radiusOf(places);
  const size = radius * 2;
  const arcs = ringOf(kinds).map(
    ({ kind, start, length }) =>
      `<circle class="arc k-${kind}" cx="${radius}" cy="${radius}" r="${radius - 4}" pathLength="100"` +
      ` stroke-dasharray="${length.toFixed(2)} 100" stroke-dashoffset="${(-start).toFixed(2)}"/>`,
  );
  return (
    `<svg class="disc" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}" aria-hidden="true" focusable="false">` +
    `<circle class="disc-face" cx="${radius}" cy="${radius}" r="${radius - 0.5}"/>` +
    `<g transform="rotate(-90 ${radius} ${radius})">${arcs.join("")}</g>` +
    `<text x="${radius}" y="${radius}" dy=".35em">${escaped(label)}</text></svg>`
  );
}
