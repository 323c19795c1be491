// The menu of somebody signed in is a <details>, which works by itself; here it also closes as menus do.

for (const menu of document.querySelectorAll("[data-menu]")) {
  if (menu instanceof HTMLDetailsElement) mount(menu);
}

/** @param {HTMLDetailsElement} menu */
function mount(menu) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
}
