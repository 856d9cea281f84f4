// Warm requests through the handler for Lambda@Edge, by the Node.js that runs this. Prints JSON.

import { createOriginRequestHandler } from "../../src/lambda-edge.js";
import { subject, takeTurns } from "../clock.js";
import { eventOf } from "../event.js";
import { argument } from "../process.js";
import { WORKLOADS } from "./workloads.js";

const { policy, settings } = argument();
const seal = createOriginRequestHandler(policy, { log: () => {} });
/** @param {any} event */
const openDoor = async (event) => event.Records[0].cf.request;

/** @type {import("./fetch-door.js").Steady} */
const results = {};
for (const { name, body } of WORKLOADS) {
  const data = Buffer.from(body).toString("base64");
  const result = /** @type {any} */ (await seal(eventOf(data)));
  if (result.body?.action !== "replace") throw new Error("the handler refuses");
  const times = await takeTurns([subject("sealed", () => seal(eventOf(data))), subject("empty", () => openDoor(eventOf(data)))], settings);
  results[name] = { sealed: times.get("sealed") ?? [], empty: times.get("empty") ?? [] };
}
console.log(JSON.stringify(results));
