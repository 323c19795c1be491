// Copies what the pages load from node_modules to app/static/vendor: third-party files are never kept in the repository.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const vendor = join(root, "app", "static", "vendor");

/** From node_modules -> to app/static/vendor; folders keep their layout, because style sheets name their neighbours. */
const WANTED = [
  ["bootstrap-italia/LICENSE", "bootstrap-italia/LICENSE"],
  ["bootstrap-italia/dist/css", "bootstrap-italia/css"],
  ["bootstrap-italia/dist/fonts", "bootstrap-italia/fonts"],
  ["bootstrap-italia/dist/js/bootstrap-italia.bundle.min.js", "bootstrap-italia/js/bootstrap-italia.bundle.min.js"],
  ["bootstrap-italia/dist/svg", "bootstrap-italia/svg"],
  ["leaflet/LICENSE", "leaflet/LICENSE"],
  ["leaflet/dist/images", "leaflet/images"],
  ["leaflet/dist/leaflet.css", "leaflet/leaflet.css"],
  ["leaflet/dist/leaflet-src.esm.js", "leaflet/leaflet-src.esm.js"],
];

rmSync(vendor, { recursive: true, force: true });
for (const [from, to] of WANTED) {
  const target = join(vendor, to);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(root, "node_modules", from), target, { recursive: true });
}
