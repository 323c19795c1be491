// Finding the spot by words: a street, a place near it, coordinates.
import { announce, one } from "../dom.js";
import { Latest } from "../latest.js";

/** @typedef {import("./where.js").Where} Where */
/** @typedef {import("../words.js").Words} Words */
/** @typedef {{label: string, hint: string, lon: number, lat: number, accuracy_m: number}} Spot */

/**
 * @param {HTMLFormElement} form
 * @param {string} base
 * @param {Where} where
 * @param {Words} words
 */
export function mountFind(form, base, where, words) {
  const field = /** @type {HTMLInputElement} */ (one("#q", form));
  const list = one("[data-spots]", form);
  const latest = new Latest();

  /** @param {Spot[]} spots */
  const show = (spots) => {
    list.replaceChildren(...spots.map((spot) => line(spot, () => choose(spot))));
    list.hidden = !spots.length;
    announce(spots.length ? words.count("found", spots.length) : words.say("found_none"));
    if (!spots.length) where.note.show("find", words.say("found_none"));
  };

  /** @param {Spot} spot */
  const choose = (spot) => {
    list.hidden = true;
    field.value = spot.label;
    const address = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("address"));
    if (address && spot.hint) address.value = spot.hint;
    where.go(spot.lat, spot.lon, spot.accuracy_m);
    one("#map").focus();
  };

  const find = async () => {
    if (!field.value.trim()) return field.focus();
    try {
      const query = new URLSearchParams({ q: field.value, lang: words.language });
      const spots = await latest.askJson(`${base}pin/spots?${query}`);
      if (spots) show(spots);
    } catch {
      where.note.show("find", words.say("found_failed"));
    }
  };

  one("[data-find-button]", form).addEventListener("click", (event) => {
    event.preventDefault();
    find();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    find();
  });
}

/**
 * @param {Spot} spot
 * @param {() => void} chosen
 */
function line(spot, chosen) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const words = document.createElement("span");
  const hint = document.createElement("small");
  button.type = "button";
  button.className = "spot";
  hint.textContent = spot.hint === spot.label ? "" : spot.hint;
  words.append(spot.label, hint);
  button.append(words);
  button.addEventListener("click", chosen);
  item.append(button);
  return item;
}
