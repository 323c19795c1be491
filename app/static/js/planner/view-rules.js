// What stands for an area in the legend, and the addresses of the planner's page. Pure.
import { classOf } from "../class-rules.js";

/** @typedef {import("../types.d.ts").Values} Values */
/** @typedef {import("../types.d.ts").Spots} Spots */
/** @typedef {import("../types.d.ts").PlannerState} PlannerState */

export const NOTHING = "none";

/**
 * What stands for an area in the legend: the number of its class, what it is among its neighbours, or "none".
 * @param {string} code
 * @param {string} paint
 * @param {Values} values
 * @param {Spots | null} spots
 */
export function keyOf(code, paint, values, spots) {
  if (paint === "moran" || paint === "gi") return spots?.areas[code]?.[paint].spot ?? NOTHING;
  const value = values.values[code];
  return value === undefined || !values.classes ? NOTHING : String(classOf(value, values.classes.upper));
}

/**
 * Whether an area steps back, because others were picked in the legend.
 * @param {string} key
 * @param {string[]} show
 */
export function dimmed(key, show) {
  return show.length > 0 && !show.includes(key);
}

/**
 * An address with parameters changed; "" takes one away. The hash, which is the view of the map, goes.
 * @param {string} address
 * @param {Record<string, string>} changes
 */
export function changed(address, changes) {
  const url = new URL(address);
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return readable(url);
}

/**
 * The address of a form's fields; fields left empty go, and a field given several times is one list.
 * @param {string} action
 * @param {Iterable<[string, FormDataEntryValue]>} fields
 */
export function formAddress(action, fields) {
  const url = new URL(action);
  url.search = "";
  for (const [name, value] of fields) {
    const before = url.searchParams.get(name);
    if (value) url.searchParams.set(name, before ? `${before},${value}` : String(value));
  }
  return readable(url);
}

/** @param {URL} url */
function readable(url) {
  url.hash = "";
  return url.href.replaceAll("%2C", ",");
}
