// workerd, the runtime of Cloudflare Workers.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { createInterface } from "node:readline";

import { graphOf, ROOT } from "./graph.js";
import { launch, within } from "./process.js";

const COMPATIBILITY_DATE = "2026-06-01";
const START_TIMEOUT = 20_000;
/** The type of a module, by the end of its name. */
const TYPES = new Map([[".js", "esModule"], [".mjs", "esModule"], [".wasm", "wasm"], [".json", "text"]]);

/**
 * A module: its name, which says its type, and its file or its text.
 * @typedef {{ name: string, type?: string } & ({ file: URL } | { text: string })} Module
 */

/**
 * The modules of this package that an entry needs.
 * @param {string} entry a path relative to the package's folder
 * @returns {Module[]}
 */
export function modulesOf(entry) {
  return graphOf(entry).map((name) => ({ name, file: new URL(name, ROOT) }));
}

/**
 * Starts a worker; the first module is the one that exports it.
 * @param {Module[]} modules
 * @param {{ outbound?: number, flags?: string[] }} [settings] `outbound`: the port of this machine that everything goes to which the worker
 *   fetches; `flags`: beside those of the compatibility date
 * @returns {Promise<{ url: URL, stderr: () => string, memory: () => number | undefined, processor: () => number | undefined, stop: () => Promise<void> }>}
 *   where it listens, and what it takes
 */
export async function startWorker(modules, { outbound, flags = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "edgeseal-workerd-"));
  for (const module of modules) {
    const path = join(folder, module.name);
    mkdirSync(dirname(path), { recursive: true });
    if ("file" in module) cpSync(module.file, path);
    else writeFileSync(path, module.text);
  }
  writeFileSync(join(folder, "config.capnp"), configOf(modules, outbound, flags));
  const workerd = launch(program(), ["serve", join(folder, "config.capnp"), "--control-fd=3"], { control: true });
  const stop = async () => {
    await workerd.stop();
    rmSync(folder, { recursive: true });
  };
  try {
    const port = await within(Promise.race([portOf(workerd), workerd.ended]), START_TIMEOUT, () => "workerd does not listen");
    if (typeof port !== "number") throw new Error(`workerd ended: ${workerd.stderr()}`);
    const { pid, stderr } = workerd;
    return { url: new URL(`http://127.0.0.1:${port}`), stderr, memory: () => memoryOf(pid), processor: () => processorOf(pid), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The file of the program, from the package for this platform. @returns {string} */
export function program() {
  const require = createRequire(import.meta.url);
  return require("workerd").default;
}

/** The bytes of a process that are in memory, where the system says so. @param {number | undefined} pid */
function memoryOf(pid) {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8")) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** The milliseconds for which the first thread of a process, which runs the worker, has had a processor, where the system says so. @param {number | undefined} pid */
function processorOf(pid) {
  const file = `/proc/${pid}/schedstat`;
  if (!existsSync(file)) return undefined;
  const [nanoseconds] = readFileSync(file, "utf8").split(" ");
  return Number(nanoseconds) / 1e6;
}

/** @param {ReturnType<typeof launch>} workerd */
async function portOf({ control }) {
  if (control === null) throw new Error("there is no control pipe");
  for await (const line of createInterface({ input: control })) {
    const { event, port } = JSON.parse(line);
    if (event === "listen") return Number(port);
  }
  return undefined;
}

/**
 * @param {Module[]} modules
 * @param {number | undefined} outbound
 * @param {string[]} flags
 */
function configOf(modules, outbound, flags) {
  const listed = modules.map(({ name, type = TYPES.get(extname(name)) }) => {
    const text = JSON.stringify(name);
    return `(name = ${text}, ${type} = embed ${text})`;
  });
  const origin = `(name = "origin", external = (address = "127.0.0.1:${outbound}", http = ()))`;
  const services = ['(name = "worker", worker = .worker)', ...(outbound === undefined ? [] : [origin])];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(", ")}],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ${JSON.stringify(flags)},
  ${outbound === undefined ? "" : 'globalOutbound = "origin",'}
  modules = [${listed.join(", ")}],
);
`;
}
