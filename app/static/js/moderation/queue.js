// The queue by keyboard: every key does what a control on the page does, too.
import { all, one } from "../dom.js";

const OFF = "moderation-keys-off";

/** Whether a key that is pressed there is meant for a text. */
const writes = (/** @type {EventTarget | null} */ target) =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type));

/** @returns {number} */
const current = () => rows.findIndex((row) => row.contains(document.activeElement));

/**
 * The link or the box of a row, whichever kind has the focus now.
 * @param {number} step
 */
function go(step) {
  if (!rows.length) return;
  const at = current();
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  const row = rows[next];
  if (row) one("[data-open]", row).focus();
}

/** @param {HTMLElement} row */
const box = (row) => /** @type {HTMLInputElement} */ (one(".pick-one", row));

function choose() {
  const row = rows[current()];
  if (row) box(row).checked = !box(row).checked;
}

/** What is chosen, else the row with the focus; false where there is neither. */
function chosen() {
  const row = rows[current()];
  if (!rows.some((each) => box(each).checked) && row) box(row).checked = true;
  return rows.some((each) => box(each).checked);
}

/** @param {string} selector */
const press = (selector) => {
  const button = document.querySelector(selector);
  if (button instanceof HTMLElement) button.click();
};

function refuse() {
  if (!chosen()) return;
  const reason = /** @type {HTMLSelectElement} */ (one("[data-reason]"));
  if (reason.value) press("[data-act=refuse]");
  else reason.focus();
}

const rows = all("[data-row]");
const keys = /** @type {HTMLDetailsElement} */ (one("[data-keys]"));
const on = /** @type {HTMLInputElement} */ (one("[data-keys-on]"));

/** @type {Record<string, () => void>} */
const DEEDS = {
  j: () => go(1),
  k: () => go(-1),
  x: choose,
  a: () => chosen() && press("[data-act=approve]"),
  r: refuse,
  u: () => press("[data-undo] button"),
  "?": () => {
    keys.open = !keys.open;
    if (keys.open) one("summary", keys).focus();
  },
};

document.documentElement.classList.add("scripted");
on.checked = localStorage.getItem(OFF) !== "1";
on.addEventListener("change", () => localStorage.setItem(OFF, on.checked ? "0" : "1"));
document.addEventListener("keydown", (event) => {
  const deed = DEEDS[event.key];
  if (!deed || !on.checked || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
  event.preventDefault();
  deed();
});

const trouble = document.querySelector("[data-trouble]");
if (trouble instanceof HTMLElement) trouble.focus();
