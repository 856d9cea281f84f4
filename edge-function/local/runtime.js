// What runs in the thread of an execution environment: loads the handler, and gives it one event after the other.

import { parentPort, workerData } from "node:worker_threads";

if (parentPort === null) throw new Error("this file is for a worker thread");
const port = parentPort;
const { handler } = await import(workerData);
if (typeof handler !== "function") throw new TypeError("the file exports no function `handler`");

port.on("message", async (text) => {
  try {
    port.postMessage({ result: JSON.stringify(await handler(JSON.parse(text), {})) });
  } catch (error) {
    // The environment lives on, and the error is in the function's log, as with Lambda.
    console.error(error);
    port.postMessage({ error: String(error).split("\n", 1)[0] });
  }
});
port.postMessage({});
