// Mounts the form of a place over its map.
import { one } from "../dom.js";
import { Note } from "../note.js";
import { Words } from "../words.js";
import { mountEditing } from "./editing.js";
import { PinForm } from "./form.js";
import { Where } from "./where.js";

document.documentElement.classList.add("scripted");
const configuration = JSON.parse(one("#configuration").textContent ?? "");
const words = new Words(configuration.messages, configuration.language);
const form = document.querySelector("[data-pin-form]");
if (form instanceof HTMLFormElement) {
  document.body.dataset.mode = form.dataset.mode;
  const where = () => new Where(form, configuration, words, new Note());
  if (form.dataset.mode === "edit") mountEditing(form, where);
  else new PinForm(form, configuration, words, where());
}
