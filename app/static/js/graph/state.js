// What is switched on of "Near and connected", as one short word list in the address. Pure.
import { clamped } from "./radius.js";

/** @typedef {{lat: number, lon: number}} At */
/**
 * `near`: how far, around a point or around the open place (`at` null). `gaps`: how far a house is to be.
 * `way`: the place at the other end.
 * @typedef {{connections: boolean, near: {metres: number, at: At | null} | null, gaps: number | null, way: string}} State
 */

/** @type {State} */
export const NOTHING = { connections: false, near: null, gaps: null, way: "" };

const NUMBER = "(-?\\d{1,3}(?:\\.\\d+)?)";
const NEAR = new RegExp(`^near_(\\d{1,5})_(?:(place)|${NUMBER}_${NUMBER})$`);
const GAPS = /^gaps_(\d{1,5})$/;
const WAY = /^way_([0-9a-f-]{36})$/;

/**
 * The state that the address names; words that say nothing are passed over.
 * @param {string} words
 * @returns {State}
 */
export function stateOf(words) {
  const state = { ...NOTHING };
  for (const word of words.split(",")) {
    const near = NEAR.exec(word);
    const gaps = GAPS.exec(word);
    const way = WAY.exec(word);
    if (word === "connections") state.connections = true;
    else if (near) state.near = nearOf(near);
    else if (gaps) state.gaps = clamped(Number(gaps[1]));
    else if (way) state.way = way[1];
  }
  return state;
}

/** @param {RegExpExecArray} found @returns {State["near"]} */
function nearOf([, far, place, lon, lat]) {
  const metres = clamped(Number(far));
  if (place) return { metres, at: null };
  const at = { lon: Number(lon), lat: Number(lat) };
  return Math.abs(at.lon) <= 180 && Math.abs(at.lat) <= 90 ? { metres, at } : null;
}

/**
 * The words for the address; "" where nothing is switched on.
 * @param {State} state
 */
export function wordsOf({ connections, near, gaps, way }) {
  const around = near?.at ? `${Number(near.at.lon.toFixed(5))}_${Number(near.at.lat.toFixed(5))}` : "place";
  return [
    connections ? "connections" : "",
    near ? `near_${near.metres}_${around}` : "",
    gaps === null ? "" : `gaps_${gaps}`,
    way ? `way_${way}` : "",
  ]
    .filter(Boolean)
    .join(",");
}
