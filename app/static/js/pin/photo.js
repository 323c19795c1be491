// The photo of a draft: chosen, looked at, kept.
import { announce } from "../dom.js";

/** @typedef {import("../words.js").Words} Words */

const MOST = 10 * 1024 * 1024;
const TYPES = new Set(["image/jpeg", "image/png", "image/webp"]);

/**
 * @param {HTMLFormElement} form
 * @param {Words} words
 * @param {() => void} changed
 * @returns {{file: File | null, restore: (blob: Blob | null, name: string) => void}}
 */
export function mountPhoto(form, words, changed) {
  const held = { file: /** @type {File | null} */ (null), restore };
  const field = form.querySelector("input[type=file]");
  const canvas = form.querySelector("[data-photo-shown]");
  if (!(field instanceof HTMLInputElement)) return held;

  /** @param {string} why */
  const refuse = (why) => {
    field.value = "";
    field.setCustomValidity("");
    const told = form.querySelector("[data-photo-wrong]");
    if (told) told.textContent = why;
    announce(why);
  };

  /** @param {File | null} file */
  function take(file) {
    refuseNothing();
    if (file && file.size > MOST) return refuse(words.say("photo_large"));
    if (file && !TYPES.has(file.type)) return refuse(words.say("photo_type"));
    held.file = file;
    if (canvas instanceof HTMLCanvasElement) draw(canvas, file);
    return undefined;
  }

  function refuseNothing() {
    const told = form.querySelector("[data-photo-wrong]");
    if (told) told.textContent = "";
  }

  /** @param {Blob | null} blob @param {string} name */
  function restore(blob, name) {
    take(blob ? new File([blob], name || "photo", { type: blob.type }) : null);
  }

  held.restore = restore;
  field.addEventListener("change", () => {
    take(field.files?.[0] ?? null);
    changed();
  });
  return held;
}

/** @param {Blob | null} _blob @param {string} _name */
function restore(_blob, _name) {}

/**
 * Show a photo at the width that there is; drawn, because pages may not load what a script made up.
 * @param {HTMLCanvasElement} canvas
 * @param {Blob | null} file
 */
export async function draw(canvas, file) {
  canvas.hidden = !file;
  if (!file) return;
  try {
    const image = await createImageBitmap(file);
    canvas.width = Math.min(600, image.width);
    canvas.height = Math.round((canvas.width * image.height) / image.width);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  } catch {
    canvas.hidden = true;
  }
}
