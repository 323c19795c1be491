// Makes app/static/vendor and geo/leaflet/vendor from node_modules: third-party files are never kept in the
// repository.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";
import typescript from "typescript";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const vendor = join(root, "app", "static", "vendor");
const embedded = join(root, "geo", "leaflet", "vendor");

const FACES = ["regular", "italic", "600", "700"];

/** From node_modules -> to app/static/vendor, as they are. */
const COPIED = [
  ["bootstrap-italia/LICENSE", "bootstrap-italia/LICENSE"],
  ["bootstrap-italia/dist/fonts/Titillium_Web/OFL.txt", "titillium/OFL.txt"],
  ...FACES.map((face) => [
    `bootstrap-italia/dist/fonts/Titillium_Web/titillium-web-v10-latin-ext_latin-${face}.woff2`,
    `titillium/${face}.woff2`,
  ]),
  ["leaflet/LICENSE", "leaflet/LICENSE"],
  ["leaflet/dist/leaflet.css", "leaflet/leaflet.css"],
];

/** From node_modules -> to geo/leaflet/vendor: what a map that stands alone holds in itself. */
const EMBEDDED = [
  ["leaflet/LICENSE", "leaflet.LICENSE"],
  ["leaflet/dist/leaflet.js", "leaflet.js"],
  ["leaflet.markercluster/MIT-LICENCE.txt", "leaflet.markercluster.LICENSE"],
  ["leaflet.markercluster/dist/leaflet.markercluster.js", "leaflet.markercluster.js"],
  ["leaflet.markercluster/dist/MarkerCluster.css", "leaflet.markercluster.css"],
];

/** The icons of the design system's sprite that the pages show. */
const ICONS = [
  "arrow-left", "arrow-right", "burger", "camera", "check", "chevron-left", "chevron-right", "close", "copy",
  "download", "external-link", "info-circle", "link", "list", "locate", "map-marker", "maximize", "minus", "pencil", "plus",
  "search", "share", "star-full", "star-outline", "warning-circle",
];

/** @param {string} name @param {string} text */
function write(name, text) {
  mkdirSync(dirname(join(vendor, name)), { recursive: true });
  writeFileSync(join(vendor, name), text);
}

/** The style sheet of the parts that tools/italia.scss names. */
function italia() {
  const { css } = sass.compile(join(root, "tools", "italia.scss"), {
    loadPaths: [join(modules, "bootstrap-italia", "src", "scss"), modules],
    style: "compressed",
    charset: false,
    logger: sass.Logger.silent, // the design system's own sources still use @import
  });
  return css;
}

/** Leaflet's module without its comments, which are half of it. */
function leaflet() {
  const source = readFileSync(join(modules, "leaflet", "dist", "leaflet-src.esm.js"), "utf8");
  const { ESNext } = typescript.ScriptTarget;
  const compilerOptions = { target: ESNext, module: typescript.ModuleKind.ESNext, removeComments: true };
  const { outputText } = typescript.transpileModule(source, { compilerOptions });
  return `/* Leaflet, BSD-2-Clause: see LICENSE beside this file */\n${outputText}`;
}

/** Leaflet's style sheet with its images inside. */
function leafletStyle() {
  const folder = join(modules, "leaflet", "dist");
  const inside = (/** @type {string} */ _, /** @type {string} */ name) =>
    `url(data:image/png;base64,${readFileSync(join(folder, name)).toString("base64")})`;
  return readFileSync(join(folder, "leaflet.css"), "utf8").replace(/url\((images\/[\w.-]+)\)/g, inside);
}

/** A sprite of the wanted icons only. */
function icons() {
  const sprite = readFileSync(join(modules, "bootstrap-italia", "dist", "svg", "sprites.svg"), "utf8");
  const symbols = ICONS.flatMap((name) => sprite.match(new RegExp(`<symbol id="it-${name}".*?</symbol>`, "s")) ?? []);
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

// All is made before anything is removed, so that a failure leaves the folder as it was.
const made = { "bootstrap-italia/italia.css": italia(), "bootstrap-italia/icons.svg": icons(), "leaflet/leaflet.js": leaflet() };
const style = leafletStyle();
rmSync(vendor, { recursive: true, force: true });
rmSync(embedded, { recursive: true, force: true });
for (const [folder, files] of [[vendor, COPIED], [embedded, EMBEDDED]]) {
  for (const [from, to] of files) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(join(modules, from), join(folder, to));
  }
}
for (const [name, text] of Object.entries(made)) write(name, text);
writeFileSync(join(embedded, "leaflet.css"), style);
