// Mounts each module on the elements that ask for it by their data- attribute.
import { mountMapPage } from "./map-page.js";

document.documentElement.classList.add("scripted");
const element = document.querySelector("[data-map]");
const configuration = document.getElementById("configuration");
if (element instanceof HTMLElement && configuration) mountMapPage(element, JSON.parse(configuration.textContent ?? ""));
