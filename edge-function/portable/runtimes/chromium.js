// Chromium: the one that EDGESEAL_CHROMIUM names, or the one that an npm package carries, unpacked beside it.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

import { launch } from "./process.js";

const PACKED = fileURLToPath(new URL("../node_modules/@sparticuz/chromium/bin/", import.meta.url));
const UNPACKED = fileURLToPath(new URL("../node_modules/.chromium/", import.meta.url));

/** Pages come from this machine only, and nothing else is to be asked for. */
const SWITCHES = [
  "--headless",
  // The sandbox needs rights that containers and root do not have; the page is the project's own.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-extensions",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
  "--no-default-browser-check",
  // Otherwise a trap is a signal, and builds without a crash reporter lose the page over it.
  "--disable-features=WebAssemblyTrapHandler",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/**
 * Opens a page.
 * @param {string} url
 */
export function openPage(url) {
  const { program, libraries } = browser();
  const profile = mkdtempSync(join(tmpdir(), "edgeseal-chromium-"));
  const env = libraries === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries };
  const chromium = launch(program, [...SWITCHES, `--user-data-dir=${profile}`, url], { env });
  const stop = async () => {
    await chromium.stop();
    // Its helpers may still be ending.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return { ...chromium, stop };
}

/** @returns {{ program: string, libraries?: string }} */
function browser() {
  const named = process.env.EDGESEAL_CHROMIUM ?? "";
  if (named !== "") {
    if (!existsSync(named)) throw new Error("there is no file that EDGESEAL_CHROMIUM names");
    return { program: named };
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("there is no Chromium for this platform: set EDGESEAL_CHROMIUM to the program of one");
  }
  if (!existsSync(UNPACKED)) unpack();
  return { program: join(UNPACKED, "chromium"), libraries: join(UNPACKED, "lib") };
}

function unpack() {
  const folder = `${UNPACKED.slice(0, -1)}-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "chromium"), brotliDecompressSync(readFileSync(join(PACKED, "chromium.br"))), { mode: 0o755 });
  // Libraries that a machine without a desktop may not have, and those that draw without a GPU.
  for (const archive of ["al2023.tar.br", "swiftshader.tar.br"]) {
    execFileSync("tar", ["-x", "-C", folder], { input: brotliDecompressSync(readFileSync(join(PACKED, archive))) });
  }
  renameSync(folder, UNPACKED);
}
