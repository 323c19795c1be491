// Mounts the planner's page.
import { PlannerPage } from "./page.js";

document.documentElement.classList.add("scripted");
const element = document.querySelector("[data-planner]");
const configuration = document.getElementById("configuration");
if (element instanceof HTMLElement && configuration) {
  new PlannerPage(element, JSON.parse(configuration.textContent ?? ""));
}
