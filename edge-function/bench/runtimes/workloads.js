// What is measured: requests, and how one goes through a door. For every runtime.

/** @typedef {{ name: string, body: string }} Workload */

const person = (/** @type {Record<string, string>} */ fields, note = "") => JSON.stringify({ ...fields, note });
const text = (/** @type {number} */ length) => "The quick brown fox jumps over the lazy dog. ".repeat(length / 45).padEnd(length);

/** @type {Workload[]} */
export const WORKLOADS = [
  { name: "1 value, 50 B", body: person({ ssn: "078-05-1120" }) },
  {
    name: "10 envelopes, 1 kB",
    body: JSON.stringify(Array.from({ length: 10 }, (_, i) => ({ email: `ada${i}@example.org`, note: text(45) }))),
  },
  { name: "1 value, 100 kB", body: person({ ssn: "078-05-1120" }, text(100_000)) },
];

const JSON_TYPE = { "content-type": "application/json" };

/**
 * One request through a door for fetch-style runtimes, to the bytes that go on.
 * @param {(request: Request) => Promise<Request | Response>} door
 * @param {Workload} workload
 * @param {boolean} isSealed whether tokens are expected
 */
export async function throughFetch(door, { body }, isSealed) {
  const result = await door(new Request("https://api.example/people", { method: "POST", headers: JSON_TYPE, body }));
  const content = await result.text();
  if (content.includes("__es1.") !== isSealed) throw new Error("the door did something else");
}

/** A door that lets everything through. @param {Request} request */
export async function openDoor(request) {
  return request;
}
