// Changing a place: the map comes when somebody wants to move it.
import { one } from "../dom.js";

/** @typedef {import("./where.js").Where} Where */

/**
 * @param {HTMLFormElement} form
 * @param {() => Where} mount
 */
export function mountEditing(form, mount) {
  const button = form.querySelector("[data-move]");
  if (!(button instanceof HTMLElement)) return;
  button.addEventListener("click", () => {
    document.body.classList.add("moving");
    document.body.dataset.stepNow = "where";
    button.hidden = true;
    mount().refresh();
    one("#map").focus();
  });
}
