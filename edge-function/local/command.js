// The command `edgeseal-local`.

import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { Cdn } from "./cdn.js";
import { printer } from "./log.js";

const HELP = `A CloudFront distribution for this machine: runs an origin-request function in front of an origin.

Usage: edgeseal-local --handler FILE|FOLDER --origin URL [options]

  --handler FILE|FOLDER  a module that exports \`handler\`, or a folder with one named index.mjs
                         (\`edgeseal bundle --target lambda-edge\` writes such a folder)
  --origin URL           where requests go on to: scheme, host and port
  --host ADDRESS         where to listen (default: 127.0.0.1)
  --port N               0 for any free port (default: 8080)
  --no-include-body      the function does not see bodies, as without Include Body
  --cold                 every request gets a new execution environment
  --strict               refuse a body of the function that CloudFront would cut
  --help                 print this

Prints one line for each request, and what the function prints. Ends on SIGINT and SIGTERM.
Exit status: 0 ended by a signal, 1 cannot start, 2 wrong arguments.
`;

/** Ends the command before it listens. */
class Failure extends Error {
  /**
   * @param {1 | 2} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Runs the command until a signal ends it.
 * @param {string[]} args
 * @returns {Promise<0 | 1 | 2>} the exit status
 */
export async function run(args) {
  try {
    const given = parse(args);
    if (given === undefined) process.stdout.write(HELP);
    else await serve(given);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`edgeseal-local: ${error.message}\n`);
    return error.status;
  }
}

/** @param {ReturnType<typeof parse> & {}} given */
async function serve({ host, port, ...options }) {
  const cdn = new Cdn({ ...options, log: printer(process.stdout, process.stderr) });
  try {
    const url = await cdn.listen(port, host);
    console.log(`edgeseal-local: listening on ${url.origin}, in front of ${options.origin.origin}`);
  } catch (error) {
    await cdn.close();
    throw new Failure(1, error instanceof Error ? error.message : String(error));
  }
  await signal();
  console.log("edgeseal-local: ending");
  await cdn.close();
}

/** @param {string[]} args */
function parse(args) {
  const { handler, origin, help, host = "127.0.0.1", port = "8080", cold = false, strict = false, ...rest } = optionsOf(args);
  if (help) return undefined;
  if (handler === undefined || origin === undefined) throw new Failure(2, "expected --handler and --origin; see --help");
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65_535) throw new Failure(2, "expected a number from 0 to 65535 as --port");
  const includeBody = rest["no-include-body"] !== true;
  return { handler: fileOf(handler), origin: originOf(origin), host, port: Number(port), includeBody, cold, strict };
}

/** @param {string[]} args */
function optionsOf(args) {
  const [text, flag] = /** @type {const} */ ([{ type: "string" }, { type: "boolean" }]);
  const switches = { "no-include-body": flag, cold: flag, strict: flag, help: flag };
  try {
    return parseArgs({ args, options: { handler: text, origin: text, host: text, port: text, ...switches } }).values;
  } catch (error) {
    throw new Failure(2, `${error instanceof Error ? error.message : error}; see --help`);
  }
}

/** @param {string} path */
function fileOf(path) {
  if (!existsSync(path)) throw new Failure(1, `there is no ${path}`);
  const file = statSync(path).isDirectory() ? resolve(path, "index.mjs") : resolve(path);
  if (!existsSync(file)) throw new Failure(1, `there is no index.mjs in ${path}`);
  if (!/\.m?js$/.test(file)) throw new Failure(1, `expected a module (.mjs or .js) or an unpacked folder, not ${path}`);
  return pathToFileURL(file);
}

/** @param {string} text */
function originOf(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
  if (!isOrigin) throw new Failure(2, "expected http:// or https:// with host and port, and nothing else, as --origin");
  return url;
}

/** The first signal that asks for an end. A second one has its usual effect. */
function signal() {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve).once("SIGTERM", resolve);
  });
}
