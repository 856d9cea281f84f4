// The functions of cold starts, as they are uploaded.

import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { FORMS } from "../forms.js";
import { installPeers } from "../peers/install.js";
import { directPolicy, people } from "../people.js";

/** What everything is held against. */
export const EMPTY = "an empty handler";
export const OURS = "EdgeSeal";
/** The forms of the module that lie beside the handler. */
const UPLOADED = /^edgeseal(_relaxed)?_bg\.wasm$/;

/**
 * One file each, with what it reads beside it.
 * @param {string} folder where they go, and what they are made of is installed
 * @returns {Promise<Record<string, string>>} folders by name
 */
export async function deploy(folder) {
  const root = join(folder, "functions");
  rmSync(root, { recursive: true, force: true });
  const place = (/** @type {string} */ name) => {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, "event.json"), JSON.stringify(Buffer.from(people(1)).toString("base64")));
    return join(root, name);
  };
  const empty = place("empty");
  writeFileSync(join(empty, "index.mjs"), "export const handler = async (event) => event.Records[0].cf.request;\n");

  const ours = place("edgeseal");
  cpSync(fileURLToPath(new URL("../../dist/lambda-edge.mjs", import.meta.url)), join(ours, "index.mjs"));
  const wasm = new URL(".", FORMS[0]?.file);
  for (const name of readdirSync(wasm).filter((name) => UPLOADED.test(name))) cpSync(fileURLToPath(new URL(name, wasm)), join(ours, name));
  writeFileSync(join(ours, "policy.json"), directPolicy());

  const peers = installPeers(folder);
  /** @type {Record<string, string>} */
  const others = {};
  for (const [name, file] of [["the AWS post, Node.js", "post-function.js"], ["jose", "jose-function.js"]]) {
    if (name === undefined || file === undefined) continue;
    const target = place(file.replace(".js", ""));
    await build({
      entryPoints: [fileURLToPath(new URL(`../peers/${file}`, import.meta.url))],
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      outfile: join(target, "index.mjs"),
      nodePaths: [join(peers, "node_modules")],
      // What edge-function/node_modules has is another installation of the same; what users bundle is what they install.
      alias: { jose: join(peers, "node_modules/jose") },
      logLevel: "warning",
    });
    cpSync(fileURLToPath(new URL("../../../test-vectors/keys/rsa2048-a.public.pem", import.meta.url)), join(target, "public.pem"));
    others[name] = target;
  }
  return { [EMPTY]: empty, [OURS]: ours, ...others };
}
