// Builds every island: frontend/PAGE/NAME.ts -> src/gezhi/static/dist/PAGE/NAME.js
// frontend/shared holds what islands import. MapLibre's worker and style are copied beside them.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "gezhi", "static", "dist");

const entries = readdirSync(here, { withFileTypes: true })
  .filter((page) => page.isDirectory() && page.name !== "shared")
  .flatMap((page) => readdirSync(join(here, page.name)).map((file) => join(here, page.name, file)))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
  .sort();

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "map"), { recursive: true });

// A comment that names a source map would have collectstatic look for a file that is not shipped.
const maplibre = join(here, "..", "node_modules", "maplibre-gl", "dist");
const worker = readFileSync(join(maplibre, "maplibre-gl-worker.mjs"), "utf8");
writeFileSync(join(out, "map", "worker.mjs"), worker.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
copyFileSync(join(maplibre, "maplibre-gl.css"), join(out, "map", "maplibre.css"));

// A service worker is a classic script: as a module it fails where it is most needed.
const workers = entries.filter((file) => file.endsWith("sw.ts"));
const islands = entries.filter((file) => !workers.includes(file));
const common = { outbase: here, outdir: out, bundle: true, minify: true, target: "chrome102", logLevel: "warning" };
await build({ ...common, entryPoints: islands, sourcemap: true, format: "esm" });
await build({ ...common, entryPoints: workers, format: "iife" });
console.log(`setup: ${entries.length} front-end islands`);
