// The form that relates two places: the other place is offered anew while somebody types or chooses how.
import { one } from "../dom.js";
import { Latest, settled } from "../latest.js";

const PAUSE = 200;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-relate]"));
if (form) mount(form);

/** @param {HTMLFormElement} form */
function mount(form) {
  const latest = new Latest();
  const field = /** @type {HTMLInputElement} */ (one("#q", form));
  const list = one("[data-candidates]", form);
  const status = one("[data-found]", form);
  const chosen = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? "");

  const offer = async () => {
    const query = new URLSearchParams({ part: "candidates", q: field.value.trim(), kind: chosen("kind") });
    query.set("lang", document.documentElement.lang);
    const other = chosen("other");
    const markup = await latest.ask(`${form.dataset.relate}?${query}`).catch(() => null);
    if (markup === null) return; // the button asks the server instead
    list.innerHTML = markup;
    const again = list.querySelector(`input[value="${CSS.escape(other)}"]`);
    if (other && again instanceof HTMLInputElement) again.checked = true;
    const found = String(list.querySelectorAll("input").length);
    status.textContent = (status.dataset.found ?? "").replace("{n}", found);
  };

  field.addEventListener("input", settled(offer, PAUSE));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // would send the form by its first button
    offer();
  });
  for (const way of form.querySelectorAll("[name=kind]")) way.addEventListener("change", offer);
}
