// Builds every island: frontend/PAGE/NAME.ts -> src/gezhi/static/dist/PAGE/NAME.js
// frontend/shared holds what islands import.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
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
mkdirSync(out, { recursive: true });

if (entries.length > 0) {
  await build({
    entryPoints: entries,
    outbase: here,
    outdir: out,
    bundle: true,
    minify: true,
    sourcemap: true,
    format: "esm",
    target: "chrome102",
    logLevel: "warning",
  });
}
console.log(`setup: ${entries.length} front-end islands`);
